"""All known firms, laid out so that those an entry could be are found without comparing it with everybody."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from suppliers.duplicates import addresses
from suppliers.duplicates.judging import Entry, Judgement, Verdict, compare
from suppliers.duplicates.names import FirmName, take_apart
from suppliers.duplicates.namesakes import FEWEST_INITIALS

Firm = TypeVar("Firm", bound=Hashable)
BEGINNING = 4
"""Letters at the beginning of a word that two spellings of it share."""
MOST_SHOWN = 5
NO_NUMBER = ""
"""Stands for addresses without a house or lot number."""


@dataclass(frozen=True, slots=True)
class Found(Generic[Firm]):
    """A firm that an entry may be."""

    firm: Firm
    judgement: Judgement


class Register(Generic[Firm]):
    """Firms by what two entries of one firm have in common: tax code, telephone, or all letters of a name or the
    beginning of one of its words together with a house or lot."""

    def __init__(self, firms: Iterable[tuple[Firm, Entry]] = ()) -> None:
        self._firms: dict[Firm, Entry] = {}
        self._by_key: dict[str, list[Firm]] = {}
        self._by_number: dict[str, set[Firm]] = {}
        self._untaxed: set[Firm] = set()
        for firm, entry in firms:
            self.add(firm, entry)

    def add(self, firm: Firm, entry: Entry) -> None:
        """Put a firm in, or what is newly known of it."""
        self._firms[firm] = entry
        for key in {*_sure_keys(entry), *_name_keys(entry)}:
            self._by_key.setdefault(key, []).append(firm)
        for number in _numbers(entry) or (NO_NUMBER,):
            self._by_number.setdefault(number, set()).add(firm)
        if not entry.tax_code:
            self._untaxed.add(firm)

    def find(self, entry: Entry) -> list[Found[Firm]]:
        """The firms that an entry surely or likely is, best first, at most `MOST_SHOWN`."""
        found = (Found(firm, compare(entry, self._firms[firm], only_likely=True)) for firm in self._close(entry))
        may_be = [each for each in found if each.judgement.verdict != Verdict.DIFFERENT]
        return sorted(may_be, key=lambda each: (-each.judgement.score, str(each.firm)))[:MOST_SHOWN]

    def _close(self, entry: Entry) -> set[Firm]:
        """Different tax codes are different firms, so of an entry with one only those without one, and it."""
        if not entry.tax_code:
            return self._with(_phone_keys(entry)) | self._near(entry, self._with(_name_keys(entry)))
        close = self._untaxed_with(_phone_keys(entry)) | self._near(entry, self._untaxed_with(_name_keys(entry)))
        return close | self._with([f"tax {entry.tax_code}"])

    def _with(self, keys: Iterable[str]) -> set[Firm]:
        return set().union(*(self._by_key.get(key, ()) for key in keys))

    def _untaxed_with(self, keys: Iterable[str]) -> set[Firm]:
        if not self._untaxed:
            return set()
        return set().union(*(self._untaxed.intersection(self._by_key.get(key, ())) for key in keys))

    def _near(self, entry: Entry, firms: set[Firm]) -> set[Firm]:
        """Those of the firms that have a house or lot number of the entry's, or one of the two has none."""
        numbers = _numbers(entry)
        if not numbers:
            return firms
        return set().union(*(firms & self._by_number.get(number, set()) for number in (NO_NUMBER, *numbers)))


def _sure_keys(entry: Entry) -> Iterator[str]:
    if entry.tax_code:
        yield f"tax {entry.tax_code}"
    yield from _phone_keys(entry)


def _phone_keys(entry: Entry) -> Iterator[str]:
    if entry.phone:
        yield f"phone {entry.phone}"


def _numbers(entry: Entry) -> frozenset[str]:
    return addresses.take_apart(entry.address).numbers


def _name_keys(entry: Entry) -> Iterator[str]:
    for name in entry.names:
        for reading in take_apart(name).readings:
            yield from _keys_of(reading)


def _keys_of(name: FirmName) -> Iterator[str]:
    if name.is_torn:
        yield name.letters[:BEGINNING]
    if not name.own:
        yield " ".join(sorted(name.trades)) or name.letters
    yield "".join(name.own)[:BEGINNING]
    yield f"letters {name.letters}"
    yield f"said {name.said}"
    if len(name.initials) >= FEWEST_INITIALS:
        yield name.initials[:BEGINNING]
    yield from (word[:BEGINNING] for word in name.own if len(word) >= BEGINNING)
