"""The gap path: what one supplier could change to be eligible for more of the open requirements that it may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from buyers.models import Requirement, RequirementQuerySet
from matchmaking import catalogue
from matchmaking.catalogue import Snapshot
from matchmaking.catalogue.demand import demand_of
from matchmaking.engine.gaps import Gaps, Path, gaps
from matchmaking.services.opportunities import requirements_seen_by
from suppliers.models import Supplier

MOST_NAMED = 10
"""Of the requirements that a path opens, so many are named."""


@dataclass(frozen=True, slots=True)
class GapPath:
    """What was found.

    Attributes:
        gaps: None where the supplier is not published.
        paths: the best ones, best first.
        opened: for each path some of the requirements that it opens, those that must be answered first.
    """

    snapshot: Snapshot
    gaps: Gaps | None
    paths: Sequence[Path]
    opened: Sequence[Sequence[Requirement]]


def gap_path_of(supplier: Supplier, *, top: int) -> GapPath:
    """For the supplier's own eyes: of requirements and their buyers nothing counts that it may not know."""
    snapshot = catalogue.current()
    columns = snapshot.columns_of([supplier.public_id])
    if not len(columns.supplier_ids):
        return GapPath(snapshot, None, [], [])
    seen = requirements_seen_by(supplier)
    asked = demand_of(seen, snapshot)
    found = gaps(asked.demand, 0, columns, snapshot.taxonomy, snapshot.as_of, among=asked.among)
    paths = found.paths(top)
    keys = [[asked.keys[position].requirement for position in path.requirements.tolist()] for path in paths]
    rows = _named(seen, {pk for opened in keys for pk in opened})
    opened = [sorted((rows[pk] for pk in opens if pk in rows), key=_urgency)[:MOST_NAMED] for opens in keys]
    return GapPath(snapshot, found, paths, opened)


def _named(seen: RequirementQuerySet, keys: set[int]) -> Mapping[int, Requirement]:
    """What is told of requirements, by row id; of those that the supplier no longer sees nothing is."""
    rows = seen.filter(pk__in=keys).only("public_id", "title", "answer_by") if keys else ()
    return {row.pk: row for row in rows}


def _urgency(row: Requirement) -> tuple[str, str]:
    return row.answer_by.isoformat() if row.answer_by else "9999", row.public_id
