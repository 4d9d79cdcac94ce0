"""The gap path: which single changes and pairs of changes would make a supplier eligible for more requirements.

What is told of a change is what ranking the supplier anew after it tells. Needs (`gap_needs`) and what meets them
(`gap_means`) say for which requirements a change can be of use at all; only these are ranked anew.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final

import numpy as np

from matchmaking.engine.columns import Bools, Columns, Ints
from matchmaking.engine.demand import Demand
from matchmaking.engine.gap_changes import BY_NAME, EVIDENCE, LANGUAGE, STANDARD, Change
from matchmaking.engine.gap_covers import Covers, TooManyPairsError, bits
from matchmaking.engine.gap_means import Means
from matchmaking.engine.gap_needs import Needs
from matchmaking.engine.gap_variants import NONE, Variants
from matchmaking.engine.model import CRITERIA, PER_OPERATION, SupplierRecord, Taxonomy
from matchmaking.engine.opportunities import Opportunities
from matchmaking.engine.records import records_of

MOST_RANKED: Final = 200_000
"""So many lines are ranked anew at most; requirements for which that would be too many are left out, and counted."""
MOST_JUDGED: Final = 5 * MOST_RANKED
"""So many candidates the lines may have at most, all together; what is beyond is left out as well."""
MOST_BUILT: Final = 5 * MOST_RANKED
"""Once so many pairs of changes have been put together, the requirements that remain are left out as well."""
MOST_TIED: Final = 1_000
"""So many paths that open as many requirements as the last one wanted are told apart by quantity."""
CHECKED: Final = 2
PROVED_BY: Final = {
    STANDARD: ("certifications", "certifications_preferred"),
    LANGUAGE: ("languages",),
}


@dataclass(frozen=True, slots=True)
class Path:
    """A change, or two, and what it does.

    Attributes:
        levels: how well each must be proved for all of these requirements, at least checked.
        requirements: positions in the demand, rising: those for which the supplier is eligible only then.
        only_together: of these, how many neither change alone opens; all of them where there is but one.
    """

    changes: tuple[Change, ...]
    levels: tuple[int, ...]
    requirements: Ints
    only_together: int


@dataclass(frozen=True)
class Gaps:
    """What a supplier could do to be eligible for more.

    Attributes:
        record, found: what it states, and how it does as it is.
        offered: the changes that were looked at.
        opened: by change, a bit for each requirement that it opens, by position in the demand.
        corrections: by pair, what it opens in another way than its changes alone: for these the bits are turned.
        left_out: how many requirements were not looked at, since there would have been too much to do.
    """

    demand: Demand
    record: SupplierRecord
    found: Opportunities
    offered: Sequence[Change]
    opened: Sequence[int]
    corrections: dict[tuple[int, int], int]
    left_out: int

    def opened_by(self, first: int, second: int | None = None) -> int:
        """The requirements that one or two of the offered changes open, as bits."""
        if second is None:
            return self.opened[first]
        pair = (min(first, second), max(first, second))
        return (self.opened[first] | self.opened[second]) ^ self.corrections.get(pair, 0)

    def paths(self, top: int | None = None) -> list[Path]:
        """The changes and pairs that open most requirements, then most of what is needed each month in one unit.

        Of two steps of one figure that open the same, only the smaller is told, and of pairs only those that open
        something that neither change does alone.

        Args:
            top: how many at most. Where more than `MOST_TIED` open as many requirements as the last of them, only the
                first of these are told apart by quantity: single changes, then pairs, as they are offered.
        """
        worth = sorted(self._worth_telling(), key=lambda each: (-each[1].bit_count(), len(each[0]), each[0]))
        if top is not None and len(worth) > top:
            last = worth[top - 1][1].bit_count()
            better = sum(opened.bit_count() > last for _numbers, opened in worth[:top])
            tied = sum(opened.bit_count() == last for _numbers, opened in worth)
            worth = worth[: max(top, better + min(tied, MOST_TIED))]
        found = [self._path(numbers, opened) for numbers, opened in worth]
        found.sort(key=lambda path: (-len(path.requirements), -self._most_quantity(path), len(path.changes)))
        return found[:top]

    def quantities(self, path: Path) -> dict[str, float]:
        """What the path's requirements need each month, by unit; nothing of those that do not say."""
        asked = self.demand.requirements[path.requirements]
        totals: dict[str, float] = {}
        for unit, quantity in zip(asked["unit"].tolist(), asked["quantity"].tolist(), strict=True):
            if unit >= 0:
                name = self.demand.codes.units.names[unit]
                totals[name] = totals.get(name, 0.0) + quantity
        return dict(sorted(totals.items()))

    def _most_quantity(self, path: Path) -> float:
        return max(self.quantities(path).values(), default=0.0)

    def _worth_telling(self) -> Iterator[tuple[tuple[int, ...], int]]:
        told: dict[tuple[object, ...], list[int]] = {}
        pairs = sorted(pair for pair in self.corrections if self._only_together(pair[0], pair[1]))
        for numbers in [*((number,) for number in range(len(self.offered))), *pairs]:
            opened = self.opened_by(*numbers)
            smaller = told.setdefault(tuple(self._figure_of(number) for number in numbers), [])
            if opened and not any(opened & ~other == 0 for other in smaller):
                smaller.append(opened)
                yield numbers, opened

    def _figure_of(self, number: int) -> tuple[object, ...]:
        """What it changes, whatever to: steps of one figure are offered one after the other, the smallest first."""
        change = self.offered[number]
        code = change.amount if change.kind in BY_NAME else None
        return change.kind, change.capability, change.unit, code

    def _only_together(self, first: int, second: int) -> int:
        return self.opened_by(first, second) & ~(self.opened[first] | self.opened[second])

    def _path(self, numbers: tuple[int, ...], opened: int) -> Path:
        requirements = np.array(list(bits(opened)), dtype=np.int64)
        changes = tuple(self.offered[number] for number in numbers)
        together = self._only_together(numbers[0], numbers[1]) if len(numbers) == 2 else opened
        levels = tuple(self._level(change, requirements) for change in changes)
        return Path(changes, levels, requirements, together.bit_count())

    def _level(self, change: Change, requirements: Ints) -> int:
        keys = PROVED_BY.get(change.kind, (change.kind,))
        if change.kind == EVIDENCE:
            keys = (*PER_OPERATION, "lead_time") if change.capability else ("languages", "export_experience")
        columns = [CRITERIA.index(key) for key in keys]
        asked = self.demand.requirements[requirements]
        levels = np.where(asked["gate"][:, columns], asked["min_level"][:, columns], 0)
        return max(CHECKED, int(levels.max(initial=0)))


