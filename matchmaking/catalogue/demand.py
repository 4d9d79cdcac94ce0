"""Each process's copy of what open requirements ask, as columns: brought up to date by every caller, for what it sees.

A caller names the requirements it wants and says of each which transaction wrote its row. What this process has under
that stamp is right, whatever else has happened since; the rest is read. So nothing has to be told of changes, own
uncommitted ones are seen, and what is rolled back is never found again.
"""

import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from django.db.models import BigIntegerField, Expression, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from buyers.content import content_of
from buyers.models import HIDES_BUYER, Requirement
from buyers.visibility import may_know_place
from matchmaking.catalogue.mirror import current
from matchmaking.catalogue.requirements import engine_requirement
from matchmaking.catalogue.snapshot import Snapshot
from matchmaking.engine import model
from matchmaking.engine.columns import Bools
from matchmaking.engine.demand import Demand

MOST_SPARE = 10_000
"""So many requirements that the last caller did not ask for are kept: those of others, and some that have ended."""


class Key(NamedTuple):
    """A requirement by row id, with the coordinates of its plant or asked without them."""

    requirement: int
    with_place: bool


Stamp = tuple[int, int, int | None]
"""Which transaction wrote the requirement's row, its version and that of its plant. Every change of what is asked
writes the row."""


class WrittenIn(Expression):
    """Number of the transaction that wrote the row of the queryset's own table."""

    output_field = BigIntegerField()

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        table = compiler.quote_name_unless_alias(str(compiler.query.get_initial_alias()))
        return f"{table}.xmin::text::bigint", ()


@dataclass(frozen=True)
class Kept:
    """What was read so far; nothing in it ever changes.

    Attributes:
        place_of: where in the demand a requirement stands.
    """

    taxonomy_version: int
    demand: Demand = field(default_factory=lambda: Demand.of([]))
    stamps: Mapping[Key, Stamp] = field(default_factory=dict)
    place_of: Mapping[Key, int] = field(default_factory=dict)

    def changed(self, *, dropped: Collection[Key], added: Mapping[Key, tuple[Stamp, model.Requirement]]) -> "Kept":
        stay = [key for key in self.place_of if key not in dropped]
        places = np.array([self.place_of[key] for key in stay], dtype=np.int64)
        return Kept(
            taxonomy_version=self.taxonomy_version,
            demand=self.demand.changed(kept=places, added=[asked for _, asked in added.values()]),
            stamps={key: self.stamps[key] for key in stay} | {key: stamp for key, (stamp, _) in added.items()},
            place_of={key: place for place, key in enumerate([*stay, *added])},
        )


@dataclass(frozen=True)
class Wanted:
    """The demand, which of it the caller asked for, and what it asked for by place in it."""

    demand: Demand
    among: Bools
    keys: Mapping[int, Key]


class DemandMirror:
    """The newest columns that any thread of this process has built."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept = Kept(taxonomy_version=-1)

    def of(self, requirements: "QuerySet[Requirement]", snapshot: Snapshot) -> Wanted:
        stamps = _stamps_of(requirements)
        with self._lock:
            kept = self._kept = self._up_to_date(stamps, snapshot)
        keys = {kept.place_of[key]: key for key in stamps if key in kept.place_of}
        among = np.zeros(len(kept.demand), dtype=np.bool_)
        among[list(keys)] = True
        return Wanted(kept.demand, among, keys)

    def _up_to_date(self, stamps: Mapping[Key, Stamp], snapshot: Snapshot) -> Kept:
        kept = self._kept
        if kept.taxonomy_version != snapshot.taxonomy_version:
            kept = Kept(taxonomy_version=snapshot.taxonomy_version)
        missing = [key for key, stamp in stamps.items() if kept.stamps.get(key) != stamp]
        if not missing:
            return kept
        dropped = set(missing)
        if len(kept.stamps) > len(stamps) + MOST_SPARE:
            dropped |= kept.stamps.keys() - stamps.keys()
        return kept.changed(dropped=dropped, added=_read(missing))


_mirror = DemandMirror()


def demand_of(requirements: "QuerySet[Requirement]", snapshot: Snapshot) -> Wanted:
    """What some requirements ask. One query if this process has read them before.

    Args:
        requirements: where they come from `known_to(reader)`, those of which the reader may not know the buyer are
            asked without their place; else the place always counts.
    """
    return _mirror.of(requirements, snapshot)


def read_ahead() -> None:
    """Read the open requirements before anybody waits for them."""
    demand_of(Requirement.objects.filter(state=Requirement.State.OPEN), current())


def _stamps_of(requirements: "QuerySet[Requirement]") -> dict[Key, Stamp]:
    has_reader = "knows_buyer" in requirements.query.annotations
    columns = ("pk", "written_in", "version", "plant__version", "hides", *(["knows_buyer"] if has_reader else []))
    rows = requirements.order_by().annotate(written_in=WrittenIn(), hides=HIDES_BUYER).values_list(*columns)
    return {
        Key(pk, may_know_place(hides_buyer=hides, knows_buyer=not has_reader or knows[0])): (written_in, version, plant)
        for pk, written_in, version, plant, hides, *knows in rows
    }


def _read(keys: Iterable[Key]) -> dict[Key, tuple[Stamp, model.Requirement]]:
    """With the stamps of the moment of reading: later ones than those that were asked for are found the next time."""
    wanted: dict[int, list[Key]] = {}
    for key in keys:
        wanted.setdefault(key.requirement, []).append(key)
    found: dict[Key, tuple[Stamp, model.Requirement]] = {}
    rows = Requirement.objects.with_content().annotate(written_in=WrittenIn()).filter(pk__in=wanted)
    for row in rows.order_by("pk").iterator(chunk_size=2000):
        content = content_of(row)
        stamp = (row.written_in, row.version, row.plant.version if row.plant else None)  # type: ignore[attr-defined]
        for key in wanted[row.pk]:
            asked = content if key.with_place else content.without_place()
            found[key] = (stamp, engine_requirement(asked))
    return found
