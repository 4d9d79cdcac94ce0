"""Rows of a list beside the stored firms that they resemble, field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.names import name_key
from suppliers.imports.columns import LABELS
from suppliers.imports.telling import problem_told
from suppliers.models import Import, ImportRow, Supplier

COMPARED = (
    *("legal_name", "trade_name", "tax_code", "country", "address", "contact_name", "contact_email", "contact_phone"),
    "website",
)


@dataclass(frozen=True, slots=True)
class Firm:
    """A stored firm, with its text of each compared field and whether that differs from the row's."""

    public_id: str
    pk: int
    name: str
    texts: list[tuple[str, bool]]
    processes: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A row, the firms that it could be, why, and what was decided: a public id, `new`, or nothing."""

    number: int
    name: str
    why: list[str]
    labels: list[str]
    texts: list[str]
    processes: str
    firms: list[Firm]
    decided: str


def pairs_of(of: Import, rows: Iterable[ImportRow]) -> list[Pair]:
    """Each row with its firms, in three queries for all."""
    rows = list(rows)
    named = {number: [*row.could_be(), of.decided.get(str(row.number), "")] for number, row in enumerate(rows)}
    wanted = {firm for firms in named.values() for firm in firms}
    found = Supplier.objects.filter(public_id__in=wanted).select_related("organisation")
    stored = {firm.public_id: firm for firm in found.prefetch_related("sites__capabilities__process")}
    return [
        Pair(
            number=row.number,
            name=row.name,
            why=[problem_told(problem) for problem in row.problems],
            labels=[str(LABELS[field]) for field in COMPARED],
            texts=[row.said.get(field, "") for field in COMPARED],
            processes=row.said.get("processes", ""),
            firms=[_firm(stored[firm], row.said) for firm in dict.fromkeys(named[place]) if firm in stored],
            decided=of.decided.get(str(row.number), ""),
        )
        for place, row in enumerate(rows)
    ]


def _firm(supplier: Supplier, said: Mapping[str, str]) -> Firm:
    texts = [(str(getattr(supplier.organisation, field)), field) for field in COMPARED]
    codes = {capability.process.code for site in supplier.sites.all() for capability in site.capabilities.all()}
    return Firm(
        public_id=supplier.public_id,
        pk=supplier.pk,
        name=str(supplier.organisation),
        texts=[(text, differs(text, said.get(field, ""))) for text, field in texts],
        processes=", ".join(sorted(codes)),
    )


def differs(stored: str, said: str) -> bool:
    """Where both say something, and not the same but for case, accents and legal form."""
    return bool(stored and said) and name_key(stored) != name_key(said)
