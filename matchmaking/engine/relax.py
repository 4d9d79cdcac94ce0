"""What keeps suppliers out: how many near misses would join if gates were dropped, or figures asked less strictly.

To join is to fail no gate any more. To drop a gate is to ask its criterion as a `should`. `process` cannot be dropped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final

import numpy as np

from matchmaking.engine.columns import Bools, Columns, Ints
from matchmaking.engine.criteria import Question
from matchmaking.engine.gate_sets import Bits, GateSets
from matchmaking.engine.loosen import Loosening, loosenings
from matchmaking.engine.model import Requirement, Taxonomy
from matchmaking.engine.ranking import ELIGIBILITIES

MOST_DROPPED: Final = 3


@dataclass(frozen=True, slots=True)
class Relaxation:
    """What dropping just these gates does: how many near misses fail nothing any more, and how many of these are
    eligible at once, with nothing left to confirm."""

    gates: tuple[str, ...]
    joins: int
    eligible: int


@dataclass(frozen=True, slots=True)
class Relaxations:
    """What a requirement could give up, and whom that would let in.

    Attributes:
        counts: how many suppliers there are of each eligibility.
        without_process: how many near misses lack a process, so that nothing lets them in.
        dropped: sets of gates that let somebody in; fewer gates first, then more joins.
        loosened: the gates that ask a figure, in the order of the contract.
    """

    counts: Mapping[str, int]
    without_process: int
    dropped: Sequence[Relaxation]
    loosened: Sequence[Loosening]


def relax(requirement: Requirement, columns: Columns, taxonomy: Taxonomy, as_of: date) -> Relaxations:
    """Count whom each relaxation would let in.

    Raises:
        FactsError, KeyError: as `relax_parts`.
    """
    return relax_parts(requirement, [(columns, None)], taxonomy, as_of)


def relax_parts(
    requirement: Requirement, parts: Sequence[tuple[Columns, Bools | None]], taxonomy: Taxonomy, as_of: date
) -> Relaxations:
    """The same where the suppliers stand in several columns.

    Args:
        parts: one at least, each with a mask of its suppliers that do not count.

    Raises:
        FactsError: the weights of the criteria asked sum to 0.
        KeyError: a process or material of the requirement is not in the taxonomy.
    """
    criteria = requirement.active_criteria()
    with np.errstate(over="ignore"):  # a figure far above its target is infinitely many times it, and clipped
        sets = [
            GateSets(Question(requirement, columns, taxonomy, as_of.toordinal()), criteria, without=without)
            for columns, without in parts
        ]
        return Relaxations(
            counts=_counts_of(sets),
            without_process=sum(_without_process(each) for each in sets),
            dropped=relaxations(sets),
            loosened=loosenings(sets),
        )


def _counts_of(parts: Sequence[GateSets]) -> dict[str, int]:
    passed = sum(int((sets.stands.doubts.in_doubt == 0).sum()) for sets in parts)
    missed = sum(len(sets.near_misses) for sets in parts)
    listed = sum(len(sets.listed) for sets in parts)
    return dict(zip(ELIGIBILITIES, (passed, listed - passed - missed, missed), strict=True))


def _without_process(sets: GateSets) -> int:
    return int(((sets.stands.doubts.failed & np.uint32(sets.asked.bits["process"])) > 0).sum())


def relaxations(parts: Sequence[GateSets]) -> list[Relaxation]:
    """For every set of at most three gates whose dropping lets somebody join; fewer gates first, then more joins."""
    bits = {key: bit for key, bit in parts[0].asked.bits.items() if key != "process"}
    chosen = [keys for size in range(1, MOST_DROPPED + 1) for keys in combinations(bits, size)]
    dropped = np.array([sum(bits[key] for key in keys) for keys in chosen], dtype=np.uint32)
    counts = [_counts(sets, dropped) for sets in parts]
    joins, eligible = (sum(each, np.zeros(len(chosen), dtype=np.int64)) for each in zip(*counts, strict=True))
    found = [Relaxation(*each) for each in zip(chosen, joins.tolist(), eligible.tolist(), strict=True) if each[1]]
    return sorted(found, key=lambda each: (len(each.gates), -each.joins, -each.eligible, each.gates))


def _counts(sets: GateSets, dropped: Bits) -> tuple[Ints, Ints]:
    """For each set of gates how many near misses would join, and how many as eligible."""
    missing, doubts = sets.near_misses, sets.stands.doubts
    has_choice = sets.has_choice(missing)
    settled = doubts.take(missing[~has_choice])
    joins, eligible = _within(settled.failed, dropped), _within(settled.in_doubt, dropped)
    open_ = _not_hopeless(sets, missing[has_choice])
    of_rows = dropped & np.uint32(sets.of_rows & _ever_in_doubt(sets))
    for gates in np.unique(of_rows).tolist() if len(open_) else ():
        group = of_rows == gates
        left = sets.without(open_, gates)
        joins[group] += _within(left.failed, dropped[group])
        eligible[group] += _within(left.in_doubt, dropped[group])
    return joins, eligible


def _within(found: Bits, dropped: Bits) -> Ints:
    """For each set of dropped gates how many of the sets found lie within it."""
    distinct, counts = np.unique(found, return_counts=True)
    lies_within = (distinct[np.newaxis, :] & ~dropped[:, np.newaxis]) == 0
    within: Ints = (lies_within * counts).sum(axis=1)
    return within


def _not_hopeless(sets: GateSets, positions: Ints) -> Ints:
    """Those of some near misses that could join by dropping so few gates, whichever rows they take."""
    own = np.bitwise_count(sets.own.failed[positions])
    hopeful = own <= MOST_DROPPED
    for operation in sets.operations:
        best = np.full(len(positions), 64, dtype=np.int64)
        position, _rows, doubts = operation.rows_of(sets.listed[positions])
        np.minimum.at(best, position, np.bitwise_count(doubts.failed).astype(np.int64))
        hopeful &= best + own <= MOST_DROPPED
    return positions[hopeful]


def _ever_in_doubt(sets: GateSets) -> int:
    """Gates of rows that some candidate leaves in doubt: dropping another one changes no choice."""
    return int(np.bitwise_or.reduce([np.bitwise_or.reduce(each.doubts.in_doubt) for each in sets.operations]))