def gaps(
    demand: Demand, supplier: int, columns: Columns, taxonomy: Taxonomy, as_of: date, *, among: Bools | None = None
) -> Gaps:
    """For which requirements a supplier would be eligible after one or two changes, and is not as it is.

    Args:
        supplier: its index in the columns.
        among: shape (requirements,): which of them to look at; all unless given.
    """
    (record,) = records_of(columns, np.array([supplier]))
    with np.errstate(over="ignore"):  # as in `rank.ranked`
        return _Search(Needs(demand, record, taxonomy, as_of, among)).gaps()


@dataclass(frozen=True, slots=True)
class _Case:
    """A requirement, what meets its needs, which changes may decide the rest, and whether these may undo each other."""

    requirement: int
    covers: Covers
    deciding: int
    has_choice: bool

    @property
    def most_lines(self) -> int:
        alone, deciding = self.covers.singles.bit_count(), self.deciding.bit_count()
        if self.covers.is_met:
            return deciding * (deciding + 1) // 2
        return alone * (1 + deciding) + len(self.covers.pairs)

    def singles(self) -> Iterator[int]:
        return bits(self.deciding if self.covers.is_met else self.covers.singles)

    def pairs(self) -> set[tuple[int, int]]:
        if self.covers.is_met:
            return set(combinations(bits(self.deciding), 2))
        also = {(one, other) for one in bits(self.covers.singles) for other in bits(self.deciding) if one != other}
        return {*self.covers.pairs, *((min(pair), max(pair)) for pair in also)}


