"""Which firms to bring to which standard for a budget, so that most is gained: a whole-number programme, proved."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import floor, gcd
from typing import Final

import numpy as np

from matchmaking.decisions.integer_programme import Programme, Watch

SHARE, DEMAND = "share", "demand"
AIMS: Final = (SHARE, DEMAND)
CHEAPEST: Final = ""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A firm, a standard to which it could be brought, and what that costs and brings.

    Attributes:
        cost: in whole units of money.
        is_international: whether the firm comes to international standard by it.
        unlocks: keys of requirements for which the firm would be eligible then.
    """

    firm: str
    standard: str
    cost: int
    is_international: bool
    unlocks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class UpgradePlan:
    """What was chosen: at most one standard for each firm.

    Attributes:
        chosen: in the order of the question.
        gained: firms at international standard more, or requirements unlocked, whichever was aimed at.
        bound: no choice within the budget gains more, as far as time sufficed to show.
    """

    chosen: tuple[Upgrade, ...]
    gained: int
    bound: int

    @property
    def gap(self) -> int:
        """How much more the best choice could gain at most; 0 where none is better."""
        return self.bound - self.gained

    @property
    def cost(self) -> int:
        return sum(each.cost for each in self.chosen)

    @property
    def firms(self) -> int:
        """How many are brought to international standard."""
        return sum(each.is_international for each in self.chosen)

    @property
    def unlocked(self) -> frozenset[str]:
        """Requirements, each once however many firms of the plan could serve it."""
        return frozenset[str]().union(*(each.unlocks for each in self.chosen))


def plan_upgrades(
    upgrades: Sequence[Upgrade], budget: int, *, aim: str, most_firms: int | None = None, seconds: float = 8.0
) -> UpgradePlan:
    """Choose upgrades within a budget that gain most of what is aimed at; as far as time suffices, of these those that
    gain most of the other, and of these the cheapest.

    Args:
        upgrades: at most one for each firm and standard.
        budget: in the unit of the costs, 0 or more.
        aim: of `AIMS`.
        most_firms: no more are chosen; None for as many as the budget allows.
        seconds: for all searches together. What was found by then is told, with the gap; the rest of the budget goes to
            whatever still brings something.
    """
    affordable = [each for each in _worthwhile(upgrades) if each.cost <= budget]
    if not affordable:
        return UpgradePlan((), 0, 0)
    watch = Watch(seconds)
    other = DEMAND if aim == SHARE else SHARE
    limits = _Limits(budget, len(affordable) if most_firms is None else most_firms)
    question = _Question(affordable, limits)
    found, bound = question.best(aim, {}, watch) or ([], question.most(aim))
    chosen = _filled(found, affordable, limits, aim)
    gained = _gain(chosen, aim)
    if gained >= bound:
        for next_aim in (other, CHEAPEST):
            kept = {each: _gain(chosen, each) for each in (AIMS if next_aim == CHEAPEST else (aim,))}
            if (better := question.best(next_aim, kept, watch)) is not None:
                chosen = better[0]
            if next_aim == other:
                chosen = _filled(chosen, affordable, limits, aim)
    taken = {id(each) for each in chosen}
    in_order = tuple(each for each in affordable if id(each) in taken)
    return UpgradePlan(in_order, gained, max(gained, bound))


@dataclass(frozen=True, slots=True)
class _Limits:
    budget: int
    firms: int


def _worthwhile(upgrades: Sequence[Upgrade]) -> list[Upgrade]:
    """Without those beside which the firm has one that brings no less for no more money."""
    kept: dict[str, list[Upgrade]] = {}
    for each in sorted(upgrades, key=lambda one: (one.cost, -one.is_international, -len(one.unlocks))):
        others = kept.setdefault(each.firm, [])
        is_matched = any(
            other.is_international >= each.is_international and other.unlocks >= each.unlocks for other in others
        )
        if not is_matched:
            others.append(each)
    chosen = {id(each) for others in kept.values() for each in others}
    return [each for each in upgrades if id(each) in chosen]


