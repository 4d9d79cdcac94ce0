"""What each criterion of a supplier asked, and what it found; of certificates each standard is asked by itself."""

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

from matchmaking.engine.cases import MOST_KEPT, Cases, Finding, compared, gap_between, outcome, told, weakest
from matchmaking.engine.columns import ALWAYS, NEVER, Evidence, taken
from matchmaking.engine.confidence import wilson_interval
from matchmaking.engine.criteria import Offer, distance_km
from matchmaking.engine.gates import FULL
from matchmaking.engine.lists import Ints
from matchmaking.engine.model import Plant
from matchmaking.engine.sentences import Language, Words
from matchmaking.engine.values import Figure

LARGEST: Final = sys.float_info.max
"""What a sum beyond every float is told as: JSON has no infinity."""

OfSuppliers: TypeAlias = Callable[[Cases, Any, Sequence[bool]], list[Finding]]
"""Of cases: what is asked, and whether the engine found that each supplier meets it."""


def lead_time(cases: Cases, target_days: float, meets: Sequence[bool]) -> list[Finding]:
    steps = [_days(cases, rows) for rows in cases.rows]
    totals = steps[0] if len(steps) == 1 else [_total(facts) for facts in zip(*steps, strict=True)]
    return compared(cases, "lead_time", target_days, totals, "day", meets)


def _days(cases: Cases, rows: Ints) -> list[Figure]:
    figures = cases.values.figures(cases.columns.lead_time_days, rows)
    return [(None, None) if row < 0 else figure for row, figure in zip(rows.tolist(), figures, strict=True)]


def _total(steps: Sequence[Figure]) -> Figure:
    """None where that of a step is not known."""
    proofs = [evidence for _, evidence in steps if evidence is not None]
    if len(proofs) < len(steps):
        return None, None
    return min(sum(days for days, _ in steps), LARGEST), weakest(proofs)


class Certificate(NamedTuple):
    """One that proves what is asked, if it is valid. Days are ordinals, `ends` as in columns."""

    standard: str
    level: int
    observed: int
    starts: int
    ends: int

    @property
    def evidence(self) -> Evidence:
        return self.level, date.fromordinal(self.observed)

    @property
    def last_day(self) -> int:
        """NEVER where none is given, whether or not it ends."""
        return NEVER if self.ends == ALWAYS else self.ends


def certificate(cases: Cases, standard: str, _meets: Sequence[bool]) -> list[Finding]:
    certificates, words, on = cases.columns.certificates, cases.words, cases.needed_on.toordinal()
    asked, language = words.label(standard), words.language
    unknown = Finding(standard, None, None, None, _told_of_certificate(words, "unknown", None, asked, on))
    levels = taken(certificates.section_level, cases.suppliers).tolist()
    observed = taken(certificates.section_observed, cases.suppliers).tolist()
    return [
        unknown
        if level < 0
        else _of_certificates(language, standard, asked, on, proofs, tuple(map(words.label, codes)), level, day)
        for level, day, (proofs, codes) in zip(levels, observed, _proofs(cases, standard), strict=True)
    ]


def _proofs(cases: Cases, standard: str) -> list[tuple[tuple[Certificate, ...], list[str]]]:
    """What each supplier has that proves a standard, valid or not, and by which standards."""
    columns = cases.columns
    items, names = columns.certificates, columns.standards.names
    owner, item = items.of_supplier.gather(cases.suppliers)
    proves = columns.standards.mask(cases.taxonomy.proving(standard)).take(items.standard[item], mode="wrap")
    owner, item = owner[proves], item[proves]
    found: list[list[Certificate]] = [[] for _ in cases.suppliers]
    fields = (items.standard, items.level, items.observed, items.starts_on, items.expires_on)
    for of, code, *figures in zip(owner.tolist(), *(field[item].tolist() for field in fields), strict=True):
        found[of].append(Certificate(names[code], *figures))
    return [(tuple(proofs), [proof.standard for proof in proofs]) for proofs in found]


@lru_cache(maxsize=MOST_KEPT)
def _of_certificates(
    language: Language,
    standard: str,
    asked: str,
    on: int,
    proofs: tuple[Certificate, ...],
    labels: tuple[str, ...],
    level: int,
    day: int,
) -> Finding:
    """What certificates say of a standard on a day.

    Args:
        asked, labels: what the standard and those of the proofs are called.
        level, day: how well the section is proved, and since when.
    """
    words, section = Words(language), (level, date.fromordinal(day))
    held = [item for item in proofs if item.starts <= on <= item.ends]
    if held:
        best = max(held, key=lambda item: (item.level, item.standard == standard, item.ends))
        by = labels[proofs.index(best)]
        through = "" if best.standard == standard else words.say("certificate.through", certificate=by)
        shown = {"through": through, "validity": _validity(words, best)}
        sentence = _told_of_certificate(words, "held", best.evidence, asked, on, **shown)
        return Finding(standard, best.standard, None, best.evidence, sentence)
    if proofs:
        closest = max(proofs, key=lambda item: (item.last_day, item.standard == standard))
        situation, last = _why_invalid(closest, on)
        sentence = _told_of_certificate(words, situation, section, asked, on, day=words.day(date.fromordinal(last)))
        return Finding(standard, None, None, section, sentence)
    return Finding(standard, None, None, section, _told_of_certificate(words, "none", section, asked, on))


