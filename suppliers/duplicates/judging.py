"""Are two entries one firm? The tax code decides; else names and addresses together, and a person where they may be."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from suppliers.duplicates import addresses, names, namesakes
from suppliers.duplicates.addresses import Address
from suppliers.duplicates.names import FirmName

SAME_NAME = 0.6
"""Likeness of names from which two entries can be one firm."""
SAME_ADDRESS = 0.68
"""Likeness of addresses from which two entries can be one firm."""
SAME_TOGETHER = 1.45
"""What both must reach together: a name that is half alike needs an address that is wholly so."""
PHONE_FOR_ADDRESS = 0.9
"""What a telephone number in common counts as an address."""


class Verdict(StrEnum):
    """What two entries are to each other."""

    SURE = "sure"
    LIKELY = "likely"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a list, or the register, says of a firm. Empty texts are not known.

    `names` are all that it goes by, in any language; `phone` is E.164; `tax_code` as `accounts.tax_codes` has it,
    with the number of a branch after a hyphen. Names and address are taken apart once, when first asked for.
    """

    names: tuple[str, ...]
    country: str = ""
    address: str = ""
    tax_code: str = ""
    phone: str = ""
    _called: tuple[FirmName, ...] | None = field(default=None, init=False, repr=False, compare=False)
    _place: Address | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def called(self) -> tuple[FirmName, ...]:
        """Its names, taken apart."""
        called = self._called
        if called is None:
            called = tuple(map(names.take_apart, self.names))
            object.__setattr__(self, "_called", called)
        return called

    @property
    def place(self) -> Address:
        """Its address, taken apart."""
        place = self._place
        if place is None:
            place = addresses.take_apart(self.address)
            object.__setattr__(self, "_place", place)
        return place


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, and how alike names and addresses are (0 to 1; None where it was not asked)."""

    verdict: Verdict
    name: float | None = None
    address: float | None = None

    @property
    def score(self) -> float:
        """How surely the two are one, from 0 to 1, for sorting."""
        if self.verdict == Verdict.SURE:
            return 1.0
        return ((self.name or 0.0) + (self.address or 0.0)) / 2


_UNLIKE = Judgement(Verdict.DIFFERENT)


def compare(one: Entry, other: Entry, *, only_likely: bool = False) -> Judgement:
    """Judge whether two entries are one firm.

    Equal tax codes of one country settle it, and different ones too: a branch has its own. Without them the numbers
    of units must not contradict each other, and names and addresses must be alike.

    Args:
        only_likely: of two that are told apart quickly nothing more is wanted, not how alike they are.
    """
    if one.country and other.country and one.country != other.country:
        return _UNLIKE
    if one.tax_code and other.tax_code:
        return Judgement(Verdict.SURE if one.tax_code == other.tax_code else Verdict.DIFFERENT)
    if only_likely and not _may_be_one_place(one, other):
        return _UNLIKE
    name = max(_name_likenesses(one, other), default=0.0)
    if name < SAME_NAME:
        return Judgement(Verdict.DIFFERENT, name)
    address = _address_likeness(one, other)
    is_likely = address >= SAME_ADDRESS and name + address >= SAME_TOGETHER
    return Judgement(Verdict.LIKELY if is_likely else Verdict.DIFFERENT, name, address)


def _name_likenesses(one: Entry, other: Entry) -> Iterator[float]:
    for mine in one.called:
        for theirs in other.called:
            yield namesakes.likeness(mine, theirs)


def _may_be_one_place(one: Entry, other: Entry) -> bool:
    """By a telephone in common, or addresses that do not contradict each other: it is quickly told."""
    if one.phone and one.phone == other.phone:
        return True
    return addresses.may_be_one(one.place, other.place)


def _address_likeness(one: Entry, other: Entry) -> float:
    alike = addresses.likeness(one.place, other.place)
    return max(alike, PHONE_FOR_ADDRESS) if one.phone and one.phone == other.phone else alike
