"""Ranking the published suppliers for what a buyer asks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from django.db import connection

from buyers.content import RequirementContent, content_of
from buyers.models import Requirement
from matchmaking import catalogue
from matchmaking.catalogue import Snapshot
from matchmaking.catalogue.facts_file import facts_document
from matchmaking.catalogue.requirements import engine_requirement
from matchmaking.engine import model as engine
from matchmaking.engine.rank import rank
from matchmaking.engine.ranking import ELIGIBILITIES, Ranking
from matchmaking.engine.relax import Relaxations
from matchmaking.engine.score import SCORE_DECIMALS, decimal_units

MOST_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Match:
    """A ranking of published suppliers, where in it the wanted lines stand, and the facts it rests on."""

    ranking: Ranking
    positions: Sequence[int]
    snapshot: Snapshot

    @property
    def supplier_ids(self) -> list[str]:
        """Of the wanted lines, best first."""
        return self.ranking.supplier_ids_at(self.positions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which lines: the first `top` (None: all) with some eligibility, by `score`, or by `potential` within each."""

    eligibility: Collection[str] = ELIGIBILITIES
    order: str = "score"
    top: int | None = None

    def positions(self, ranking: Ranking) -> list[int]:
        if self.order == "score" and len(self.eligibility) == len(ELIGIBILITIES):
            return list(range(len(ranking) if self.top is None else min(self.top, len(ranking))))
        found = np.flatnonzero(np.isin(ranking.eligibility, [ELIGIBILITIES.index(name) for name in self.eligibility]))
        if self.order == "potential":
            potential = decimal_units(ranking.potential[found], SCORE_DECIMALS)
            found = found[np.lexsort((found, -potential, ranking.eligibility[found]))]
        positions: list[int] = found[: self.top].tolist()
        return positions


EVERYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class RequirementVersion:
    """What tells apart all that a requirement ever asks, but for the vocabulary, which has a version of its own."""

    pk: int
    public_id: str
    version: int
    plant_version: int

    @classmethod
    def of(cls, requirement: Requirement) -> Self:
        """Of a stored requirement that was read with its plant."""
        plant_version = requirement.plant.version if requirement.plant else 0
        return cls(requirement.pk, requirement.public_id, requirement.version, plant_version)


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What a requirement could give up, and the facts that this rests on."""

    asked: engine.Requirement
    found: Relaxations
    snapshot: Snapshot


def match(content: RequirementContent, wanted: Wanted = EVERYTHING) -> Match:
    """Rank the suppliers as they are published at this moment."""
    return match_in(catalogue.current(), content, wanted)


def match_requirement(
    requirement: Requirement | RequirementVersion, wanted: Wanted = EVERYTHING, *, snapshot: Snapshot | None = None
) -> Match:
    """The same for a stored requirement."""
    snapshot = snapshot or catalogue.current()
    version = RequirementVersion.of(requirement) if isinstance(requirement, Requirement) else requirement
    return _ranked(snapshot, _kept_of(version, snapshot).asked, wanted)


def match_of_firms(requirement: Requirement, firms: Collection[str], *, with_place: bool) -> Match:
    """The lines of some firms, by public id, as `match_requirement` has them but for their rank.

    Without its place for a reader who may not know whose it is: see `RequirementContent.without_place`.
    """
    snapshot = catalogue.current()
    kept = _kept_of(RequirementVersion.of(requirement), snapshot)
    asked = kept.asked if with_place else engine_requirement(kept.content.without_place())
    ranking = rank(asked, snapshot.columns_of(firms), snapshot.taxonomy, snapshot.as_of)
    return Match(ranking, range(len(ranking)), snapshot)


def relax_requirement(requirement: Requirement) -> Relaxed:
    """What a stored requirement could give up, and how many more suppliers that would let in."""
    snapshot = catalogue.current()
    asked = _kept_of(RequirementVersion.of(requirement), snapshot).asked
    return Relaxed(asked, snapshot.relax(asked), snapshot)


def match_in(snapshot: Snapshot, content: RequirementContent, wanted: Wanted = EVERYTHING) -> Match:
    """Rank the suppliers of a snapshot."""
    return _ranked(snapshot, engine_requirement(content), wanted)


def match_firms_in(
    snapshot: Snapshot, content: RequirementContent, firms: Collection[str], wanted: Wanted = EVERYTHING
) -> Match:
    """The lines of some suppliers of a snapshot, by public id, as `match_in` has them but for their rank."""
    ranking = rank(engine_requirement(content), snapshot.columns_of(firms), snapshot.taxonomy, snapshot.as_of)
    return Match(ranking, wanted.positions(ranking), snapshot)


def _ranked(snapshot: Snapshot, asked: engine.Requirement, wanted: Wanted) -> Match:
    top = wanted.top if wanted.order == "score" else None
    if top is None and len(wanted.eligibility) == len(ELIGIBILITIES):
        ranking = snapshot.rank(asked)
    else:
        ranking = snapshot.leaders(asked, top=top, eligibility=wanted.eligibility)
    return Match(ranking, wanted.positions(ranking), snapshot)


def facts_of(content: RequirementContent) -> dict[str, Any]:
    """The document from which the engine alone finds the ranking that `match` finds now."""
    snapshot = catalogue.current()
    return facts_document(engine_requirement(content), snapshot.records(), snapshot.taxonomy, as_of=snapshot.as_of)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a version of a requirement asks, also in the engine's words."""

    content: RequirementContent
    asked: engine.Requirement


_kept: dict[tuple[RequirementVersion, int], Kept] = {}


def _kept_of(requirement: RequirementVersion, snapshot: Snapshot) -> Kept:
    """What a version of a requirement asks: read once by this process, since a version never changes.

    What a transaction reads may be its own, and rolled back: another content would take the same version.
    """
    key = requirement, snapshot.taxonomy_version
    if key in _kept:
        return _kept[key]
    content = content_of(Requirement.objects.with_content().get(pk=requirement.pk))
    read = Kept(content, engine_requirement(content))
    if not connection.in_atomic_block:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = read
    return read
