"""Rows of a list beside the stored firms that they resemble, field by field."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from accounts.names import name_key
from config.iso import country_name
from suppliers.imports import cells
from suppliers.imports.cells import CellError
from suppliers.imports.columns import LABELS
from suppliers.imports.telling import problem_told
from suppliers.models import Import, ImportRow, Supplier

COMPARED = (
    *("legal_name", "trade_name", "tax_code", "country", "address", "contact_name", "contact_email", "contact_phone"),
    "website",
)


@dataclass(frozen=True, slots=True)
class Compared:
    """A field: what the row says of it, and what is stored of each firm, with whether that differs."""

    label: str
    said: str
    stored: list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Pair:
    """A row, the firms that it could be, and why; the fields of which any says something; and what was decided: a
    public id, `new`, or nothing."""

    number: int
    name: str
    why: list[str]
    firms: list[Supplier]
    fields: list[Compared]
    decided: str


def pairs_of(of: Import, rows: Iterable[ImportRow]) -> list[Pair]:
    """Each row with its firms, in three queries for all."""
    rows = list(rows)
    named = [[*row.could_be(), of.decided.get(str(row.number), "")] for row in rows]
    wanted = {firm for firms in named for firm in firms}
    found = Supplier.objects.filter(public_id__in=wanted).select_related("organisation")
    stored = {firm.public_id: firm for firm in found.prefetch_related("sites__capabilities__process")}
    firms_of = [[stored[firm] for firm in dict.fromkeys(firms) if firm in stored] for firms in named]
    return [
        Pair(
            number=row.number,
            name=row.name,
            why=[problem_told(problem) for problem in row.why_skipped()],
            firms=firms,
            fields=[
                field for field in _compared(row.said, firms) if field.said or any(text for text, _ in field.stored)
            ],
            decided=of.decided.get(str(row.number), ""),
        )
        for row, firms in zip(rows, firms_of, strict=True)
    ]


def _compared(said: Mapping[str, str], firms: Sequence[Supplier]) -> Iterator[Compared]:
    for field in COMPARED:
        text = _as_named(said.get(field, "")) if field == "country" else said.get(field, "")
        stored = [stored_text(firm, field) for firm in firms]
        yield Compared(str(LABELS[field]), text, [(each, differs(each, text)) for each in stored])
    processes = [", ".join(sorted(_processes(firm))) for firm in firms]
    yield Compared(str(LABELS["processes"]), said.get("processes", ""), [(each, False) for each in processes])


def _processes(firm: Supplier) -> set[str]:
    language = get_language() or "vi"
    capabilities = [capability for site in firm.sites.all() for capability in site.capabilities.all()]
    return {capability.process.named_in(language) for capability in capabilities}


def stored_text(firm: Supplier, field: str) -> str:
    """One of `COMPARED` as it is stored of a firm; of a country its name in the reader's language."""
    text = str(getattr(firm.organisation, field))
    return country_name(text) if field == "country" else text


def _as_named(country: str) -> str:
    """A country by its name, however a row writes it."""
    try:
        return country_name(cells.country(country)) if country else ""
    except CellError:
        return country


def differs(stored: str, said: str) -> bool:
    """Where both say something, and not the same but for case, accents and legal form."""
    return bool(stored and said) and name_key(stored) != name_key(said)
