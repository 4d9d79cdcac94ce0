"""How records become lines of the log."""

import logging
from typing import Any

from structlog.stdlib import ProcessorFormatter


class LineFormatter(ProcessorFormatter):
    """The same lines, but what structlog itself has said is not copied with all that the record says besides."""

    def format(self, record: logging.LogRecord) -> str:
        if not hasattr(record, "_logger"):  # not of structlog
            return super().format(record)
        event: Any = {**record.msg, "_record": record, "_from_structlog": True}  # type: ignore[dict-item]
        for processor in self.processors:
            event = processor(record._logger, record._name, event)  # type: ignore[attr-defined]  # noqa: SLF001 - its own
        return str(event)
