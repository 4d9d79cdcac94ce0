"""What codes of the vocabulary are called, for people who read."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.utils.translation import get_language

from taxonomy.models import Kind, Material, Process, Province, Sector, Standard

MODELS: Mapping[Kind, Any] = {model.KIND: model for model in (Process, Material, Standard, Sector, Province)}


class Naming:
    """Names of entries in the reader's language, withdrawn ones too. Those of a kind are read once, when one is asked
    for; make one for each page or file."""

    def __init__(self) -> None:
        self.language = get_language() or "vi"
        self._names = cache(self._read)

    def of(self, kind: Kind, code: str) -> str:
        """The name with the code behind it, such as "CNC turning (MACH.CNC_TURN)"; provinces by name alone. What is no
        code stays as it is.

        Args:
            code: of a province such as "2025:01".
        """
        return self._names(kind).get(code, code)

    def all_of(self, kind: Kind, codes: Iterable[str]) -> str:
        """Several, one after the other."""
        return ", ".join(self.of(kind, code) for code in codes)

    def _read(self, kind: Kind) -> dict[str, str]:
        rows = MODELS[kind].objects.all()
        return {row.reference if kind == Kind.PROVINCE else row.code: row.named_in(self.language) for row in rows}
