"""Ranking the published suppliers for what a buyer asks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from buyers.content import RequirementContent, content_of
from buyers.models import Requirement
from matchmaking import catalogue
from matchmaking.catalogue import Snapshot
from matchmaking.catalogue.facts_file import facts_document
from matchmaking.catalogue.requirements import engine_requirement
from matchmaking.engine.rank import rank
from matchmaking.engine.ranking import ELIGIBILITIES, Ranking
from matchmaking.engine.score import SCORE_DECIMALS, decimal_units

MOST_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Match:
    """A ranking of all published suppliers, and the facts it rests on."""

    ranking: Ranking
    snapshot: Snapshot

    def positions(
        self, *, eligibility: Collection[str] = ELIGIBILITIES, order: str = "score", top: int | None = None
    ) -> list[int]:
        """Where the wanted lines stand, best first: by `score`, or by `potential` within each eligibility."""
        wanted = [ELIGIBILITIES.index(name) for name in eligibility]
        found = np.flatnonzero(np.isin(self.ranking.eligibility, wanted))
        if order == "potential":
            potential = decimal_units(self.ranking.potential[found], SCORE_DECIMALS)
            found = found[np.lexsort((found, -potential, self.ranking.eligibility[found]))]
        positions: Sequence[int] = found[:top].tolist()
        return list(positions)


def match(content: RequirementContent) -> Match:
    """Rank the suppliers as they are published at this moment."""
    return match_in(catalogue.current(), content)


def match_requirement(requirement: Requirement, *, with_place: bool = True) -> Match:
    """The same for a stored requirement; it must have been read with its plant.

    Without its place for a reader who may not know whose it is: see `RequirementContent.without_place`.
    """
    snapshot = catalogue.current()
    content = _content_of(requirement, snapshot)
    return match_in(snapshot, content if with_place else content.without_place())


def match_in(snapshot: Snapshot, content: RequirementContent) -> Match:
    """Rank the suppliers of a snapshot."""
    ranking = rank(engine_requirement(content), snapshot.columns, snapshot.taxonomy, snapshot.as_of)
    return Match(ranking, snapshot)


def facts_of(content: RequirementContent) -> dict[str, Any]:
    """The document from which the engine alone finds the ranking that `match` finds now."""
    snapshot = catalogue.current()
    return facts_document(
        engine_requirement(content), snapshot.records.values(), snapshot.taxonomy, as_of=snapshot.as_of
    )


_kept: dict[tuple[str, int, int, int], RequirementContent] = {}


def _content_of(requirement: Requirement, snapshot: Snapshot) -> RequirementContent:
    """What a version of a requirement asks: read once by this process, since a version never changes.

    Its plant and the vocabulary have versions of their own.
    """
    plant_version = requirement.plant.version if requirement.plant else 0
    key = (requirement.public_id, requirement.version, plant_version, snapshot.taxonomy_version)
    if key not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = content_of(Requirement.objects.with_content().get(pk=requirement.pk))
    return _kept[key]
