"""Where a text wants the parts: an industrial park or a province that it names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from buyers.drafting.patterns import either
from config.text import fold
from taxonomy.addresses import find_province
from taxonomy.models import IndustrialPark
from taxonomy.text import without_accents
from taxonomy.vocabulary import Vocabulary

LONGEST_NAME = 80
MOST_WORDS = 6
MOST_MENTIONS = 50
"""Of parks, and of places, that are looked at."""

_KINDS = either(
    "khu cong nghiep, khu che xuat, cum cong nghiep, khu cong nghe cao, khu cn, kcn, kcx, ccn",
    "industrial parks?, industrial zones?, industrial clusters?, industrial area, industry parks?, industry zones?",
    "export processing zone, epz, high[- ]tech park, iz, ip",
)
_PARK = re.compile(rf"(?<!\w)(?:{_KINDS}(?!\w)|(?=VSIP\s))", re.IGNORECASE)
"""VSIP is a kind of park, and the first word of its name."""
_AFTER = re.compile(r"\s*(?P<name>[^\W_][\w\s\-–]{1,60})")
_BEFORE = re.compile(r"(?P<name>(?:[^\W_][\w\-–]*\s+){1,5})$")
_NUMBER = re.compile(r"\s+(?P<number>[IVX]{1,4}|\d|[A-C])(?!\w)")
_NUMBERED = re.compile(r"\s*(?:[^\W\d_]+\s+){1,4}?(?:[IVX]{1,4}|\d|[A-C])(?!\w)")
_PLANT = re.compile(
    r"(?<!\w)(?P<name>(?:[^\W\d_]+\s+){1,4}(?:[IVX]{1,4}|\d|[A-C]))\s+(?:plant|factory|site|warehouse)(?!\w)",
    re.IGNORECASE,
)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
_WANTED = re.compile(
    rf"(?<!\w){either('giao, ship, deliver, delivered, delivery, nhan, (?-i:DAP), (?-i:DDP)')}(?!\w)[^.;\n]{{0,40}}$",
    re.IGNORECASE,
)
_AT = re.compile(
    r"(?<![^\W\d_])"
    + either(
        "giao, giao hang, giao tai, giao hang tai, giao toi, giao den, giao ve, gui ve, ship ve, nha may tai",
        "nha may o, ve, ve kho, giao kho, tai, o, gan, khu vuc, dia diem, dia diem giao, noi giao, noi nhan, kho nhan",
        "km tu, km quanh, quanh",
        "deliver to, delivered to, delivery to, delivery in, delivered in, delivered, deliver, plant in, factory in",
        "ship to, in, near, close to, next to, location, located in, km of, km from, around, kho",
        "plant(?=\\s*:), factory(?=\\s*:), nha may(?=\\s*:), region(?=\\s*:)",
        "delivery place, delivery point, destination, ship[- ]to",
        *(f"(?-i:{term})" for term in ("DAP", "DDP", "DPU", "CIF", "CPT", "CIP", "FOB", "FCA")),
    )
    + r"(?:\s*[:–-]\s*|\s+)(?=(?P<name>(?:[^.;\n]|\.(?=\S)){2,80}))",
    re.IGNORECASE,
)
_SEGMENT = re.compile(r"[^,()]+")
_AREA = re.compile(
    r"(?<!\w)(?P<name>(?:[^\W\d_]+\s+){1,3}?[^\W\d_]+)\s+(?:area|province|region|city|plant|factory)(?!\w)",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"(?<=[,.;/][^\S\n])(?P<name>[A-Z][a-z]+(?:\s[A-Z][a-z]+){1,2})(?=\s*(?:[.,;/]|\b(?:hoac|or|and|va)\b|$))",
    re.MULTILINE,
)
"""An item behind others in its line; a line of its own may be a person's name."""


@dataclass(frozen=True, slots=True)
class Place:
    """An industrial park (its code) or a province (edition and code) that `text[start:end]` names."""

    start: int
    end: int
    park: str | None
    province: str | None


def find_place(text: str, *, vocabulary: Vocabulary) -> Place | None:
    """The industrial park that a text names, else the first province of a place that it names."""
    known = _known_parks()
    return _park(text, known) or _numbered_park(text, known) or _province(text, vocabulary)


def _park(text: str, known: "_Parks") -> Place | None:
    """The first park to which something is delivered, else the first one."""
    plain = without_accents(text)
    first: Place | None = None
    for kind in islice(_PARK.finditer(plain), MOST_MENTIONS):
        found = next((place for place in map(known.named, _names_beside(plain, kind)) if place), None)
        if found and _WANTED.search(plain, max(0, found.start - LONGEST_NAME), found.start):
            return found
        first = first or found
    return first


