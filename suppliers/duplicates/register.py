"""All known firms, laid out so that those an entry could be are found without comparing it with everybody."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from suppliers.duplicates.judging import Entry, Judgement, Verdict, compare
from suppliers.duplicates.names import FirmName
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
        self._by_code: dict[str, set[Firm]] = {}
        self._taxed: _Likenesses[Firm] = _Likenesses()
        self._untaxed: _Likenesses[Firm] = _Likenesses()
        for firm, entry in firms:
            self.add(firm, entry)

    def add(self, firm: Firm, entry: Entry) -> None:
        """Put a firm in, or what is newly known of it."""
        self._firms[firm] = entry
        if entry.tax_code:
            self._by_code.setdefault(entry.tax_code, set()).add(firm)
        (self._taxed if entry.tax_code else self._untaxed).add(firm, entry)

    def find(self, entry: Entry) -> list[Found[Firm]]:
        """The firms that an entry surely or likely is, best first, at most `MOST_SHOWN`."""
        found = (Found(firm, compare(entry, self._firms[firm], only_likely=True)) for firm in self._close(entry))
        may_be = [each for each in found if each.judgement.verdict != Verdict.DIFFERENT]
        return sorted(may_be, key=lambda each: (-each.judgement.score, str(each.firm)))[:MOST_SHOWN]

    def _close(self, entry: Entry) -> set[Firm]:
        """Different tax codes are different firms, so of an entry with one only those without one, and it."""
        close = self._untaxed.of(entry)
        return close | (self._by_code.get(entry.tax_code, set()) if entry.tax_code else self._taxed.of(entry))


class _Likenesses(Generic[Firm]):
    """Firms by telephone, and by name and place. They are laid out when they are first asked for: of two lists that
    tell all tax codes no names need be taken apart."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Firm, Entry]] = []
        self._by_key: dict[str, list[Firm]] = {}
        self._by_number: dict[str, set[Firm]] = {}

    def add(self, firm: Firm, entry: Entry) -> None:
        self._waiting.append((firm, entry))

    def of(self, entry: Entry) -> set[Firm]:
        """Those with the entry's telephone, or like it in name and place."""
        self._lay_out()
        if not self._by_key:
            return set()
        return self._with(_phone_keys(entry)) | self._near(entry, self._with(_name_keys(entry)))

    def _lay_out(self) -> None:
        for firm, entry in self._waiting:
            for key in {*_phone_keys(entry), *_name_keys(entry)}:
                self._by_key.setdefault(key, []).append(firm)
            for number in entry.place.numbers or (NO_NUMBER,):
                self._by_number.setdefault(number, set()).add(firm)
        self._waiting.clear()

    def _with(self, keys: Iterable[str]) -> set[Firm]:
        return set().union(*(self._by_key.get(key, ()) for key in keys))

    def _near(self, entry: Entry, firms: set[Firm]) -> set[Firm]:
        """Those of the firms that have a house or lot number of the entry's, or one of the two has none."""
        numbers = entry.place.numbers
        if not numbers:
            return firms
        return set().union(*(firms & self._by_number.get(number, set()) for number in (NO_NUMBER, *numbers)))


def _phone_keys(entry: Entry) -> Iterator[str]:
    if entry.phone:
        yield f"phone {entry.phone}"


def _name_keys(entry: Entry) -> Iterator[str]:
    for name in entry.called:
        for reading in name.readings:
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
