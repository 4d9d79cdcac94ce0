"""Where a text wants the parts: an industrial park or a province that it names."""

import re
from dataclasses import dataclass
from itertools import islice

from buyers.drafting.patterns import either
from config.text import fold
from taxonomy.addresses import find_province
from taxonomy.models import IndustrialPark
from taxonomy.text import without_accents
from taxonomy.vocabulary import Vocabulary

LONGEST_NAME = 80
MOST_PARKS = 20
"""Mentions of parks, and of places, that are looked at."""

_KINDS = either(
    "khu cong nghiep, khu che xuat, cum cong nghiep, khu cong nghe cao, kcn, kcx, ccn",
    "industrial park, industrial zone, export processing zone, high[- ]tech park, iz, ip",
)
_PARK = re.compile(rf"(?<!\w){_KINDS}(?!\w)", re.IGNORECASE)
_AFTER = re.compile(r"\s+(?P<name>[^\W\d_][\w\s\-–]{1,60})")
_BEFORE = re.compile(r"(?P<name>(?:[^\W_][\w\-–]*\s+){1,5})$")
_DELIVERED = re.compile(
    either(
        "giao, giao hang, giao tai, giao hang tai, giao toi, giao den, giao ve, nha may tai, nha may o, tai, o, gan",
        "deliver to, delivered to, delivery to, delivery in, delivered in, plant in, factory in, ship to, in, near",
    )
    + r"\s+(?P<name>[^,.;\n]{2,80})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Place:
    """An industrial park (its code) or a province (edition and code) that `text[start:end]` names."""

    start: int
    end: int
    park: str | None
    province: str | None


def find_place(text: str, *, vocabulary: Vocabulary) -> Place | None:
    """The first industrial park that a text names, else the first province of a place that it names."""
    return _park(text) or _province(text, vocabulary)


def _park(text: str) -> Place | None:
    known: dict[str, tuple[str, str | None]] = {}
    parks = IndustrialPark.objects.in_use().filter(terms__isnull=False)
    for name, code, edition, province in parks.values_list(
        "terms__text", "code", "province__edition", "province__code"
    ):
        known[_bare(name)] = (code, f"{edition}:{province}" if province else None)
    plain = without_accents(text)
    for kind in islice(_PARK.finditer(plain), MOST_PARKS):
        for start, end, words in _names_beside(plain, kind):
            if (found := known.get(_bare(words))) is not None:
                return Place(start, end, *found)
    return None


def _names_beside(text: str, kind: re.Match[str]) -> list[tuple[int, int, str]]:
    """The runs of words behind ("KCN Thăng Long") and before ("Thang Long Industrial Park"), the longest first."""
    runs = []
    if after := _AFTER.match(text, kind.end()):
        words = list(re.finditer(r"\S+", after["name"]))[:6]
        first = after.start("name")
        runs += [(kind.start(), first + word.end(), after["name"][: word.end()]) for word in reversed(words)]
    if before := _BEFORE.search(text, max(0, kind.start() - LONGEST_NAME), kind.start()):
        words = list(re.finditer(r"\S+", before["name"]))
        first = before.start("name")
        runs += [(first + word.start(), kind.end(), before["name"][word.start() :]) for word in words]
    return runs


def _bare(name: str) -> str:
    return " ".join(_PARK.sub(" ", fold(name)).split())


def _province(text: str, vocabulary: Vocabulary) -> Place | None:
    for said in islice(_DELIVERED.finditer(without_accents(text)), MOST_PARKS):
        place = find_province(text[said.start("name") : said.end("name")], vocabulary=vocabulary)
        if place is not None:
            return Place(said.start("name"), said.end("name"), None, place.current)
    return None
