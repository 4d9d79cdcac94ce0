"""Which gates every supplier fails, as sets of bits, and which it would fail if some of them were dropped.

Dropping a gate can move an operation to another row, since rows are chosen by the gates in doubt. So the bits are kept
of every candidate row, and the choice is made anew from them; no criterion is judged again for that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from matchmaking.engine.blocks import blocks_of
from matchmaking.engine.columns import Bools, Ints
from matchmaking.engine.criteria import OF_OPERATION, OF_SUPPLIER, Offer, Question
from matchmaking.engine.eligibility import DEPENDENT_ON_ROWS
from matchmaking.engine.gates import FAILED, PASSED, Assessment, gate_states
from matchmaking.engine.lists import Ragged, Runs, ends, firsts
from matchmaking.engine.model import Operation, Requirement
from matchmaking.engine.operation_gates import Criteria
from matchmaking.engine.rank import all_candidates, targets_of
from matchmaking.engine.score import CHOICE_DECIMALS, decimal_units, weighted_mean

Bits: TypeAlias = npt.NDArray[np.uint32]
"""Sets of gates: bit i stands for the i-th."""


@dataclass(frozen=True, slots=True)
class Doubts:
    """Of n rows or suppliers the gates that fail, and those in doubt: failed or unconfirmed."""

    failed: Bits
    in_doubt: Bits

    @classmethod
    def none(cls, size: int) -> Self:
        return cls(np.zeros(size, dtype=np.uint32), np.zeros(size, dtype=np.uint32))

    def note(self, gate: int, states: Ints, at: slice | Ints | Bools = slice(None)) -> None:
        """Add what one gate says of some of them."""
        self.failed[at] |= np.where(states == FAILED, np.uint32(gate), np.uint32(0))
        self.in_doubt[at] |= np.where(states != PASSED, np.uint32(gate), np.uint32(0))

    def take(self, index: Ints | Bools) -> Self:
        return type(self)(self.failed[index], self.in_doubt[index])

    def joined(self, other: Self) -> Self:
        return type(self)(self.failed | other.failed, self.in_doubt | other.in_doubt)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the bit of each of its gates, in the order of the contract."""

    question: Question
    criteria: Criteria

    @property
    def bits(self) -> dict[str, int]:
        gates = [key for key, criterion in self.criteria.items() if criterion.is_gate]
        return {key: 1 << index for index, key in enumerate(gates)}

    def instead(self, requirement: Requirement) -> "Asked":
        """The same of another requirement that differs in its targets only."""
        return Asked(replace(self.question, requirement=requirement), self.criteria)

    def judge_rows(self, targets: Mapping[str, Any], rows: Ints) -> tuple[Doubts, dict[str, Assessment]]:
        """What rows say to the targets of an operation; a target may be one for each row."""
        bits = self.bits
        doubts = Doubts.none(len(rows))
        assessments = {
            key: Assessment.of(OF_OPERATION[key](self.question, target, rows), self.criteria[key])
            for key, target in targets.items()
        }
        for key, assessment in assessments.items():
            if key in bits:
                doubts.note(bits[key], assessment.gate)
        return doubts, assessments

    def score_units(self, assessments: Mapping[str, Assessment], size: int) -> Ints:
        """The operation's score, by which rows with as many gates in doubt are told apart."""
        lows = {key: assessment.low for key, assessment in assessments.items()}
        return decimal_units(weighted_mean(lows, self.criteria, size), CHOICE_DECIMALS)

    def judge_suppliers(self, keys: Sequence[str], offer: Offer) -> Doubts:
        """What the gates of suppliers among some criteria say."""
        bits, doubts = self.bits, Doubts.none(offer.size)
        for key in keys:
            if key in bits and key in OF_SUPPLIER:
                for part in OF_SUPPLIER[key](self.question, self.question.requirement.supplier_target(key), offer):
                    doubts.note(bits[key], gate_states(part, self.criteria[key]))
        return doubts


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidate rows of one operation: each supplier's together, the best score first, then the lowest id.

    Attributes:
        targets: by criterion, what the operation asks.
        owners: suppliers, rising.
        of_owner: the rows of each.
        doubts: one entry per row, in the order of `of_owner.entry`.
    """

    asked: Asked
    targets: Mapping[str, Any]
    owners: Ints
    of_owner: Ragged
    doubts: Doubts

    @classmethod
    def of(cls, asked: Asked, operation: Operation, *, without: Bools | None = None) -> Self:
        question = asked.question
        targets = targets_of(question, operation, asked.criteria)
        rows = all_candidates(question, operation)
        if without is not None:
            rows = rows[~without[question.columns.row_supplier[rows]]]
        owner = question.columns.row_supplier[rows]
        owners, counts = np.unique(owner, return_counts=True)
        doubts, score = Doubts.none(len(rows)), np.zeros(len(rows), dtype=np.int64)
        has_choice = np.repeat(counts > 1, counts)
        for block in blocks_of(slice(0, len(rows))):
            found, assessments = asked.judge_rows(targets, rows[block])
            doubts.failed[block], doubts.in_doubt[block] = found.failed, found.in_doubt
            if has_choice[block].any():
                score[block] = asked.score_units(assessments, len(found.failed))
        order = np.lexsort((-score, owner))
        return cls(asked, targets, owners, Ragged(ends(counts), rows[order]), doubts.take(order))

    def choose(self, suppliers: Ints, dropped: int = 0) -> Ints:
        """Where, among all entries, the row is that each of some suppliers takes; -1 where it has none.

        Args:
            dropped: gates that do not count.
        """
        place, is_owner = self._places(suppliers)
        position, entry = Runs.gather(self.of_owner, place[is_owner])
        chosen = np.full(len(suppliers), -1, dtype=np.int64)
        if not len(entry):
            return chosen
        in_doubt = np.bitwise_count(self.doubts.in_doubt[entry] & ~np.uint32(dropped)).astype(np.int64)
        claim = in_doubt * len(self.of_owner.entry) + entry
        chosen[is_owner] = np.minimum.reduceat(claim, firsts(position)) % len(self.of_owner.entry)
        return chosen

    def _places(self, suppliers: Ints) -> tuple[Ints, Bools]:
        place = np.searchsorted(self.owners, suppliers)
        is_owner: Bools = np.append(self.owners, -1)[place] == suppliers
        return place, is_owner

    def has_choice(self, suppliers: Ints) -> Bools:
        """Who of some suppliers has more than one row."""
        place, is_owner = self._places(suppliers)
        counts = np.append(self.of_owner.lengths(), 0)
        several: Bools = is_owner & (counts[place] > 1)
        return several

    def rows_of(self, suppliers: Ints) -> tuple[Ints, Ints, Doubts]:
        """All rows of some suppliers: position within `suppliers`, row, and what is in doubt of it."""
        place, is_owner = self._places(suppliers)
        position, entry = Runs.gather(self.of_owner, place[is_owner])
        return np.flatnonzero(is_owner)[position], self.of_owner.entry[entry], self.doubts.take(entry)

    def doubts_at(self, chosen: Ints) -> Doubts:
        """What is in doubt of chosen entries: `process` fails where there is none, and nothing else is asked."""
        found = Doubts(np.append(self.doubts.failed, 0), np.append(self.doubts.in_doubt, 0)).take(chosen)
        found.note(self.asked.bits["process"], np.full(int((chosen < 0).sum()), FAILED), chosen < 0)
        return found

    def rows_at(self, chosen: Ints) -> Ints:
        rows: Ints = np.append(self.of_owner.entry, -1)[chosen].astype(np.int64)
        return rows


@dataclass(frozen=True, slots=True)
class Stands:
    """How n suppliers stand: the entry that each operation takes, shape (operations, n), and the gates in doubt."""

    chosen: Ints
    doubts: Doubts


class GateSets:
    """The gates of every listed supplier, but for those, by index, that do not count."""

    def __init__(self, question: Question, criteria: Criteria, *, without: Bools | None = None) -> None:
        self.asked = Asked(question, criteria)
        operations = question.requirement.operations
        self.operations = [Candidates.of(self.asked, each, without=without) for each in operations]
        self.listed: Ints = np.unique(np.concatenate([operation.owners for operation in self.operations]))

    @cached_property
    def of_rows(self) -> int:
        """The gates that look at one operation's row."""
        return sum(bit for key, bit in self.asked.bits.items() if key in OF_OPERATION)

    @cached_property
    def own(self) -> Doubts:
        """What gates say of the listed suppliers that look at no row."""
        keys = [key for key in OF_SUPPLIER if key not in DEPENDENT_ON_ROWS]
        nothing = np.zeros((0, 0), dtype=np.int64)
        parts = [self.asked.judge_suppliers(keys, Offer(block, nothing)) for block in blocks_of(self.listed)]
        return Doubts(
            np.concatenate([np.zeros(0, np.uint32), *(part.failed for part in parts)]),
            np.concatenate([np.zeros(0, np.uint32), *(part.in_doubt for part in parts)]),
        )

    @cached_property
    def stands(self) -> Stands:
        """How all listed suppliers stand with every gate in place."""
        chosen = np.array([operation.choose(self.listed) for operation in self.operations]).reshape(
            len(self.operations), len(self.listed)
        )
        doubts = self.doubts_of_rows(chosen).joined(self.own)
        for block in blocks_of(np.arange(len(self.listed))):
            found = self.judge_choice(block, chosen[:, block])
            doubts.failed[block] |= found.failed
            doubts.in_doubt[block] |= found.in_doubt
        return Stands(chosen, doubts)

    @cached_property
    def near_misses(self) -> Ints:
        """Positions among the listed suppliers."""
        return np.flatnonzero(self.stands.doubts.failed)

    @cached_property
    def blocked(self) -> Bools:
        """Shape (operations, near misses): where the row taken, with every gate in place, fails one."""
        chosen = self.stands.chosen[:, self.near_misses]
        found = [each.doubts_at(entries).failed > 0 for each, entries in zip(self.operations, chosen, strict=True)]
        return np.array(found).reshape(chosen.shape)

    def doubts_of_rows(self, chosen: Ints) -> Doubts:
        """What the chosen rows leave in doubt."""
        found = Doubts.none(chosen.shape[1])
        for operation, entries in zip(self.operations, chosen, strict=True):
            found = found.joined(operation.doubts_at(entries))
        return found

    def judge_choice(self, positions: Ints, chosen: Ints) -> Doubts:
        """What the gates that look at all rows chosen together say of some listed suppliers."""
        return self.judge_rows_chosen(self.listed[positions], self.rows_at(chosen))

    def rows_at(self, chosen: Ints) -> Ints:
        """The rows of chosen entries, -1 where there is none; the same shape."""
        pairs = zip(self.operations, chosen, strict=True)
        return np.array([operation.rows_at(entries) for operation, entries in pairs]).reshape(chosen.shape)

    def judge_rows_chosen(self, suppliers: Ints, rows: Ints) -> Doubts:
        """The same for suppliers and rows by their numbers in the columns."""
        if not any(key in self.asked.bits for key in DEPENDENT_ON_ROWS):
            return Doubts.none(len(suppliers))
        return self.asked.judge_suppliers(DEPENDENT_ON_ROWS, Offer(suppliers, rows))

    def has_choice(self, positions: Ints) -> Bools:
        """Who of some listed suppliers could take other rows if gates were dropped."""
        several = np.zeros(len(positions), dtype=np.bool_)
        for operation in self.operations:
            several |= operation.has_choice(self.listed[positions])
        return several

    def without(self, positions: Ints, dropped: int) -> Doubts:
        """What remains in doubt of some listed suppliers when gates are dropped, the choice of rows made anew."""
        suppliers = self.listed[positions]
        chosen = np.array([operation.choose(suppliers, dropped) for operation in self.operations])
        doubts = self.doubts_of_rows(chosen).joined(self.own.take(positions))
        moved = (chosen != self.stands.chosen[:, positions]).any(axis=0)
        kept = self.stands.doubts.take(positions)
        of_choice = np.uint32(sum(self.asked.bits.get(key, 0) for key in DEPENDENT_ON_ROWS))
        doubts = doubts.joined(Doubts(kept.failed & of_choice, kept.in_doubt & of_choice))
        if moved.any():
            doubts.failed[moved] &= ~of_choice
            doubts.in_doubt[moved] &= ~of_choice
            found = self.judge_choice(positions[moved], chosen[:, moved])
            doubts.failed[moved] |= found.failed
            doubts.in_doubt[moved] |= found.in_doubt
        return Doubts(doubts.failed & ~np.uint32(dropped), doubts.in_doubt & ~np.uint32(dropped))
