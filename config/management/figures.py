"""Figures of commands that measure, written where a program can read them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError


def write_figures(path: Path, figures: Mapping[str, Any]) -> None:
    """
    Raises:
        CommandError: the file cannot be written.
    """
    try:
        path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
