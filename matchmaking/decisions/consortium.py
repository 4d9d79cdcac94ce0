"""The smallest sets of firms that together can do all operations, best first, proved by whole-number programmes."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from matchmaking.decisions.errors import JudgementError
from matchmaking.decisions.integer_programme import Programme, Watch


@dataclass(frozen=True, slots=True)
class Candidate:
    """A firm that passes the gates of an operation.

    Attributes:
        operation: its place, from 0.
        firm: a key.
        score: from 0 to 1.
        days: how long the operation takes there; None where that is not known or does not matter.
        is_core: whether it is a core process of the firm.
    """

    operation: int
    firm: str
    score: float
    days: float | None = None
    is_core: bool = False


@dataclass(frozen=True, slots=True)
class Consortium:
    """Firms that share the operations.

    Attributes:
        members: candidates taken, by operation.
        lead: the firm with most core operations, of these with the best scores there.
    """

    members: tuple[Candidate, ...]
    lead: str

    @property
    def firms(self) -> tuple[str, ...]:
        """Each once, in the order of their first operation."""
        return tuple(dict.fromkeys(member.firm for member in self.members))

    @property
    def mean_score(self) -> float:
        return sum(member.score for member in self.members) / len(self.members)


@dataclass(frozen=True, slots=True)
class Consortia:
    """What was found.

    Attributes:
        found: fewest firms first, then the best mean score.
        is_proved: whether no smaller set exists, and of the same size none better than the first.
        fewest_firms: no set can have fewer than so many, as far as time sufficed to show; None where none exists.
        uncovered: operations, from 0, without a candidate.
    """

    found: tuple[Consortium, ...]
    is_proved: bool
    fewest_firms: int | None
    uncovered: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """At most so many firms; at most so many days for all operations one after another (None: any); at most so many
    sets; and at most so many seconds for all searches together, and a third more where they found nothing."""

    most_firms: int
    most_days: float | None = None
    most_sets: int = 5
    seconds: float = 3.0


def consortia(operations: int, candidates: Sequence[Candidate], limits: Limits) -> Consortia:
    """Find the smallest sets of firms in which every operation has a candidate and one has it as a core process.

    Each set is minimal in itself: none holds another that was found. The same input gives the same sets, unless time
    runs out: then what was found is told, and what was not proved.

    Args:
        operations: how many there are, at least 2.
        candidates: at most one for each firm and operation.

    Raises:
        JudgementError: `one_operation`: there is nothing to share.
    """
    if operations < 2:
        raise JudgementError("one_operation")
    uncovered = set(range(operations)) - {candidate.operation for candidate in candidates}
    if uncovered:
        return Consortia((), True, None, tuple(sorted(uncovered)))
    ordered = sorted(candidates, key=lambda each: (each.operation, -each.score, each.firm))
    watch = Watch(limits.seconds)
    fewest, cover = _fewest_firms(ordered, operations, watch)
    found, is_proved, fewest = _smallest(ordered, limits, watch, fewest=fewest)
    if cover and not found and not is_proved:  # too much to look through: then among those that were seen to do
        among = [candidate for candidate in ordered if candidate.firm in cover]
        found, *_among_them = _smallest(among, limits, Watch(limits.seconds / 3), fewest=fewest)
    return Consortia(tuple(found), is_proved, None if is_proved and not found else fewest)


def _smallest(
    candidates: Sequence[Candidate], limits: Limits, watch: Watch, *, fewest: int
) -> tuple[list[Consortium], bool, int]:
    """The best sets of the smallest size that has any, whether that was proved, and the smallest size that was not
    proved to have none."""
    for size in range(fewest, limits.most_firms + 1):
        found, is_proved = _sets(_Sharing(candidates, limits.most_days, watch, size=size), limits.most_sets)
        if found or not is_proved:
            return found, is_proved, size
    return [], True, limits.most_firms + 1


def _sets(model: "_Sharing", most: int) -> tuple[list[Consortium], bool]:
    """The sets of one size, best first, and whether the first is the best, or there is none."""
    found: list[Consortium] = []
    is_proved = True
    while len(found) < most and (best := model.best()):
        is_proved &= model.is_proved or bool(found)
        found.append(_led(best))
        model.leave_out(found[-1].firms)
    return found, is_proved and (bool(found) or model.is_proved)


def _fewest_firms(candidates: Sequence[Candidate], operations: int, watch: Watch) -> tuple[int, set[str]]:
    """How many firms it takes at least to have a candidate for every operation, and hardly more that do, as far as time
    suffices.

    Firms that can do no more than another are left out: who does what does not matter here. What a firm can do is a
    number with a bit for each operation.
    """
    abilities: dict[str, int] = {}
    for candidate in candidates:
        abilities[candidate.firm] = abilities.get(candidate.firm, 0) | 1 << candidate.operation
    distinct = np.unique(np.array(list(abilities.values()), dtype=np.uint64))
    largest = [ability for ability in distinct.tolist() if np.count_nonzero((distinct & ability) == ability) == 1]
    programme = Programme(len(largest), watch)
    for operation in range(operations):
        programme.require([place for place, ability in enumerate(largest) if ability >> operation & 1], at_least=1)
    solved = programme.minimised(np.ones(len(largest)))
    chosen = set() if solved.values is None else set(np.array(largest)[solved.values].tolist())
    return ceil(max(1.0, solved.bound) - 1e-6), {firm for firm, ability in abilities.items() if ability in chosen}


class _Sharing:
    """Sets of so many firms: first a variable for each firm that may take part, then one for each candidate taken."""

    def __init__(self, candidates: Sequence[Candidate], most_days: float | None, watch: Watch, *, size: int) -> None:
        self._candidates = candidates
        self._firms = {firm: place for place, firm in enumerate(dict.fromkeys(each.firm for each in candidates))}
        self._programme = Programme(len(self._firms) + len(candidates), watch)
        self._programme.require(range(len(self._firms)), at_least=size, at_most=size)
        self._share_out()
        if most_days is not None:
            self._keep_to(most_days)
        self.is_proved = True

    def _share_out(self) -> None:
        by_operation: dict[int, list[int]] = {}
        by_firm: dict[str, list[int]] = {}
        for place, candidate in enumerate(self._candidates, start=len(self._firms)):
            by_operation.setdefault(candidate.operation, []).append(place)
            by_firm.setdefault(candidate.firm, []).append(place)
            self._programme.require([place, self._firms[candidate.firm]], factors=[1, -1], at_most=0)
        for places in by_operation.values():
            self._programme.require(places, at_least=1, at_most=1)
        for firm, places in by_firm.items():  # nobody takes part for nothing
            self._programme.require([*places, self._firms[firm]], factors=[1] * len(places) + [-1], at_least=0)
        core = [place for place, each in enumerate(self._candidates, start=len(self._firms)) if each.is_core]
        self._programme.require(core, at_least=1)

    def _keep_to(self, most_days: float) -> None:
        """Who does not say how long it takes cannot be shown to be in time."""
        places = range(len(self._firms), len(self._firms) + len(self._candidates))
        days = [most_days + 1 if each.days is None else each.days for each in self._candidates]
        self._programme.require(places, factors=days, at_most=most_days)

    def best(self) -> tuple[Candidate, ...]:
        """Who takes what in the set with the best scores of those that are left; nobody where none was found."""
        costs = np.array([0.0] * len(self._firms) + [-each.score for each in self._candidates])
        solved = self._programme.minimised(costs, leading=len(self._firms))
        self.is_proved = solved.is_proved
        if solved.values is None:
            return ()
        taken = solved.values[len(self._firms) :]
        return tuple(candidate for candidate, take in zip(self._candidates, taken, strict=True) if take)

    def leave_out(self, firms: Sequence[str]) -> None:
        """This set, and those that hold it."""
        self._programme.require([self._firms[firm] for firm in firms], at_most=len(firms) - 1)


def _led(members: tuple[Candidate, ...]) -> Consortium:
    core = [member for member in members if member.is_core]

    def standing(firm: str) -> tuple[int, float, str]:
        own = [member.score for member in core if member.firm == firm]
        return -len(own), -sum(own), firm

    return Consortium(members, min({member.firm for member in core}, key=standing))
