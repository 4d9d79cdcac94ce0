"""The first lines of a ranking, and how many there are of each eligibility, without judging every supplier in full.

What gates say is found for all candidates. Then each criterion takes from what a supplier could still reach, and who
cannot reach the first lines any more is left out. The few that remain are ranked as `rank` ranks all: so nothing here
decides a score, only who need not be scored.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from matchmaking.engine.columns import Bools, Columns, Ints
from matchmaking.engine.criteria import Question
from matchmaking.engine.eligibility import Gates
from matchmaking.engine.model import Requirement, Taxonomy
from matchmaking.engine.promise import ROUNDING, promise
from matchmaking.engine.rank import ranked
from matchmaking.engine.ranking import ELIGIBILITIES, Ranking
from matchmaking.engine.reach import can_reach

FEW: Final = 1000
"""So many suppliers are ranked at once faster than it could be found out who of them need not be."""
PROMISING: Final = 2
"""So many times fewer set the mark."""


def leaders(
    requirement: Requirement,
    columns: Columns,
    taxonomy: Taxonomy,
    as_of: date,
    *,
    top: int | None = None,
    eligibility: Collection[str] = ELIGIBILITIES,
    without: Bools | None = None,
    few: int = FEW,
) -> Ranking:
    """The ranking that `rank` gives, of which only the first `top` lines with these eligibilities are sure to be there.

    Args:
        top: None for all.
        without: true for each supplier who is to be taken for not there.
        few: see `FEW`.

    Raises:
        FactsError, KeyError: as `rank`.
    """
    criteria = requirement.active_criteria()
    question = Question(requirement, columns, taxonomy, as_of.toordinal())
    with np.errstate(over="ignore"):
        gates = Gates(question, criteria, without=without)
        if gates.candidates <= few:
            return ranked(question, criteria, among=None if without is None else gates.there)
        counts = gates.counts
        found: list[Ints] = [np.zeros(0, np.int64)]
        missing = len(columns.supplier_ids) if top is None else top
        for index, name in enumerate(ELIGIBILITIES):
            if name in eligibility and missing and counts[index]:
                found.append(_contenders(gates, gates.group(index), top=missing, few=few))
                missing -= min(missing, counts[index])
        ranking = gates.ranked(found[1] if len(found) == 2 else np.concatenate(found))
    there = np.bincount(ranking.eligibility, minlength=len(ELIGIBILITIES)).tolist()
    return replace(ranking, left_out=tuple(count - here for count, here in zip(counts, there, strict=True)))


def _contenders(gates: Gates, group: Ints, *, top: int, few: int) -> Ints:
    """Suppliers of a group among whom its first `top` are. The most promising set the mark for the others."""
    size = max(few // PROMISING, top)
    if len(group) <= max(few, size):
        return group
    most = promise(gates, group)
    promising = group.compress(most >= np.partition(most, -size)[-size])
    enough = _score_at(gates.ranked(promising), top)
    left = group.compress(most >= enough - ROUNDING)
    if len(left) <= len(promising):  # they are among these
        return promising
    return left.compress(can_reach(gates, left, enough))


def _score_at(ranking: Ranking, top: int) -> float:
    """The score that at least `top` of the suppliers have, or 0."""
    return float(np.partition(ranking.score, -top)[-top]) if len(ranking) >= top else 0.0
