"""A finished ranking, and its lines as they leave the engine."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

from matchmaking.engine.columns import Bools, Columns, Floats, Ints
from matchmaking.engine.gates import FAILED, FULL, GATE_NAMES, HALF, UNCONFIRMED, Assessment
from matchmaking.engine.model import ActiveCriterion, Requirement, SupplierRecord
from matchmaking.engine.records import records_of
from matchmaking.engine.score import rounded, rounded_all, weight_shares

ELIGIBILITIES: Final = ("eligible", "unconfirmed", "near_miss")
VERDICTS: Final = ("unknown", "below", "near", "meets")
"""A value in one word, from what is not known to what is fully met."""

Line: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One operation's or one standard's share of a criterion. `index` counts operations, or standards by name."""

    index: int
    assessment: Assessment


class ShownPart(NamedTuple):
    """A part for some suppliers, with its gates and its figures as in the results.

    Attributes:
        place: the index of the part.
        lines: None where the criterion has no other part, so that its own say the same.
    """

    place: int
    gates: Sequence[str]
    lines: Sequence[Line] | None


@dataclass(frozen=True)
class Ranking:
    """Suppliers in rank order, with all that the order rests on.

    Public arrays have one entry per listed supplier, best first. Positions count from 0.

    Attributes:
        criteria: the criteria that count, in the order of the contract.
        suppliers: indexes into the columns.
        eligibility: indexes into `ELIGIBILITIES`.
        score, potential: not rounded.
        left_out: how many suppliers of each eligibility are not in here, because nobody asked for their lines. Those
            of a better eligibility stand before every line that is.
    """

    requirement: Requirement
    columns: Columns
    as_of: date
    criteria: Mapping[str, ActiveCriterion]
    suppliers: Ints
    eligibility: Ints
    score: Floats
    potential: Floats
    # As judged, before sorting: `_order` leads from a position to an entry.
    _order: Ints
    _chosen: Ints
    _assessments: Mapping[str, Assessment]
    _parts: Mapping[str, Sequence[Part]]
    left_out: tuple[int, ...] = (0, 0, 0)

    def __len__(self) -> int:
        return len(self.suppliers)

    @cached_property
    def supplier_ids(self) -> tuple[str, ...]:
        return tuple(self.columns.supplier_ids[supplier] for supplier in self.suppliers.tolist())

    def supplier_ids_at(self, positions: Sequence[int]) -> list[str]:
        """Those of the suppliers at some positions."""
        return [self.columns.supplier_ids[supplier] for supplier in self.suppliers_at(positions).tolist()]

    @cached_property
    def weight_shares(self) -> dict[str, float]:
        """Of the criteria that count."""
        return weight_shares({key: criterion.weight for key, criterion in self.criteria.items()})

    @property
    def counts(self) -> dict[str, int]:
        """How many suppliers by eligibility, those left out included."""
        here = np.bincount(self.eligibility, minlength=len(ELIGIBILITIES)).tolist()
        return {name: here[index] + self.left_out[index] for index, name in enumerate(ELIGIBILITIES)}

    def rank_of(self, position: int) -> int:
        """Which place the supplier at a position takes among all, counted from 1."""
        return position + 1 + sum(self.left_out[: self.eligibility[position]])

    def assessment(self, key: str) -> Assessment:
        """A criterion's values, intervals and gates."""
        return self._assessments[key].take(self._order)

    def suppliers_at(self, positions: Sequence[int]) -> Ints:
        """Those at some positions, as indexes into the columns."""
        return self.suppliers[np.asarray(positions, dtype=np.int64)]

    def chosen_at(self, positions: Sequence[int]) -> Ints:
        """Shape (operations, n): the rows that the operations take from the suppliers at some positions."""
        return self._chosen[:, self._order[np.asarray(positions, dtype=np.int64)]]

    def chosen_capability_ids(self, position: int) -> tuple[str | None, ...]:
        """The capability that each operation takes from the supplier at a position."""
        return self.capability_ids_at([position])[0]

    def capability_ids_at(self, positions: Sequence[int]) -> list[tuple[str | None, ...]]:
        """The same for some positions."""
        ids = self.columns.capability_ids
        return [tuple(None if row < 0 else ids[row] for row in rows) for rows in self.chosen_at(positions).T.tolist()]

    def chosen_in(self, provinces: Iterable[str]) -> Bools:
        """Shape (operations, n): by position, whether the site that does an operation lies in one of some provinces."""
        columns, rows = self.columns, self._chosen[:, self._order]
        province = np.where(rows < 0, -1, columns.site_province[columns.row_site[rows]])
        there: Bools = columns.provinces.mask(provinces)[province]
        return there

    def records_at(self, positions: Sequence[int]) -> list[SupplierRecord]:
        """What was ranked of the suppliers at some positions."""
        return records_of(self.columns, self.suppliers_at(positions))

    def chosen_records_at(self, positions: Sequence[int]) -> list[SupplierRecord]:
        """The same with no other capabilities than those that the operations take."""
        ranks = self.columns.row_rank
        rows = [
            sorted({row for row in chosen if row >= 0}, key=ranks.__getitem__)
            for chosen in self.chosen_at(positions).T.tolist()
        ]
        return records_of(self.columns, self.suppliers_at(positions), rows=rows)

    def failed(self, position: int) -> list[str]:
        """Gates failed, in order of name."""
        return self._with_gate(FAILED, position)

    def unconfirmed(self, position: int) -> list[str]:
        """Gates neither passed nor failed, in order of name."""
        return self._with_gate(UNCONFIRMED, position)

    def _with_gate(self, state: int, position: int) -> list[str]:
        entry = self._order[position]
        return sorted(key for key, assessment in self._assessments.items() if assessment.gate[entry] == state)

    def results(self, limit: int | None = None, offset: int = 0) -> list[Line]:
        """The result lines of the facts file's output, from the position `offset` on, at most `limit`."""
        end = len(self) if limit is None else min(len(self), offset + limit)
        return self.lines(range(offset, end))

    def result(self, position: int) -> Line:
        """The line of the supplier at a position."""
        return self.lines([position])[0]

    def lines(self, positions: Sequence[int]) -> list[Line]:
        """The lines of the suppliers at some positions."""
        places = np.asarray(positions, dtype=np.int64)
        entries = self._order[places]
        settings = [{"mode": each.mode, "weight": rounded(each.weight)} for each in self.criteria.values()]
        criteria = _lines([self._assessments[key] for key in self.criteria], entries, settings)
        gates = {key: self._assessments[key].gate[entries].tolist() for key in sorted(self.criteria)}
        scores = rounded_all(np.stack([self.score[places], self.potential[places]])).tolist()
        return [
            {
                "supplier": self.columns.supplier_ids[supplier],
                "rank": self.rank_of(position),
                "eligibility": ELIGIBILITIES[self.eligibility[position]],
                "score": score,
                "potential": potential,
                "failed": [key for key, of_gate in gates.items() if of_gate[number] == FAILED],
                "unconfirmed": [key for key, of_gate in gates.items() if of_gate[number] == UNCONFIRMED],
                "criteria": dict(zip(self.criteria, lines, strict=True)),
            }
            for number, (position, supplier, score, potential, *lines) in enumerate(
                zip(positions, self.suppliers[places].tolist(), *scores, *criteria, strict=True)
            )
        ]

    def contributions(self, positions: Sequence[int]) -> dict[str, list[float]]:
        """What each criterion adds to the score of the suppliers at some positions: w·low ÷ Σw."""
        entries = self._order[np.asarray(positions, dtype=np.int64)]
        added = [share * self._assessments[key].low[entries] for key, share in self.weight_shares.items()]
        return dict(zip(self.weight_shares, rounded_all(np.stack(added)).tolist(), strict=True))

    def parts_at(self, positions: Sequence[int]) -> dict[str, list[ShownPart]]:
        """By criterion its parts, for the suppliers at some positions."""
        entries = self._order[np.asarray(positions, dtype=np.int64)]
        several = [part.assessment for parts in self._parts.values() if len(parts) > 1 for part in parts]
        lines = iter(_lines(several, entries, [{}] * len(several)) if several else [])
        return {
            key: [
                ShownPart(
                    part.index,
                    [GATE_NAMES[gate] for gate in part.assessment.gate[entries].tolist()],
                    next(lines) if len(parts) > 1 else None,
                )
                for part in parts
            ]
            for key, parts in self._parts.items()
        }


def _lines(assessments: Sequence[Assessment], entries: Ints, settings: Sequence[Line]) -> list[list[Line]]:
    """Some entries of each assessment, rounded for output, after what is told of each."""
    value, low, high = (
        np.stack([getattr(each, name)[entries] for each in assessments]) for name in ("value", "low", "high")
    )
    unknown = np.isnan(value)
    verdicts = np.where(unknown, 0, 1 + (value >= HALF) + (value >= FULL))
    figures = rounded_all(np.stack([np.where(unknown, 0.0, value), 1.0 - (high - low), low, high]))
    return [
        [
            {
                **setting,
                "value": value if verdict else None,
                "confidence": confidence,
                "low": low,
                "high": high,
                "verdict": VERDICTS[verdict],
            }
            for verdict, value, confidence, low, high in zip(*each, strict=True)
        ]
        for setting, *each in zip(settings, verdicts.tolist(), *figures.tolist(), strict=True)
    ]
