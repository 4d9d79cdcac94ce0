"""All known firms, laid out so that those an entry could be are found without comparing it with everybody."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from suppliers.duplicates.judging import Entry, Judgement, Verdict, compare
from suppliers.duplicates.names import FirmName, take_apart
from suppliers.duplicates.namesakes import FEWEST_INITIALS

Firm = TypeVar("Firm", bound=Hashable)
BEGINNING = 4
"""Letters at the beginning of a word that two spellings of it share."""
MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Found(Generic[Firm]):
    """A firm that an entry may be."""

    firm: Firm
    judgement: Judgement


class Register(Generic[Firm]):
    """Firms by what two entries of one firm have in common: tax code, telephone, all letters of a name, or the
    beginning of a word."""

    def __init__(self, firms: Iterable[tuple[Firm, Entry]] = ()) -> None:
        self._firms: dict[Firm, Entry] = {}
        self._by_key: dict[str, set[Firm]] = {}
        self._untaxed_by_key: dict[str, set[Firm]] = {}
        for firm, entry in firms:
            self.add(firm, entry)

    def add(self, firm: Firm, entry: Entry) -> None:
        """Put a firm in, or what is newly known of it."""
        self._firms[firm] = entry
        for key in _keys(entry):
            self._by_key.setdefault(key, set()).add(firm)
            if not entry.tax_code:
                self._untaxed_by_key.setdefault(key, set()).add(firm)

    def find(self, entry: Entry) -> list[Found[Firm]]:
        """The firms that an entry surely or likely is, best first, at most `MOST_SHOWN`."""
        close = {firm for key in _keys(entry) for firm in self._close(entry, key)}
        found = (Found(firm, compare(entry, self._firms[firm], only_likely=True)) for firm in close)
        may_be = [each for each in found if each.judgement.verdict != Verdict.DIFFERENT]
        return sorted(may_be, key=lambda each: (-each.judgement.score, str(each.firm)))[:MOST_SHOWN]

    def _close(self, entry: Entry, key: str) -> Iterable[Firm]:
        """Firms with the key. Different tax codes are different firms, so with one only those without one, and it."""
        if entry.tax_code and not key.startswith("tax "):
            return self._untaxed_by_key.get(key, ())
        return self._by_key.get(key, ())


def _keys(entry: Entry) -> Iterator[str]:
    if entry.tax_code:
        yield f"tax {entry.tax_code}"
    if entry.phone:
        yield f"phone {entry.phone}"
    for name in entry.names:
        for reading in take_apart(name).readings:
            yield from _name_keys(reading)


def _name_keys(name: FirmName) -> Iterator[str]:
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
