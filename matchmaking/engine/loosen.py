"""The smallest change of a figure that is asked with which so many near misses would join.

New targets are looked for among the suppliers' own figures: between two of them nothing changes that could let somebody
in. Every other target stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from matchmaking.engine.columns import Bools, Floats, Ints
from matchmaking.engine.criteria import Offer
from matchmaking.engine.figures import (
    OF_SUPPLIERS,
    Target,
    asking,
    figures_of_rows,
    figures_of_suppliers,
    of_rows,
    targets_asked,
)
from matchmaking.engine.gate_sets import Candidates, Doubts, GateSets
from matchmaking.engine.gates import FAILED
from matchmaking.engine.lists import firsts

WANTED: Final = (1, 5, 10)
"""How many more suppliers a change is to let in."""
FIRST_BATCH: Final = 256
"""So many suppliers, those closest to joining, are looked at first; then eight times as many, and so on."""
ALIKE: Final = 2e-9
"""Figures as close as this pass with each other's target."""


@dataclass(frozen=True, slots=True)
class Step:
    """The smallest change that lets in `wanted` near misses: the new amount, how many join, how many as eligible."""

    wanted: int
    amount: float
    joins: int
    eligible: int


@dataclass(frozen=True, slots=True)
class Loosening:
    """A target and its steps; fewer than three where no change lets in so many."""

    target: Target
    steps: tuple[Step, ...]


def loosenings(parts: Sequence[GateSets], wanted: Sequence[int] = WANTED) -> list[Loosening]:
    """For every gate that asks a figure; with operations, for each that asks it. One part at least, all asked alike."""
    asked = parts[0].asked
    gates = [target for target in targets_asked(asked.question.requirement) if target.key in asked.bits]
    return [Loosening(target, tuple(_steps(parts, target, wanted))) for target in gates]


def _steps(parts: Sequence[GateSets], target: Target, wanted: Sequence[int]) -> list[Step]:
    search = _OfSuppliers if target.key in OF_SUPPLIERS else _OfRows
    searches = [search(sets, target) for sets in parts]
    amounts, joined = _together([each.amounts_and_joined(max(wanted)) for each in searches], target.looser)
    steps: list[Step] = []
    place = 0
    for number in wanted:
        while place < len(amounts):
            if joined[place] >= number:
                amount = float(amounts[place])
                step = _step(number, amount, [each.doubts_at(amount) for each in searches])
                if step.joins >= number:
                    steps.append(step)
                    break
            place += 1
    return steps


def _together(found: Sequence[tuple[Floats, Ints]], looser: int) -> tuple[Floats, Ints]:
    """All amounts of the parts, the smallest change first, and how many have joined at each.

    A part may stop telling once it lets in as many as are wanted. Where all together do so is told by every part.
    """
    changes = np.unique(np.concatenate([looser * amounts for amounts, _ in found]))
    joined = np.zeros(len(changes), dtype=np.int64)
    for amounts, count in found:
        so_far = np.searchsorted(looser * amounts, changes, side="right")
        joined += np.append(0, count)[so_far]
    return looser * changes, joined


def _step(number: int, amount: float, parts: Sequence[Doubts]) -> Step:
    joins = sum(int((doubts.failed == 0).sum()) for doubts in parts)
    return Step(number, amount, joins, sum(int((doubts.in_doubt == 0).sum()) for doubts in parts))


class _OfSuppliers:
    """A target that moves no operation to another row: who fails nothing else joins once its own figure is asked."""

    def __init__(self, sets: GateSets, target: Target) -> None:
        self.sets, self.target = sets, target
        self.bit = np.uint32(sets.asked.bits[target.key])
        only = sets.near_misses[sets.stands.doubts.failed[sets.near_misses] == self.bit]
        figures = figures_of_suppliers(sets.asked.question, target, self._offer(only))
        order = np.argsort(target.looser * figures, kind="stable")
        order = order[~np.isnan(figures[order])]
        self.positions, self.figures = only[order], figures[order]

    def _offer(self, positions: Ints) -> Offer:
        return Offer(self.sets.listed[positions], self.sets.rows_at(self.sets.stands.chosen[:, positions]))

    def amounts_and_joined(self, _most: int) -> tuple[Floats, Ints]:
        return self.figures, np.arange(1, len(self.figures) + 1)

    def doubts_at(self, amount: float) -> Doubts:
        """What is in doubt of those who could have joined by then, when the amount is asked."""
        reached = self.target.looser * self.figures <= self.target.looser * amount + abs(amount) * ALIKE
        positions = self.positions[reached]
        asked = asking(self.sets.asked.question.requirement, self.target, amount)
        doubts = self.sets.asked.instead(asked).judge_suppliers([self.target.key], self._offer(positions))
        kept = self.sets.stands.doubts.take(positions)
        return Doubts(kept.failed & ~self.bit, kept.in_doubt & ~self.bit).joined(doubts)


