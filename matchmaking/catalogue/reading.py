"""From the rows of published suppliers to columns, without an object per row: for all firms and for a few alike."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Final, Self

import numpy as np

from matchmaking.catalogue import queries
from matchmaking.catalogue.coarse import coarse_utilisation
from matchmaking.catalogue.copying import EPOCH, LEVELS, NO_DAY, Arrays, Query, Source
from matchmaking.catalogue.places import Places
from matchmaking.catalogue.public_ids import by_owner_and_id, texts_of
from matchmaking.catalogue.pulse import Pulse
from matchmaking.catalogue.stock import Batch, Stock, Turns
from matchmaking.catalogue.traits import LateTraits, Traits, TraitsOfSome, distinct_pairs, lists_of, narrowed
from matchmaking.catalogue.vocabulary import Vocabulary
from matchmaking.catalogue.words import Words
from matchmaking.engine.columns import ALWAYS, NEVER, Bools, Codes, Floats, Grades
from matchmaking.engine.listing import FIELDS, Listing, Values, located
from matchmaking.engine.lists import Ints, Ragged, ends
from suppliers.facts import WITHDRAWN_COUNTS
from taxonomy.units import BASE_UNITS, UNITS

FEW_ROWS: Final = 512
LAST_DAY: Final = date.max.toordinal()
FACTORS: Final[Floats] = np.array([*(unit.factor for unit in UNITS.values()), 1.0])
"""From each unit to its base unit; the last entry answers for no unit."""
IN_BASE: Final = [BASE_UNITS[unit.dimension] for unit in UNITS.values()]
RULES: Final = hashlib.sha256(
    json.dumps(
        [[query.rows("true") for query in queries.ALL], list(FIELDS), IN_BASE, FACTORS.tolist(), WITHDRAWN_COUNTS.days]
    ).encode()
).hexdigest()
"""Tells by which of the rules that are data rows became columns."""

Lapsed = Mapping[str, Bools]
"""By fact, of which rows it was taken back so long ago that it does not count."""


def read_stock(keys: Collection[int] | None, *, vocabulary: Vocabulary, as_of: date) -> Stock:
    """The published suppliers as columns; see `read_batch`."""
    return read_batch(keys, vocabulary=vocabulary, as_of=as_of).stock()


def read_batch(keys: Collection[int] | None, *, vocabulary: Vocabulary, as_of: date) -> Batch:
    """The published suppliers, in a number of queries that does not depend on how many they are.

    Args:
        keys: row ids of the suppliers wanted; None for all. Those not published are left out.
        vocabulary: a capability whose process it does not have yet is left out until it has.
        as_of: the day on which figures that were taken back still count or no longer do.
    """
    return _Reading(Source.of(keys, queries.ALL), vocabulary, as_of.toordinal()).batch()


def read_few(keys: Collection[int], *, vocabulary: Vocabulary, as_of: date, since: int) -> tuple[Pulse, Batch]:
    """The same of a few suppliers, and what had changed since a horizon by that very instant: in one statement."""
    pulse, source = Source.with_pulse(keys, queries.ALL, since=since)
    return pulse, _Reading(source, vocabulary, as_of.toordinal(), traits_are_late=True).batch()


class _Reading:
    """One pass over the tables. Whatever has no owner among what was read before it is left out."""

    def __init__(self, source: Source, vocabulary: Vocabulary, today: int, *, traits_are_late: bool = False) -> None:
        """
        Args:
            traits_are_late: keep what was read for them until a list asks. Of all suppliers that would be very much.
        """
        self.source = source
        self.vocabulary, self.today = vocabulary, today
        self.grades = _GradeNumbers()
        self.turns: list[Turns] = []
        self.codes: dict[str, Codes] = {}
        self.counts: dict[str, Ints] = {}
        self.traits_are_late = traits_are_late
        self.traits: dict[str, Callable[[], Values]] = {}

    def batch(self) -> Batch:
        suppliers = self.source.arrays(queries.SUPPLIERS)
        self.suppliers = _ordered(suppliers, np.argsort(suppliers["id"], kind="stable"))
        self.supplier_at = Places.among(self.suppliers["key"])
        values = self.of_suppliers() | self.of_sites() | self.of_rows() | self.of_certificates()
        self.sectors()
        self.trait("ownership", lambda: self.suppliers["ownership"].astype(np.int8))
        self.trait("words", self.words)
        listing = Listing(codes=self.codes, counts=self.counts, values=values, grades=self.grades.all())  # type: ignore[arg-type]
        return Batch(listing, self.suppliers["key"], Turns.of(self.turns), self.late_traits())

    def trait(self, name: str, make: Callable[[], Values]) -> None:
        """By what lists find suppliers: made at once unless traits are late."""
        if self.traits_are_late:
            self.traits[name] = make
        else:
            made = make()
            self.traits[name] = lambda: made

    def late_traits(self) -> LateTraits:
        traits = self.traits
        part = TraitsOfSome(
            len(self.suppliers["key"]), lambda: Traits(**{name: make() for name, make in traits.items()})
        )
        return LateTraits.of(part)

    def owned(self, of: str, arrays: Arrays, owner: Ints) -> tuple[Arrays, Ints]:
        """Those that have an owner, in the order of owners and ids, and their owners. Uses the arrays up."""
        kept = np.flatnonzero(owner >= 0)
        order = kept[by_owner_and_id(owner[kept], arrays["id"][kept])]
        self.counts[of] = np.bincount(owner[kept], minlength=len(self.suppliers["key"]))
        return {name: arrays.pop(name)[order] for name in list(arrays)}, owner[order]

    def of_suppliers(self) -> dict[str, Values]:
        rows = self.suppliers
        lapsed = self.lapsed(
            queries.WITHDRAWN_BY_SUPPLIERS, rows, queries.FACTS_OF_SUPPLIER, np.arange(len(rows["key"]))
        )
        stated = rows["section_observed_on"] > NO_DAY
        self.has_stated_certificates = stated
        return {
            "supplier_ids": texts_of(rows["id"]),
            "certificates.section_level": np.where(stated, rows["section_level"], -1).astype(np.int8),
            "certificates.section_observed": _ordinals(rows["section_observed_on"]),
            **self.spoken(lapsed),
            **self.figure("export_share_pct", rows, rows["export_share_pct"], lapsed),
            **self.track_records(),
        }

    def coded(self, kind: str, keys: Ints) -> tuple[Codes, Ints]:
        return _order_of(self.vocabulary, kind).coded(keys)

    def track_records(self) -> dict[str, Values]:
        """Deliveries that buyers have confirmed, and how many were good; NaN where there were none."""
        rows = self.source.arrays(queries.DELIVERIES)
        place = self.supplier_at.of(rows["supplier"])
        known, values = place >= 0, {}
        for name, column in (("deliveries", "deliveries"), ("good_deliveries", "good")):
            values[name] = np.full(len(self.suppliers["key"]), np.nan)
            values[name][place[known]] = rows[column][known]
        return values

    def spoken(self, lapsed: Lapsed) -> dict[str, Values]:
        rows = self.source.arrays(queries.LANGUAGES)
        names, number = np.unique(rows["code"], return_inverse=True)
        self.codes["languages"] = Codes(name.decode().rstrip() for name in names.tolist())
        owner = self.supplier_at.of(rows["supplier"])
        kept = np.flatnonzero(owner >= 0)
        order = kept[np.lexsort((rows["place"][kept], owner[kept]))]
        first = np.sort(np.unique(owner[order] * (len(names) + 1) + number[order], return_index=True)[1])
        return self.listed("spoken", "languages", self.suppliers, owner[order][first], number[order][first], lapsed)

    def of_sites(self) -> dict[str, Values]:
        rows = self.source.arrays(queries.SITES)
        rows, self.site_owner = self.owned("site", rows, self.supplier_at.of(rows["supplier"]))
        self.sites = rows["key"]
        provinces_named = np.concatenate([rows["province_today"], rows["province"]])
        self.listed_of_suppliers("provinces", np.tile(self.site_owner, 2), provinces_named)
        self.trait("producing", lambda: Ragged(ends(self.counts["site"]), rows["is_producing"].astype(np.int8)))
        self.codes["provinces"], number = self.coded("provinces", rows["province"])
        return {
            "site_ids": texts_of(rows["id"]),
            **located(rows["lat"], rows["lon"]),
            "site_province": number,
        }

    def of_rows(self) -> dict[str, Values]:
        rows = self.source.arrays(queries.CAPABILITIES)
        site = Places.among(self.sites).of(rows["site"])
        rows["process_key"] = rows["process"]
        self.codes["processes"], rows["process"] = self.coded("processes", np.where(site < 0, 0, rows["process"]))
        rows["site"] = site
        rows, owner = self.owned("row", rows, np.where(rows["process"] < 0, -1, np.append(self.site_owner, -1)[site]))
        self.listed_of_suppliers("processes", owner, rows["process_key"])
        self.row_owner = owner
        lapsed = self.lapsed(queries.WITHDRAWN_OF_CAPABILITIES, rows, queries.FACTS_OF_CAPABILITY, owner)
        self.capabilities_listed(rows, lapsed)
        return {
            "capability_ids": texts_of(rows["id"]),
            "row_site": (rows["site"] - ends(self.counts["site"])[owner]).astype(np.int32),
            "row_process_code": rows["process"],
            "row_process_grade": self.grades.of(rows["process_grade"]),
            "row_role": rows["role"].astype(np.int8),
            **self.materials(rows, lapsed),
            **self.figures(rows, lapsed),
        }

    def capabilities_listed(self, rows: Arrays, lapsed: Lapsed) -> None:
        """Lists find firms by what they can make in a month, whatever evidence there is."""
        self.trait("capabilities", lambda: Ragged(ends(self.counts["row"]), narrowed(rows["process_key"])))
        self.trait("capacity", lambda: np.where(lapsed["monthly_capacity"], np.nan, rows["monthly_capacity"]))
        self.trait("unit", lambda: rows["unit"].astype(np.int8))

    def figures(self, rows: Arrays, lapsed: Lapsed) -> dict[str, Values]:
        with np.errstate(over="ignore"):
            capacity, moq = (rows[name] * FACTORS[rows["unit"]] for name in ("monthly_capacity", "moq"))
        values = self.figure("monthly_capacity", rows, capacity, lapsed)
        known = values["monthly_capacity.grade"] > 0
        unit = np.where(known, rows["unit"], -1)
        self.codes["units"], values["row_unit"] = _UNITS.coded(unit + 1)
        used = np.where(known, rows["utilisation_pct"], np.nan)
        busy = np.flatnonzero(~np.isnan(used))
        used[busy] = coarse_utilisation(used[busy], capacity[busy])
        sides = np.stack([rows[name] for name in queries.SIDES], axis=1)
        values |= self.figure("utilisation_pct", rows, used, lapsed) | self.figure("moq", rows, moq, lapsed)
        values |= self.figure("envelope_mm", rows, -np.sort(-sides, axis=1), lapsed)
        for name in ("tolerance_mm", "roughness_um", "max_mass_kg", "lead_time_days"):
            values |= self.figure(name, rows, rows[name], lapsed)
        return values

    def materials(self, rows: Arrays, lapsed: Lapsed) -> dict[str, Values]:
        pairs = self.source.arrays(queries.MATERIALS)
        owner = Places.among(rows["key"]).of(pairs["capability"])
        self.listed_of_suppliers("materials", np.append(self.row_owner, -1)[owner], pairs["material"])
        self.codes["materials"], number = self.coded("materials", np.where(owner < 0, 0, pairs["material"]))
        kept = np.flatnonzero(number >= 0)
        return self.listed("row_materials", "materials", rows, *distinct_pairs(owner[kept], number[kept]), lapsed)

    def of_certificates(self) -> dict[str, Values]:
        rows = self.source.arrays(queries.CERTIFICATES)
        owner = self.supplier_at.of(rows["supplier"])
        self.certificates_listed(rows, owner)
        has_stated = np.append(self.has_stated_certificates, False)[owner]
        rows, _ = self.owned("certificate", rows, np.where(has_stated, owner, -1))
        self.codes["standards"], number = self.coded("standards", rows["standard"])
        return {
            "certificates.standard": number,
            "certificates.starts_on": _ordinals(rows["valid_from"]),
            "certificates.expires_on": _last_days(rows),
            "certificates.level": rows["level"].astype(np.int8),
            "certificates.observed": _ordinals(rows["observed_on"]),
        }

    def certificates_listed(self, rows: Arrays, owner: Ints) -> None:
        """Lists find firms by certificates also where nobody said that the section is complete."""
        order = np.flatnonzero(owner >= 0)
        order = order[np.argsort(owner[order], kind="stable")]
        rows = _ordered(rows, order)
        counts = np.bincount(owner[order], minlength=len(self.suppliers["key"]))
        self.trait("standards", lambda: Ragged(ends(counts), narrowed(rows["standard"])))
        self.trait("starts_on", lambda: _ordinals(rows["valid_from"]))
        self.trait("expires_on", lambda: _last_days(rows))
        self.trait("level", lambda: rows["level"].astype(np.int8))

    def sectors(self) -> None:
        rows = self.source.arrays(queries.SECTORS)
        self.listed_of_suppliers("sectors", self.supplier_at.of(rows["supplier"]), rows["sector"])

    def words(self) -> Words:
        """Of the names by which lists find firms."""
        name_of = self.source.texts(queries.NAMES)
        return Words.of(name_of.get(key, "") for key in self.suppliers["key"].tolist())

    def listed_of_suppliers(self, name: str, owner: Ints, entries: Ints) -> None:
        self.trait(name, lambda: lists_of(owner, entries, len(self.suppliers["key"])))

    def figure(self, name: str, rows: Arrays, value: Floats, lapsed: Lapsed) -> dict[str, Values]:
        known = ~np.isnan(value if value.ndim == 1 else value[:, 0])
        grade = self.grade(name, rows, known, lapsed)
        return {
            f"{name}.value": np.where((grade > 0).reshape(-1, *[1] * (value.ndim - 1)), value, np.nan),
            f"{name}.grade": grade,
        }

    def listed(
        self, name: str, fact: str, rows: Arrays, owner: Ints, number: Ints, lapsed: Lapsed
    ) -> dict[str, Values]:
        """Lists, given by their entries in order of owners; those of which the evidence is missing are unknown."""
        counts = np.bincount(owner, minlength=len(rows["key"]))
        grade = self.grade(fact, rows, counts > 0, lapsed)
        counts[grade == 0] = 0
        return {name: Ragged(ends(counts), number[grade[owner] > 0]), f"{name}_grade": grade}

    def grade(self, fact: str, rows: Arrays, known: Bools, lapsed: Lapsed) -> Ints:
        return self.grades.of(np.where(known & ~lapsed[fact], rows[f"{fact}_grade"], 0))

    def lapsed(self, query: Query, rows: Arrays, facts: Sequence[str], owner: Ints) -> Lapsed:
        """Which facts were taken back too long ago; the others that were taken back will be, on a day to remember."""
        lapsed = {fact: np.zeros(len(owner), dtype=np.bool_) for fact in facts}
        if rows["has_withdrawn"].any():
            taken_back = self.source.arrays(query)
            place, ends_on = (
                Places.among(rows["key"]).of(taken_back["key"]),
                taken_back["day"] + EPOCH + WITHDRAWN_COUNTS.days,
            )
            known = (place >= 0) & (taken_back["fact"] >= 0)
            over = known & (ends_on <= self.today)
            for number, fact in enumerate(facts):
                lapsed[fact][place[over & (taken_back["fact"] == number)]] = True
            later = known & ~over
            self.turns.append(Turns(self.suppliers["key"][owner[place[later]]], ends_on[later]))
        return lapsed


class _GradeNumbers:
    """Pairs of level and day, numbered as they are met; 0 is the unknown one."""

    def __init__(self) -> None:
        self.numbers = {0: 0}

    def of(self, pairs: Ints) -> Ints:
        return self.by_table(pairs) if len(pairs) > FEW_ROWS else self.numbered(pairs)

    def by_table(self, pairs: Ints) -> Ints:
        """Very many do not have to be sorted."""
        fresh = np.unique(pairs[(pairs > 0) & (self.table[pairs] == 0)])
        self.table[fresh] = self.numbered(fresh)
        return self.table[pairs]

    def numbered(self, pairs: Ints) -> Ints:
        numbers = [self.numbers.setdefault(pair, len(self.numbers)) for pair in pairs.tolist()]
        return np.array(numbers, dtype=np.int32)

    @cached_property
    def table(self) -> Ints:
        """By pair its number, as far as it was looked up here; 0 for others."""
        return np.zeros((LAST_DAY + 1) * LEVELS, dtype=np.int32)  # memory only where it is written

    def all(self) -> Grades:
        observed, level = np.divmod(np.array(list(self.numbers)[1:], dtype=np.int32), LEVELS)
        return Grades(np.append(-1, level).astype(np.int8), np.append(LAST_DAY, observed).astype(np.int32))


@dataclass(frozen=True, slots=True)
class _Order:
    """Codes in some order, and which of them each row id of an entry stands for: the last rank answers for none."""

    names: Sequence[str]
    rank: Mapping[int, int]
    places: Places
    ranks: Ints

    @classmethod
    def of(cls, codes: Mapping[int, str], names: Sequence[str]) -> Self:
        place = {code: place for place, code in enumerate(names)}
        rank = {key: place.get(code, -1) for key, code in codes.items()}
        ranks = np.array([*rank.values(), -1], dtype=np.int32)
        return cls(names, rank, Places.among(np.array(list(codes), dtype=np.int64)), ranks)

    def coded(self, keys: Ints) -> tuple[Codes, Ints]:
        """The codes that occur, in order, and for each row id of an entry the number of its code; -1 for none."""
        if len(keys) <= FEW_ROWS:
            return self._few_coded(keys.tolist())
        number = self.ranks[self.places.of(keys)]
        used = np.flatnonzero(np.bincount(number[number >= 0], minlength=len(self.names)))
        compact = np.full(len(self.names) + 1, -1, dtype=np.int32)
        compact[used] = np.arange(len(used))
        return Codes(self.names[place] for place in used.tolist()), compact[number]

    def _few_coded(self, keys: Sequence[int]) -> tuple[Codes, Ints]:
        """The same, for which a set is quicker than arrays."""
        ranks = [self.rank.get(key, -1) for key in keys]
        used = sorted({*ranks} - {-1})
        number = {place: each for each, place in enumerate(used)} | {-1: -1}
        return Codes(self.names[place] for place in used), np.array([number[place] for place in ranks], dtype=np.int32)


@lru_cache(maxsize=16)
def _order_of(vocabulary: Vocabulary, kind: str) -> _Order:
    """Processes one before those below it, all else by code."""
    codes = vocabulary.codes[kind]
    is_tree = kind == "processes"
    return _Order.of(codes, vocabulary.taxonomy.process_tree.downwards() if is_tree else sorted(codes.values()))


_UNITS: Final = _Order.of(dict(enumerate(IN_BASE, 1)), sorted(set(IN_BASE)))


def _ordered(arrays: Arrays, order: Ints) -> Arrays:
    return {name: values[order] for name, values in arrays.items()}


def _last_days(certificates: Arrays) -> Ints:
    return np.where(certificates["never_expires"], ALWAYS, _ordinals(certificates["expires_on"])).astype(np.int32)


def _ordinals(days: Ints) -> Ints:
    return np.where(days > NO_DAY, days + EPOCH, NEVER).astype(np.int32)
