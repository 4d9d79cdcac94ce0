"""The other direction of matching: one published supplier before many requirements."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from django.db.models import QuerySet

from accounts.principals import Principal
from buyers.models import Requirement
from matchmaking import catalogue
from matchmaking.catalogue.demand import demand_of
from matchmaking.engine.opportunities import Opportunities, opportunities
from matchmaking.engine.ranking import ELIGIBILITIES
from matchmaking.engine.score import rounded
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
    snapshot = catalogue.current()
    columns = snapshot.columns_of([supplier_id])
    if not len(columns.supplier_ids):
        return []
    asked = demand_of(requirements, snapshot)
    lines = opportunities(asked.demand, 0, columns, snapshot.taxonomy, snapshot.as_of, among=asked.among)
    wanted = list(_entries(lines, eligibility))[:top]
    keys = [asked.keys[int(lines.requirements[entry])] for entry in wanted]
    return [
        Opportunity(
            requirement=key.requirement,
            with_place=key.with_place,
            eligibility=ELIGIBILITIES[lines.eligibility[entry]],
            score=rounded(lines.score[entry]),
            potential=rounded(lines.potential[entry]),
            failed=lines.failed(entry),
            unconfirmed=lines.unconfirmed(entry),
        )
        for key, entry in zip(keys, wanted, strict=True)
    ]


def _entries(lines: Opportunities, eligibility: Collection[str]) -> Iterator[int]:
    chosen = np.isin(lines.eligibility, [ELIGIBILITIES.index(name) for name in eligibility])
    return (entry for entry in lines.order.tolist() if chosen[entry])


def requirements_seen_by(supplier: Supplier) -> "QuerySet[Requirement]":
    """The open requirements that the supplier's members may see, with what they may know of each buyer."""
    firm = Principal(organisation=supplier.organisation)
    return Requirement.objects.visible_to(firm).known_to(firm).filter(state=Requirement.State.OPEN)