def _told_of_certificate(
    words: Words, situation: str, evidence: Evidence | None, standard: str, on: int, **fields: str
) -> str:
    needed_on = words.day(date.fromordinal(on))
    return told(words, f"certificate.{situation}", evidence, standard=standard, needed_on=needed_on, **fields)


def _validity(words: Words, item: Certificate) -> str:
    if item.ends == ALWAYS:
        return words.say("certificate.endless")
    return words.say("certificate.until", day=words.day(date.fromordinal(item.ends)))


def _why_invalid(item: Certificate, on: int) -> tuple[str, int]:
    if item.starts > on:
        return "to_start", item.starts
    if item.ends == NEVER:
        return "undated", on
    return "ended", item.ends


def distance(cases: Cases, plant: Plant, meets: Sequence[bool]) -> list[Finding]:
    km = distance_km(cases.columns, plant, Offer(cases.suppliers, cases.rows)).tolist()
    figures = [(None if math.isnan(each) else round(each, 1), None) for each in km]
    return compared(cases, "distance", cases.requirement.near_km, figures, "km", meets)


def corridor(cases: Cases, plant: Plant, meets: Sequence[bool]) -> list[Finding]:
    unknown = Finding(plant.province, None, None, None, cases.told("corridor.unknown", None))
    found = []
    for provinces, does in zip(_provinces(cases), meets, strict=True):
        if plant.province is None or not provinces:
            found.append(unknown)
            continue
        sentence = cases.told(f"corridor.{outcome(does)}", None)
        found.append(Finding(plant.province, provinces, None, None, sentence))
    return found


def _provinces(cases: Cases) -> list[list[str]]:
    """Where each supplier has a site of the rows taken."""
    columns = cases.columns
    names = [
        cases.values.codes(columns.provinces, columns.site_province, taken(columns.row_site, rows))
        for rows in cases.rows
    ]
    return [
        sorted({name for row, name in zip(rows, of_supplier, strict=True) if row >= 0 and name is not None})
        for rows, of_supplier in zip(cases.rows.T.tolist(), zip(*names, strict=True), strict=True)
    ]


def languages(cases: Cases, asked: Sequence[str], meets: Sequence[bool]) -> list[Finding]:
    columns, words, required = cases.columns, cases.words, sorted(set(asked))
    shown = words.labels(required)
    unknown = Finding(required, None, None, None, cases.told("languages.unknown", None, required=shown))
    lists = cases.values.lists(
        columns.languages, columns.spoken, columns.spoken_grade, cases.suppliers, cases.suppliers
    )
    found = []
    for (spoken, evidence), does in zip(lists, meets, strict=True):
        if spoken is None:
            found.append(unknown)
            continue
        missing = [language for language in required if language not in spoken]
        sentence = cases.told(f"languages.{outcome(does)}", evidence, required=shown, missing=words.labels(missing))
        found.append(Finding(required, spoken, None, evidence, sentence, missing or None))
    return found


def export_experience(cases: Cases, asked_pct: float, meets: Sequence[bool]) -> list[Finding]:
    figures = cases.values.figures(cases.columns.export_share_pct, cases.suppliers)
    return compared(cases, "export_experience", asked_pct, figures, "%", meets)


def track_record(cases: Cases, asked_share: float, _meets: Sequence[bool]) -> list[Finding]:
    deliveries, good = (
        taken(column, cases.suppliers) for column in (cases.columns.deliveries, cases.columns.good_deliveries)
    )
    deliveries = np.where(deliveries > 0, deliveries, np.nan)
    low, high = wilson_interval(good, deliveries)
    unknown = Finding(asked_share, None, None, None, cases.told("track_record.unknown", None))
    return [
        unknown if math.isnan(number) or math.isnan(of_them) else _record(cases, asked_share, number, of_them, ends)
        for number, of_them, *ends in zip(*(each.tolist() for each in (deliveries, good, low, high)), strict=True)
    ]


def _record(cases: Cases, asked_share: float, deliveries: float, good: float, ends: Sequence[float]) -> Finding:
    low, high = ends
    situation = "above" if low >= asked_share * FULL else "open" if high >= asked_share * FULL else "below"
    number = cases.words.number
    percentages = {"low": low, "high": high, "required": asked_share}
    shown = {name: number(round(100 * share, 1)) for name, share in percentages.items()}
    shown |= {"good": number(good), "deliveries": number(deliveries)}
    gap = gap_between(asked_share, high) if situation == "below" else None
    actual = {"deliveries": deliveries, "good": good}
    return Finding(asked_share, actual, None, None, cases.told(f"track_record.{situation}", None, **shown), gap)


OF_SUPPLIER: Final[Mapping[str, OfSuppliers]] = {
    "lead_time": lead_time,
    "certifications": certificate,
    "certifications_preferred": certificate,
    "distance": distance,
    "corridor": corridor,
    "languages": languages,
    "export_experience": export_experience,
    "track_record": track_record,
}