class _Search:
    """Ranks anew after single changes first, then after pairs."""

    def __init__(self, needs: Needs) -> None:
        self.needs, self.offered = needs, needs.offered()
        self.variants = Variants(needs.record, self.offered, needs.taxonomy, needs.as_of)
        self.means = Means(needs, self.offered, self.variants)

    def gaps(self) -> Gaps:
        needs, (cases, left_out) = self.needs, self._cases()
        singles = self._opening_singles(cases)
        opened = _as_bits(len(needs.demand), len(self.offered), singles)
        return Gaps(
            needs.demand, needs.record, needs.found, self.offered, opened, self._corrections(cases, singles), left_out
        )

    def _cases(self) -> tuple[list[_Case], int]:
        """Those that can be ranked, and how many requirements are left out: with the fewest lines first."""
        in_turn = self.needs.in_turn
        cases = sorted(self._built(in_turn.tolist()), key=lambda case: case.most_lines)  # of as many those in turn
        pairs = self.needs.candidates.of.lengths(np.array([case.requirement for case in cases], dtype=np.int64))
        lines = np.array([case.most_lines for case in cases], dtype=np.int64)
        fits = (np.cumsum(lines) <= MOST_RANKED) & (np.cumsum(lines * pairs) <= MOST_JUDGED)
        kept = int(np.count_nonzero(fits))
        return cases[:kept], self.needs.left_out + len(in_turn) - kept

    def _built(self, in_turn: Sequence[int]) -> Iterator[_Case]:
        for requirement in in_turn:
            if self.means.pairs_built >= MOST_BUILT:
                return
            try:
                covers = self.means.covers_of(requirement)
            except TooManyPairsError:
                continue
            yield _Case(requirement, covers, *self.means.may_decide(requirement))

    def _opening_singles(self, cases: Sequence[_Case]) -> set[tuple[int, int]]:
        """Pairs of a requirement and a change that opens it."""
        lines = [(case.requirement, change, NONE) for case in cases for change in case.singles()]
        eligible = self._eligible(self.variants, lines)
        return {
            (requirement, change) for (requirement, change, _none), is_it in zip(lines, eligible, strict=True) if is_it
        }

    def _corrections(self, cases: Sequence[_Case], singles: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
        """By pair, the requirements that it opens in another way than its changes alone."""
        lines = [
            (case.requirement, *pair)
            for case in cases
            for pair in sorted(case.pairs())
            if not self.offered[pair[0]].excludes(self.offered[pair[1]])
            and (case.has_choice or not any((case.requirement, each) in singles for each in pair))
        ]
        pairs = {(first, second) for _requirement, first, second in lines}
        variants = Variants(self.needs.record, self.offered, self.needs.taxonomy, self.needs.as_of, pairs=pairs)
        found: dict[tuple[int, int], int] = {}
        for (requirement, first, second), is_it in zip(lines, self._eligible(variants, lines), strict=True):
            alone = (requirement, first) in singles or (requirement, second) in singles
            if is_it != alone:
                found[first, second] = found.get((first, second), 0) | 1 << requirement
        return found

    def _eligible(self, variants: Variants, lines: Sequence[tuple[int, int, int]]) -> list[bool]:
        requirements, first, second = np.array(lines, dtype=np.int64).reshape(-1, 3).T
        needs = self.needs
        found: list[bool] = variants.eligible(needs.demand, needs.candidates, requirements, first, second).tolist()
        return found


def _as_bits(requirements: int, changes: int, opening: Collection[tuple[int, int]]) -> list[int]:
    """By change, a bit for each requirement that it opens; of many changes most open nothing."""
    by_change: dict[int, list[int]] = {}
    for requirement, change in opening:
        by_change.setdefault(change, []).append(requirement)
    found = [0] * changes
    for change, opened in by_change.items():
        is_opened = np.zeros(requirements, dtype=np.bool_)
        is_opened[opened] = True
        found[change] = int.from_bytes(np.packbits(is_opened, bitorder="little").tobytes(), "little")
    return found
