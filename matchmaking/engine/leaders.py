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
from matchmaking.engine.gates import FAILED
from matchmaking.engine.model import Requirement, Taxonomy
from matchmaking.engine.rank import ranked
from matchmaking.engine.ranking import ELIGIBILITIES, Ranking
from matchmaking.engine.reach import room_above

FEW: Final = 1000
"""So many suppliers are ranked at once faster than it could be found out who of them need not be."""
SOME: Final = 4
"""Of so many times as many the most promising set the mark that others must reach."""


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
        gates = Gates(question, criteria)
        if gates.candidates <= few:
            if without is None:
                return ranked(question, criteria)
            everybody = gates.everybody
            return everybody.ranked(_left(everybody, np.arange(len(everybody.listed)), without))
        counts = _counts(gates, without)
        found: list[Ints] = [np.zeros(0, np.int64)]
        missing = len(columns.supplier_ids) if top is None else top
        for index, name in enumerate(ELIGIBILITIES):
            if name in eligibility and missing:
                judged = gates if index < FAILED else gates.everybody
                group = _left(judged, judged.group(index), without)
                found.append(judged.listed.take(_contenders(judged, group, top=missing, few=few)))
                missing -= min(missing, counts[index])
        ranking = ranked(question, criteria, among=np.sort(np.concatenate(found)))
    there = np.bincount(ranking.eligibility, minlength=len(ELIGIBILITIES)).tolist()
    return replace(ranking, left_out=tuple(count - here for count, here in zip(counts, there, strict=True)))


def _counts(gates: Gates, without: Bools | None) -> list[int]:
    """How many of those who are there have each eligibility."""
    if without is None:
        return gates.counts
    gone = ranked(gates.question, gates.criteria, among=np.flatnonzero(without)).counts
    return [count - gone[name] for count, name in zip(gates.counts, ELIGIBILITIES, strict=True)]


def _left(gates: Gates, places: Ints, without: Bools | None) -> Ints:
    """Those who are there."""
    return places if without is None else places.compress(~without.take(gates.listed.take(places)))


def _contenders(gates: Gates, group: Ints, *, top: int, few: int) -> Ints:
    """Suppliers of a group, rising, among whom its first `top` are."""
    if len(group) <= max(few, top):
        return group
    some = group[: SOME * few]
    promising = some[np.argsort(-room_above(gates, some, 0.0))[: max(few // 4, top)]]
    enough = _score_at(gates.ranked(promising), top)
    return group.compress(room_above(gates, group, enough) >= 0.0)


def _score_at(ranking: Ranking, top: int) -> float:
    """The score that at least `top` of the suppliers have, or 0."""
    return float(np.partition(ranking.score, -top)[-top]) if len(ranking) >= top else 0.0
