"""One question to everything: firms, requirements and the vocabulary, and why each was found."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from accounts.names import name_key
from accounts.principals import Principal
from buyers.content import values_of
from buyers.models import Requirement
from config.fulltext import holds
from config.text import fold
from suppliers.models import Supplier
from taxonomy.models import Entry, Kind, Term
from taxonomy.questions import Part, parts_of
from taxonomy.vocabulary import Vocabulary, current_vocabulary

Row = TypeVar("Row")
FIELD_OF = {
    Kind.PROCESS: "processes",
    Kind.MATERIAL: "materials",
    Kind.STANDARD: "standards",
    Kind.SECTOR: "sectors",
    Kind.PROVINCE: "provinces",
}
LONGEST_EXCERPT = 200
OF_REQUIREMENTS = (Kind.PROCESS, Kind.MATERIAL)


@dataclass(frozen=True, slots=True)
class Reason:
    """Which field fits, and what stands in it."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Hit(Generic[Row]):
    """Something found, and why: at least one reason."""

    row: Row
    matched: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Group(Generic[Row]):
    """The first of one kind; `has_more` says whether a list would find more."""

    hits: Sequence[Hit[Row]]
    has_more: bool


def found_suppliers(text: str, *, principal: Principal, top: int) -> Group[Supplier]:
    """Firms of that name first, then those that do what the words mean; the newest first among both."""
    visible = Supplier.objects.visible_to(principal).with_summary().order_by("-pk")
    named = list(visible.named(text)[: top + 1])
    others = list(visible.mentioning(text).exclude(pk__in=[firm.pk for firm in named])[: top + 1 - len(named)])
    vocabulary = current_vocabulary()
    parts = parts_of(name_key(text).split(), kinds=FIELD_OF, vocabulary=vocabulary)
    return _group([*named, *others], top, lambda firm: _reasons_of_firm(firm, parts, vocabulary))


def found_requirements(text: str, *, principal: Principal, top: int) -> Group[Requirement]:
    """Requirements that the caller may see, the newest first."""
    visible = Requirement.objects.visible_to(principal).with_content().order_by("-pk")
    vocabulary = current_vocabulary()
    parts = parts_of(fold(text).split(), kinds=OF_REQUIREMENTS, vocabulary=vocabulary)
    found = list(visible.mentioning(text)[: top + 1])
    return _group(found, top, lambda asked: _reasons_of_requirement(asked, parts, vocabulary))


def found_entries(text: str, *, top: int) -> Group[Entry]:
    """Entries of the vocabulary that are in use, the best first. The reason is the spelling that fits best."""
    terms = Term.objects.fitting(text).select_related(*Kind.values)
    terms = terms.order_by("rank", "key", "id")  # type: ignore[misc]  # rank is annotated by fitting
    for kind in Kind.values:
        terms = terms.exclude(**{f"{kind}__is_withdrawn": True})
    best: dict[tuple[type[Any], int], Hit[Any]] = {}
    for term in terms[: (top + 1) * MOST_SPELLINGS]:
        entry = term.entry
        best.setdefault((type(entry), entry.pk), Hit(entry, (Reason(term.source, term.text),)))
    return Group(list(best.values())[:top], len(best) > top)


MOST_SPELLINGS = 10
"""Spellings that one entry may have among the best ones before others are crowded out."""


def _group(rows: Sequence[Row], top: int, reasons: Callable[[Row], Iterable[Reason]]) -> Group[Row]:
    return Group([Hit(row, tuple(dict.fromkeys(reasons(row)))) for row in rows[:top]], len(rows) > top)


def _reasons_of_firm(firm: Any, parts: Sequence[Part], vocabulary: Vocabulary) -> Iterator[Reason]:
    held = {
        Kind.PROCESS: firm.search.process_codes,
        Kind.MATERIAL: firm.search.material_codes,
        Kind.STANDARD: [certificate["standard"] for certificate in firm.search.standards_held],
        Kind.SECTOR: firm.search.sector_codes,
        Kind.PROVINCE: firm.search.province_references,
    }
    for part in parts:
        if holds(name_key(firm.organisation.legal_name, firm.organisation.trade_name), part.words):
            yield Reason("name", str(firm.organisation))
        yield from _reasons_by_code(held, part, vocabulary)


def _reasons_of_requirement(asked: Requirement, parts: Sequence[Part], vocabulary: Vocabulary) -> Iterator[Reason]:
    operations = values_of(asked)["operations"]
    held = {
        Kind.PROCESS: [operation["process"] for operation in operations],
        Kind.MATERIAL: [material for operation in operations for material in operation["materials"]],
    }
    for part in parts:
        said = {field: getattr(asked, field) for field in ("title", "part_family", "description")}
        alone = [field for field, text in said.items() if holds(fold(text), part.words)]
        for field in alone or (said if holds(fold(" ".join(said.values())), part.words) else ()):
            yield Reason(field, said[field][:LONGEST_EXCERPT])
        yield from _reasons_by_code(held, part, vocabulary)


def _reasons_by_code(held: Mapping[Kind, Iterable[str]], part: Part, vocabulary: Vocabulary) -> Iterator[Reason]:
    for kind, meant in part.codes:
        for code in held.get(kind, ()):
            # What lies below is found too; a province of old lies in the one that is shown.
            lower, upper = (meant, code) if kind == Kind.PROVINCE else (code, meant)
            if code == meant or vocabulary.index(kind).lies_below(lower, upper):
                yield Reason(FIELD_OF[kind], code)
