"""Facts of firms as people read them: labels of columns, words of choices, names of codes and rows."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from config.shown import NOTHING, in_words, is_empty
from suppliers.models import Capability, Certificate, Site, Supplier
from taxonomy.models import Kind, Province
from taxonomy.naming import Naming

MODELS: Mapping[str, Any] = {model.PREFIX: model for model in (Supplier, Site, Capability, Certificate)}
AS_A_WHOLE = {
    "certificates": _("list of certificates"),
    "certificate": _("certificate"),
    "site": _("site"),
    "capability": _("capability"),
}
"""What a fact is called that is no column."""
KINDS = {
    "process": Kind.PROCESS,
    "materials": Kind.MATERIAL,
    "standard": Kind.STANDARD,
    "certificates": Kind.STANDARD,
    "sectors": Kind.SECTOR,
}
EDITIONS = {"province": Province.Edition.SINCE_2025, "old_province": Province.Edition.BEFORE_2025}


class FactsShown:
    """For one page; entries of the vocabulary are read once, when the first is named.

    Args:
        names: of rows by public id.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self._naming = Naming()

    def value(self, subject: str, fact: str, value: Any) -> str:
        """A value as the history holds it, of a fact of the row with this public id."""
        if is_empty(value):
            return NOTHING
        if isinstance(value, dict):
            told = (f"{label_of(subject, name)}: {self.value(subject, name, part)}" for name, part in _told(value))
            return "; ".join(told)
        if isinstance(value, list):
            return ", ".join(self.value(subject, fact, part) for part in value)
        return self._single(subject, fact, value)

    def _single(self, subject: str, fact: str, value: Any) -> str:
        if isinstance(value, str) and fact in KINDS:
            return self._naming.of(KINDS[fact], value)
        if isinstance(value, str) and fact in EDITIONS:
            return self._naming.of(Kind.PROVINCE, f"{EDITIONS[fact]}:{value}")
        if isinstance(value, str):
            return self.names.get(value) or str(_choices(subject, fact).get(value, value))
        return in_words(value)


def label_of(subject: str, name: str) -> str:
    """What a fact or column of the row with this public id is called."""
    if name in AS_A_WHOLE:
        return str(AS_A_WHOLE[name])
    column = _column(subject, name)
    return str(column.verbose_name) if column is not None else name


def _told(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(name, part) for name, part in values.items() if not is_empty(part)]


def _choices(subject: str, name: str) -> dict[Any, Any]:
    column = _column(subject, name)
    return dict(getattr(column, "flatchoices", ()))


def _column(subject: str, name: str) -> Any:
    model = MODELS.get(subject.partition("_")[0])
    columns = {column.name: column for column in model._meta.get_fields()} if model else {}  # noqa: SLF001 - public
    column = columns.get(name)
    return column if hasattr(column, "verbose_name") else None
