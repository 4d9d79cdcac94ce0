"""The other direction of matching: one published supplier before many requirements."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.principals import Principal
from buyers.content import content_of
from buyers.models import Requirement, RequirementQuerySet
from buyers.visibility import may_know_place
from matchmaking import catalogue
from matchmaking.catalogue import Snapshot
from matchmaking.catalogue.demand import Key, demand_of
from matchmaking.catalogue.requirements import engine_requirement
from matchmaking.engine.columns import Columns
from matchmaking.engine.opportunities import Opportunities, opportunities
from matchmaking.engine.rank import rank
from matchmaking.engine.ranking import ELIGIBILITIES
from matchmaking.engine.score import rounded
from matchmaking.services.matches import Match
from matchmaking.services.responsiveness import Responsiveness, responsiveness_of
from suppliers.models import Supplier


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """A supplier's line for one requirement, as the requirement's ranking has it but for the rank.

    Attributes:
        requirement: row id.
        with_place: whether the coordinates of the buyer's plant counted.
        score, potential: rounded as in rankings.
        failed, unconfirmed: keys of criteria, in order of name.
    """

    requirement: int
    with_place: bool
    eligibility: str
    score: float
    potential: float
    failed: list[str]
    unconfirmed: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospects:
    """What a supplier could win, of the requirements that its members may see.

    Attributes:
        counts: requirements by eligibility, shown or not.
        matches: the best ones, best first, each with the ranking of this supplier alone.
        responsiveness: how the buyers answer whom the supplier may know, by row id.
    """

    snapshot: Snapshot
    is_published: bool
    counts: Mapping[str, int]
    matches: Sequence[tuple[Requirement, Match]]
    responsiveness: Mapping[int, Responsiveness]


def matches_of_supplier(
    supplier_id: str,
    requirements: "QuerySet[Requirement]",
    *,
    eligibility: Collection[str] = ELIGIBILITIES,
    top: int | None = None,
) -> list[Opportunity]:
    """How a supplier does for requirements, the best first; only those for whose processes it has a capability.

    The numbers are those of each requirement's own ranking, also where somebody else asks for that. Nobody else is
    ranked for it: 10,000 requirements take about as long as a page of one list.

    Args:
        supplier_id: public id. One that is not published has no lines.
        requirements: any queryset of them; whoever calls answers for who may read the lines. For the supplier's own
            eyes take `requirements_seen_by`: there, what an anonymous buyer hides does not count. For the buyers' side,
            such as to find whom a changed supplier now matches, take rows without `known_to`:
            `matches_of_supplier(supplier.public_id, Requirement.objects.filter(state=Requirement.State.OPEN))`.
        eligibility: which lines are wanted.
        top: how many at most.
    """
    found = _Found.of(supplier_id, requirements, catalogue.current())
    return [found.line(entry) for entry in found.lines.first(top, eligibility)] if found else []


def prospects_of(supplier: Supplier, *, eligibility: Collection[str] = ELIGIBILITIES, top: int) -> Prospects:
    """The same for the supplier's own eyes, ready to be explained."""
    snapshot, seen = catalogue.current(), requirements_seen_by(supplier)
    found = _Found.of(supplier.public_id, seen, snapshot)
    if found is None:
        none = dict.fromkeys(ELIGIBILITIES, 0)
        return Prospects(snapshot=snapshot, is_published=False, counts=none, matches=[], responsiveness={})
    shown = [found.key(entry) for entry in found.lines.first(top, eligibility)]
    rows = {row.pk: row for row in seen.with_content().filter(pk__in=[key.requirement for key in shown])}
    pairs = [(rows[key.requirement], key) for key in shown if key.requirement in rows]
    matches = [(row, _match(found.columns, row, key, snapshot)) for row, key in pairs]
    known = {row.buyer_id for row, _ in pairs if knows_buyer_of(row)}
    return Prospects(
        snapshot=snapshot,
        is_published=True,
        counts=found.lines.counts,
        matches=[(row, match) for row, match in matches if match.positions],
        responsiveness=responsiveness_of(known) if known else {},
    )


def knows_buyer_of(row: Requirement) -> bool:
    """Whether the supplier may know whose requirement it is; of rows from `requirements_seen_by`."""
    knows_buyer: bool = row.knows_buyer  # type: ignore[attr-defined]  # annotated by known_to
    return may_know_place(hides_buyer=row.hides_buyer, knows_buyer=knows_buyer)


def requirements_seen_by(supplier: Supplier) -> "RequirementQuerySet":
    """The open requirements that the supplier's members may see, with what they may know of each buyer."""
    firm = Principal(organisation=supplier.organisation)
    return Requirement.objects.visible_to(firm).known_to(firm).filter(state=Requirement.State.OPEN)


@dataclass(frozen=True, slots=True)
class _Found:
    columns: Columns
    lines: Opportunities
    keys: Mapping[int, Key]

    @classmethod
    def of(cls, supplier_id: str, requirements: "QuerySet[Requirement]", snapshot: Snapshot) -> "_Found | None":
        """None where the supplier is not published."""
        columns = snapshot.columns_of([supplier_id])
        if not len(columns.supplier_ids):
            return None
        asked = demand_of(requirements, snapshot)
        lines = opportunities(asked.demand, 0, columns, snapshot.taxonomy, snapshot.as_of, among=asked.among)
        return cls(columns, lines, asked.keys)

    def key(self, entry: int) -> Key:
        return self.keys[int(self.lines.requirements[entry])]

    def line(self, entry: int) -> Opportunity:
        lines, key = self.lines, self.key(entry)
        return Opportunity(
            requirement=key.requirement,
            with_place=key.with_place,
            eligibility=ELIGIBILITIES[lines.eligibility[entry]],
            score=rounded(lines.score[entry]),
            potential=rounded(lines.potential[entry]),
            failed=lines.failed(entry),
            unconfirmed=lines.unconfirmed(entry),
        )


def _match(columns: Columns, requirement: Requirement, key: Key, snapshot: Snapshot) -> Match:
    """The ranking of the supplier alone, which can be explained."""
    content = content_of(requirement)
    asked = engine_requirement(content if key.with_place else content.without_place())
    ranking = rank(asked, columns, snapshot.taxonomy, snapshot.as_of)
    return Match(ranking, range(len(ranking)), snapshot)