def _filled(chosen: Sequence[Upgrade], upgrades: Sequence[Upgrade], limits: _Limits, aim: str) -> list[Upgrade]:
    """With whatever else still fits and brings something: first what brings something of the aim, the cheapest first.
    Of a best choice nothing does; where time ran out, the rest of the budget is not left lying."""
    taken, firms = list(chosen), {each.firm for each in chosen}
    left, unlocked = (
        limits.budget - sum(each.cost for each in chosen),
        set[str]().union(*(each.unlocks for each in chosen)),
    )
    for each in sorted(upgrades, key=lambda one: (not _helps(one, aim), one.cost)):
        brings_something = each.is_international or each.unlocks - unlocked
        has_room = len(taken) < limits.firms and each.cost <= left
        if each.firm not in firms and has_room and brings_something:
            taken.append(each)
            firms.add(each.firm)
            left -= each.cost
            unlocked |= each.unlocks
    return taken


class _Question:
    """Variables: whether each upgrade is chosen, then whether each requirement is unlocked."""

    def __init__(self, upgrades: Sequence[Upgrade], limits: _Limits) -> None:
        self.upgrades, self.firms = upgrades, limits.firms
        unit = gcd(*(each.cost for each in upgrades)) or 1
        self.costs, self.budget = [each.cost // unit for each in upgrades], limits.budget // unit
        self.requirements = sorted(frozenset[str]().union(*(each.unlocks for each in upgrades)))
        self.size = len(upgrades) + len(self.requirements)

    def best(self, aim: str, at_least: dict[str, int], watch: Watch) -> tuple[list[Upgrade], int] | None:
        """The choice that gains most of the aim, or costs least where there is none, and how much none exceeds."""
        programme = self._programme(watch)
        for kept, least in at_least.items():
            places = np.flatnonzero(self._gains(kept)).tolist()
            if places:
                programme.require(places, at_least=least)
        gains = self._gains(aim)
        costs = (
            -gains if aim != CHEAPEST else np.array([*self.costs, *([0] * len(self.requirements))], dtype=np.float64)
        )
        solved = programme.minimised(costs)
        if solved.values is None:
            return None
        chosen = [each for each, taken in zip(self.upgrades, solved.values, strict=False) if taken]
        if sum(cost for cost, taken in zip(self.costs, solved.values, strict=False) if taken) > self.budget:
            return None  # rounding of the solver; nothing that costs too much is proposed
        if aim == CHEAPEST:
            return chosen, 0
        most = self.most(aim)  # where time runs out early, the solver knows no bound
        return chosen, max(_gain(chosen, aim), floor(min(most, -solved.bound) + 1e-6))

    def most(self, aim: str) -> int:
        """What nothing can exceed, without any search."""
        everything = _most(self.upgrades, aim)
        return min(everything, self.firms) if aim == SHARE else everything

    def _programme(self, watch: Watch) -> Programme:
        programme = Programme(self.size, watch)
        programme.require(range(len(self.upgrades)), factors=self.costs, at_most=self.budget)
        if self.firms < len(self.upgrades):
            programme.require(range(len(self.upgrades)), at_most=self.firms)
        for places in self._by_firm():
            programme.require(places, at_most=1)
        opens: dict[str, list[int]] = {}
        for number, each in enumerate(self.upgrades):
            for key in each.unlocks:
                opens.setdefault(key, []).append(number)
        for place, key in enumerate(self.requirements, start=len(self.upgrades)):
            opening = opens[key]
            programme.require([place, *opening], factors=[-1.0, *([1.0] * len(opening))], at_least=0)
        return programme

    def _by_firm(self) -> Collection[list[int]]:
        places: dict[str, list[int]] = {}
        for number, each in enumerate(self.upgrades):
            places.setdefault(each.firm, []).append(number)
        return places.values()

    def _gains(self, aim: str) -> "np.typing.NDArray[np.float64]":
        """What each variable adds."""
        firms = [float(aim == SHARE and each.is_international) for each in self.upgrades]
        return np.array([*firms, *([float(aim == DEMAND)] * len(self.requirements))], dtype=np.float64)


def _helps(upgrade: Upgrade, aim: str) -> bool:
    return upgrade.is_international if aim == SHARE else bool(upgrade.unlocks)


def _gain(chosen: Sequence[Upgrade], aim: str) -> int:
    plan = UpgradePlan(tuple(chosen), 0, 0)
    return plan.firms if aim == SHARE else len(plan.unlocked)


def _most(upgrades: Sequence[Upgrade], aim: str) -> int:
    """What all upgrades together would gain."""
    if aim == DEMAND:
        return _gain(upgrades, DEMAND)
    return len({each.firm for each in upgrades if each.is_international})
