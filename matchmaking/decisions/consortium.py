"""The smallest sets of firms that together can do all operations, best first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from matchmaking.decisions.consortium_bounds import prices
from matchmaking.decisions.consortium_search import Search, Sharing
from matchmaking.decisions.consortium_table import Candidate, Table
from matchmaking.decisions.errors import JudgementError
from matchmaking.decisions.work import Work


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
        found: the best mean score first, all of them sets of as many firms.
        is_proved: whether no set is smaller, and of that size none left out is better than one that was found.
        fewest_firms: no set can have fewer than so many; None where none exists.
        most_score: no set of so many firms has a better mean score; None where none exists.
        uncovered: operations, from 0, without a candidate.
    """

    found: tuple[Consortium, ...]
    is_proved: bool
    fewest_firms: int | None
    most_score: float | None = None
    uncovered: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """At most so many firms; a firm that does at least one of the operations (None: any may); at most so many days for
    all operations one after another (None: any); at most so many sets; and at most so many pairs of a partial set and a
    firm to look at."""

    most_firms: int
    member: str | None = None
    most_days: float | None = None
    most_sets: int = 5
    most_work: float = 100e6


NONE_THERE_IS: Final = Consortia((), True, None)


def consortia(operations: int, candidates: Sequence[Candidate], limits: Limits) -> Consortia:
    """Find the smallest sets of firms in which every operation has a candidate and one has it as a core process. Where
    a firm must take part, the smallest of those in which it does, though others may need fewer without it.

    Sizes are looked through one after the other, so none that is found holds a smaller one. The same question has the
    same answer: what may be looked at is counted, not timed. Where it does not suffice, what was found is told, and
    what was not proved.

    Args:
        operations: how many there are, from 2 to 50.
        candidates: at most one for each firm and operation.

    Raises:
        JudgementError: `one_operation`: there is nothing to share.
    """
    if operations < 2:
        raise JudgementError("one_operation")
    if uncovered := set(range(operations)) - {candidate.operation for candidate in candidates}:
        return replace(NONE_THERE_IS, uncovered=tuple(sorted(uncovered)))
    table = Table.of(candidates, operations, limits.most_days, limits.member)
    if not table.is_in_question:
        return NONE_THERE_IS
    found, fewest, most, is_proved = _smallest(table, limits)
    if is_proved and not found:
        return NONE_THERE_IS
    named = {(each.operation, each.firm): each for each in candidates}
    told = [_led(tuple(named[at, table.firms[firm]] for at, firm in enumerate(each.by_operation))) for each in found]
    return Consortia(tuple(told), is_proved, fewest, most / operations)


def _smallest(table: Table, limits: Limits) -> tuple[list[Sharing], int, float, bool]:
    """The best sharings of the smallest size that was found to have any, the smallest size that was not proved to have
    none, what the scores of one of that size can add up to, and whether all was proved.

    Where a size has too much to look through, larger ones may still be found to have some: half is kept for these.
    """
    work, unproved = Work(limits.most_work), None
    sizes = range(1, min(limits.most_firms, table.operations, len(table.firms)) + 1)
    for size in sizes:
        part = work.split_off(1.0 if size == sizes[-1] else 0.5)
        of_size = prices(table, size, part)
        search = Search(table, size, of_size, most_sets=limits.most_sets, work=part)
        is_done = search.run()
        work.spend(-part.left)  # what is over, or was too much
        if not is_done and unproved is None:
            unproved = size, of_size.most
        if search.found:
            best = search.found[0].total if is_done else of_size.most
            return (search.found, *(unproved or (size, best)), unproved is None)
    return ([], *(unproved or (0, 0.0)), unproved is None)


def _led(members: tuple[Candidate, ...]) -> Consortium:
    core = [member for member in members if member.is_core]

    def standing(firm: str) -> tuple[int, float, str]:
        own = [member.score for member in core if member.firm == firm]
        return -len(own), -sum(own), firm

    return Consortium(members, min({member.firm for member in core}, key=standing))