def _numbered_park(text: str, known: "_Parks") -> Place | None:
    """A park that is named as a place is, and whose number tells it from the district: "plant: Que Vo 2"."""
    plain = without_accents(text)
    for said in islice(_PLANT.finditer(plain), MOST_MENTIONS):
        for word in re.finditer(r"\S+", said["name"]):
            start = said.start("name") + word.start()
            if found := known.named((start, said.end("name"), plain[start : said.end("name")])):
                return found
    for said in islice(_AT.finditer(plain), MOST_MENTIONS):
        for part in _SEGMENT.finditer(plain, said.start("name"), said.end("name")):
            numbered = _NUMBERED.match(part.group())
            found = known.named((part.start(), part.start() + numbered.end(), numbered.group())) if numbered else None
            if found:
                return found
    return None


class _Parks:
    """The parks by their bare names; a Roman number stands for another figure where no name is spelt so."""

    def __init__(self) -> None:
        self._by_name: dict[str, tuple[str, str | None]] = {}
        self._by_number: dict[str, tuple[str, str | None]] = {}

    def add(self, name: str, code: str, province: str | None) -> None:
        bare = _bare(name)
        self._by_name[bare] = (code, province)
        self._by_number[_in_figures(bare)] = (code, province)

    def named(self, run: tuple[int, int, str]) -> Place | None:
        start, end, words = run
        bare = _bare(words)
        found = self._by_name.get(bare) or self._by_number.get(_in_figures(bare))
        return Place(start, end, *found) if found else None


def _known_parks() -> _Parks:
    known = _Parks()
    parks = IndustrialPark.objects.in_use().filter(terms__isnull=False)
    for name, code, edition, province in parks.values_list(
        "terms__text", "code", "province__edition", "province__code"
    ):
        known.add(name, code, f"{edition}:{province}" if province else None)
    return known


def _names_beside(text: str, kind: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    """The runs of words behind ("KCN Thăng Long") and before ("Thang Long Industrial Park II"), the longest first.

    A run does not end before a number, for that makes it another park.
    """
    if after := _AFTER.match(text, kind.end()):
        words = list(re.finditer(r"\S+", after["name"]))[:MOST_WORDS]
        first = after.start("name")
        for word in reversed(words):
            if not _NUMBER.match(text, first + word.end()):
                yield kind.start(), first + word.end(), after["name"][: word.end()]
    if before := _BEFORE.search(text, max(0, kind.start() - LONGEST_NAME), kind.start()):
        number = _NUMBER.match(text, kind.end())
        end, last = (number.end(), number["number"]) if number else (kind.end(), "")
        first = before.start("name")
        for word in re.finditer(r"\S+", before["name"]):
            yield first + word.start(), end, f"{before['name'][word.start() :]} {last}"


def _bare(name: str) -> str:
    return " ".join(_PARK.sub(" ", fold(name)).split())


def _in_figures(bare: str) -> str:
    *words, last = bare.split() or [""]
    return " ".join([*words, _ROMAN.get(last, last)])


def _province(text: str, vocabulary: Vocabulary) -> Place | None:
    plain = without_accents(text)
    for said in islice(_AT.finditer(plain), MOST_MENTIONS):
        for part in _SEGMENT.finditer(plain, said.start("name"), said.end("name")):
            if found := _first_province(text, part, vocabulary):
                return found
    return _area(text, plain, vocabulary)


def _first_province(text: str, part: re.Match[str], vocabulary: Vocabulary) -> Place | None:
    """The province with which the words of a part begin, the longest run of them that ends in one."""
    for word in list(re.finditer(r"\S+", part.group()))[MOST_WORDS::-1]:
        start, end = part.start(), part.start() + word.end()
        if place := find_province(text[start:end], vocabulary=vocabulary):
            return Place(start, end, None, place.current)
    return None


def _area(text: str, plain: str, vocabulary: Vocabulary) -> Place | None:
    """The province of "Hai Duong area", or one that is an item of a line: "1,000 tấm/tháng. Thái Nguyên."."""
    for said in islice(_AREA.finditer(plain), MOST_MENTIONS):
        for word in re.finditer(r"\S+", said["name"]):
            start, end = said.start("name") + word.start(), said.end("name")
            if place := find_province(text[start:end], vocabulary=vocabulary):
                return Place(start, end, None, place.current)
    for said in islice(_ITEM.finditer(plain), MOST_MENTIONS):
        if place := find_province(text[said.start("name") : said.end("name")], vocabulary=vocabulary):
            return Place(said.start("name"), said.end("name"), None, place.current)
    return None