class _OfRows:
    """A target of operations: another row may be taken once it passes, also one that fails something else."""

    def __init__(self, sets: GateSets, target: Target) -> None:
        self.sets, self.target = sets, target
        self.bit = np.uint32(sets.asked.bits[target.key])
        places = [place for place, each in enumerate(sets.operations) if target.key in each.targets]
        self.places = places if target.operation is None else [target.operation]
        self.positions, self.least = self._within_reach()

    def amounts_and_joined(self, most: int) -> tuple[Floats, Ints]:
        """Suppliers' own figures, the smallest change first, and how many have joined at each, as far as needed."""
        size = FIRST_BATCH
        if not len(self.positions):
            return np.zeros(0), np.zeros(0, dtype=np.int64)
        while True:
            amounts, joined = self._joined(self.positions[:size])
            if size < len(self.positions):
                sure = self.target.looser * amounts < self.target.looser * self.least[size]
                amounts, joined = amounts[sure], joined[sure]
            if size >= len(self.positions) or (len(joined) and joined.max() >= most):
                return amounts, joined
            size *= 8

    def doubts_at(self, amount: float) -> Doubts:
        """What is in doubt of those who could have joined by then, when the amount is asked."""
        reached = self.target.looser * self.least <= self.target.looser * amount + abs(amount) * ALIKE
        positions = self.positions[reached]
        return self._doubts(positions, np.full(len(positions), amount))

    def _within_reach(self) -> tuple[Ints, Floats]:
        """Near misses that could join, and the smallest change with which they could; that first."""
        sets, missing = self.sets, self.sets.near_misses
        blocked = sets.blocked.sum(axis=0) - sets.blocked[self.places].sum(axis=0)
        possible = (sets.own.failed[missing] == 0) & (blocked == 0)
        settled = ~sets.has_choice(missing)
        possible[settled] &= sets.stands.doubts.failed[missing[settled]] == self.bit
        missing = missing[possible]
        least, nearest = np.full(len(missing), -np.inf), np.full(len(missing), np.inf)
        for place in self.places:
            passes, figure = self._smallest(sets.operations[place], missing)
            least = np.where(passes, least, np.maximum(least, figure))
            nearest = np.minimum(nearest, figure)
        least = np.maximum(least, nearest)
        order = np.argsort(least, kind="stable")[: int((least < np.inf).sum())]
        return missing[order], self.target.looser * least[order]

    def _smallest(self, operation: Candidates, positions: Ints) -> tuple[Bools, Floats]:
        """Who has a row that fails nothing; and the smallest change, by sign, with which a row fails nothing more."""
        position, rows, doubts = operation.rows_of(self.sets.listed[positions])
        passes = np.zeros(len(positions), dtype=np.bool_)
        passes[position[doubts.failed == 0]] = True
        only = doubts.failed == self.bit
        figures = self.target.looser * figures_of_rows(self.sets.asked.question, self.target, rows[only])
        nearest = np.full(len(positions), np.inf)
        np.minimum.at(nearest, position[only], np.where(np.isnan(figures), np.inf, figures))
        return passes, nearest

    def _joined(self, positions: Ints) -> tuple[Floats, Ints]:
        """At each figure of these suppliers how many of them fail nothing, if each moved only at its own figures."""
        owner, amounts = self._own_figures(positions)
        stands = (self._doubts(positions[owner], amounts).failed == 0).astype(np.int64)
        before = np.concatenate([np.zeros(1, np.int64), stands[:-1]])
        before[firsts(owner)] = 0
        order = np.argsort(self.target.looser * amounts, kind="stable")
        amounts, joined = amounts[order], np.cumsum((stands - before)[order])
        last = np.append(amounts[1:] != amounts[:-1], np.ones(min(1, len(amounts)), dtype=np.bool_))
        return amounts[last], joined[last]

    def _own_figures(self, positions: Ints) -> tuple[Ints, Floats]:
        """Each figure at which a row of a supplier passes: whose it is, and the figure; by owner, then by change."""
        owners: list[Ints] = [np.zeros(0, dtype=np.int64)]
        figures = [np.zeros(0)]
        for place in self.places:
            position, rows, doubts = self.sets.operations[place].rows_of(self.sets.listed[positions])
            fails = (doubts.failed & self.bit) > 0
            owners.append(position[fails])
            figures.append(figures_of_rows(self.sets.asked.question, self.target, rows[fails]))
        owner, amount = np.concatenate(owners), np.concatenate(figures)
        known = ~np.isnan(amount)
        pairs = np.unique(np.column_stack([owner[known], self.target.looser * amount[known]]), axis=0)
        return pairs[:, 0].astype(np.int64), self.target.looser * pairs[:, 1]

    def _doubts(self, positions: Ints, amounts: Floats) -> Doubts:
        """What is in doubt of suppliers, each asked its own amount; a supplier may stand there several times."""
        chosen = self.sets.stands.chosen[:, positions].copy()
        doubts = self.sets.own.take(positions)
        rows = np.full(chosen.shape, -1, dtype=np.int64)
        for place, operation in enumerate(self.sets.operations):
            if place in self.places:
                rows[place], found = self._choose(operation, self.sets.listed[positions], amounts)
            else:
                rows[place], found = operation.rows_at(chosen[place]), operation.doubts_at(chosen[place])
            doubts = doubts.joined(found)
        return doubts.joined(self.sets.judge_rows_chosen(self.sets.listed[positions], rows))

    def _choose(self, operation: Candidates, suppliers: Ints, amounts: Floats) -> tuple[Ints, Doubts]:
        """The row that each supplier takes when asked its amount, and what that row leaves in doubt."""
        asked, columns = operation.asked, operation.asked.question.columns
        position, rows, _doubts = operation.rows_of(suppliers)
        targets = {**operation.targets, self.target.key: of_rows(asked.question, self.target, amounts[position])}
        doubts, assessments = asked.judge_rows(targets, rows)
        score = asked.score_units(assessments, len(rows))
        order = np.lexsort((columns.row_rank[rows], -score, np.bitwise_count(doubts.in_doubt), position))
        first = order[firsts(position[order])]
        chosen, found = np.full(len(suppliers), -1, dtype=np.int64), Doubts.none(len(suppliers))
        chosen[position[first]] = rows[first]
        found.failed[position[first]], found.in_doubt[position[first]] = doubts.failed[first], doubts.in_doubt[first]
        found.note(asked.bits["process"], np.full(int((chosen < 0).sum()), FAILED), chosen < 0)
        return chosen, found
