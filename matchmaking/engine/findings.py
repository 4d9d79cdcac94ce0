"""What each criterion asked of a record and what it found there: figures, evidence, and what to say of it."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple, Protocol

import numpy as np

from matchmaking.engine.confidence import wilson_interval
from matchmaking.engine.gates import FULL
from matchmaking.engine.model import (
    CapabilityRecord,
    CertificateRecord,
    Fact,
    Operation,
    Plant,
    Quantity,
    Requirement,
    SupplierRecord,
    Taxonomy,
)
from matchmaking.engine.sentences import Words

LARGEST: Final = sys.float_info.max
"""What a sum beyond every float is told as: JSON has no infinity."""


class Evidenced(Protocol):
    @property
    def level(self) -> int: ...
    @property
    def observed(self) -> date: ...


class Finding(NamedTuple):
    """What was asked and found.

    Attributes:
        required, actual: as JSON carries them; `actual` is None where unknown.
        evidence: level and day of the weakest fact behind it.
        situation: a key of the sentences.
        fields: what the sentence names, already in words.
        gap: where the target is missed: by how much, in the unit (of sizes on the tightest side), or the codes missing.
    """

    required: Any
    actual: Any
    unit: str | None
    evidence: tuple[int, date] | None
    situation: str
    fields: Mapping[str, str]
    gap: float | Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One supplier before one requirement, in one language.

    Attributes:
        rows: the capability that each operation takes, None for none.
        distance_km: to the nearest located site of those rows.
    """

    requirement: Requirement
    record: SupplierRecord
    rows: Sequence[CapabilityRecord | None]
    distance_km: float | None
    needed_on: date
    taxonomy: Taxonomy
    words: Words


def weakest(facts: Sequence[Evidenced | None]) -> tuple[int, date] | None:
    """Lowest level and oldest day."""
    if len(facts) == 1:
        return None if facts[0] is None else (facts[0].level, facts[0].observed)
    given = [fact for fact in facts if fact is not None]
    return (min(fact.level for fact in given), min(fact.observed for fact in given)) if given else None


def known(fact: Fact[Any] | None) -> Any:
    """A fact's value, None where unknown."""
    return None if fact is None or fact.value is None or fact.value == () else fact.value


# Per operation: what it asks of the row that it takes, and whether the engine found that it meets it.


def process(case: Case, required: str, row: CapabilityRecord, _meets: bool) -> Finding:
    relation = case.taxonomy.process_tree.relations(required)[row.process]
    situation = "same" if row.process == required else "narrower" if relation == 1 else "broader"
    fields = {
        "actual": case.words.label(row.process),
        "required": case.words.label(required),
        "role": case.words.say(f"role.{row.role}"),
    }
    return Finding(required, row.process, None, weakest([row]), f"process.{situation}", fields)


def material(case: Case, materials: Sequence[str], row: CapabilityRecord, meets: bool) -> Finding:
    required = sorted(set(materials))
    declared = known(row.materials)
    fields = {"required": case.words.labels(required)}
    if declared is None:
        return Finding(required, None, None, None, "material.unknown", fields)
    relations = {code: case.taxonomy.material_tree.relations(code) for code in required}
    fit = {code: max(relations[code].get(one, 0.0) for one in declared) for code in required}
    gaps = [
        case.words.say(f"material.{gap}", materials=case.words.labels(codes))
        for gap, value in (("missing", 0.0), ("broader", 0.5))
        if (codes := [code for code in required if fit[code] == value])
    ]
    fields["gaps"] = ", ".join(gaps)
    missing = None if meets else [code for code in required if fit[code] < 1]
    evidence = weakest([row.materials])
    return Finding(required, sorted(set(declared)), None, evidence, f"material.{_outcome(meets)}", fields, missing)


def tolerance(case: Case, target_mm: float, row: CapabilityRecord, meets: bool) -> Finding:
    return _figure(case, "tolerance", target_mm, row.tolerance_mm, "mm", meets)


def roughness(case: Case, target_um: float, row: CapabilityRecord, meets: bool) -> Finding:
    return _figure(case, "roughness", target_um, row.roughness_um, "µm", meets)


def part_size(case: Case, sides_mm: Sequence[float], row: CapabilityRecord, meets: bool) -> Finding:
    required = sorted(sides_mm, reverse=True)
    fields = {"required": case.words.size(required)}
    if (envelope := known(row.envelope_mm)) is None:
        return Finding(required, None, "mm", None, "part_size.unknown", fields)
    actual = sorted(envelope, reverse=True)
    room, side = min(zip(actual, required, strict=True), key=lambda pair: pair[0] / pair[1])
    fields |= {"actual": case.words.size(actual), "gap": case.words.number(side - room)}
    gap, evidence = None if meets else _gap(side, room), weakest([row.envelope_mm])
    return Finding(required, actual, "mm", evidence, f"part_size.{_outcome(meets)}", fields, gap)


def part_mass(case: Case, mass_kg: float, row: CapabilityRecord, meets: bool) -> Finding:
    return _figure(case, "part_mass", mass_kg, row.max_mass_kg, "kg", meets)


def capacity(case: Case, quantity: Quantity, row: CapabilityRecord, meets: bool) -> Finding:
    """The free capacity is told to two significant figures, so that nobody can read the utilisation out of it."""
    given, used = known(row.monthly_capacity), known(row.utilisation_pct)
    unit = case.words.label(quantity.unit)
    fields = {"required": case.words.number(quantity.value), "unit": unit}
    if given is None or used is None:
        return Finding(quantity.value, None, quantity.unit, None, "capacity.unknown", fields)
    if row.monthly_capacity is not None and row.monthly_capacity.unit != quantity.unit:
        fields |= {"unit": case.words.label(row.monthly_capacity.unit), "required_unit": unit}
        return Finding(quantity.value, None, quantity.unit, None, "capacity.other_unit", fields)
    free = float(f"{given * (1.0 - used / 100.0):.1e}")
    gap = None if meets else _gap(quantity.value, free)
    fields |= {"actual": case.words.number(free), "gap": case.words.number(gap or 0.0)}
    evidence = weakest([row.monthly_capacity, row.utilisation_pct])
    return Finding(quantity.value, free, quantity.unit, evidence, f"capacity.{_outcome(meets)}", fields, gap)


def moq(case: Case, accepted: float, row: CapabilityRecord, meets: bool) -> Finding:
    return _figure(case, "moq", accepted, row.moq, None, meets)


OF_OPERATION: Final[Mapping[str, Callable[[Case, Any, CapabilityRecord, bool], Finding]]] = {
    "process": process,
    "material": material,
    "tolerance": tolerance,
    "roughness": roughness,
    "part_size": part_size,
    "part_mass": part_mass,
    "capacity": capacity,
    "moq": moq,
}


def without_capability(case: Case, key: str, operation: Operation) -> Finding:
    """An operation that no row of the supplier can take."""
    name = case.words.label(operation.process)
    situation = "process.none" if key == "process" else "no_capability"
    required = operation.process if key == "process" else None
    return Finding(required, None, None, None, situation, {"required": name, "process": name})


# Per supplier; of certificates each standard is asked by itself.


def lead_time(case: Case, target_days: float, meets: bool) -> Finding:
    facts = [None if row is None else row.lead_time_days for row in case.rows]
    complete = all(known(fact) is not None for fact in facts)
    days = min(sum(known(fact) for fact in facts), LARGEST) if complete else None
    return _compared(case, "lead_time", target_days, days, "day", weakest(facts), meets)


def certificate(case: Case, standard: str, _meets: bool) -> Finding:
    words, section = case.words, case.record.certificates
    fields = {"standard": words.label(standard), "needed_on": words.day(case.needed_on)}
    if section is None:
        return Finding(standard, None, None, None, "certificate.unknown", fields)
    proving = case.taxonomy.proving(standard)
    candidates = [item for item in section.items if item.standard in proving]
    held = [item for item in candidates if _is_valid(item, case.needed_on)]
    if held:
        best = max(held, key=lambda item: (item.level, item.standard == standard, item.expires_on or date.max))
        through = (
            ""
            if best.standard == standard
            else words.say("certificate.through", certificate=words.label(best.standard))
        )
        fields |= {"through": through, "validity": _validity(words, best)}
        return Finding(standard, best.standard, None, weakest([best]), "certificate.held", fields)
    if candidates:
        closest = max(candidates, key=lambda item: (item.expires_on or date.min, item.standard == standard))
        situation, day = _why_invalid(closest, case.needed_on)
        fields |= {"day": words.day(day)}
        return Finding(standard, None, None, weakest([section]), situation, fields)
    return Finding(standard, None, None, weakest([section]), "certificate.none", fields)


def _is_valid(item: CertificateRecord, day: date) -> bool:
    started = item.valid_from is None or item.valid_from <= day
    return started and (item.never_expires or (item.expires_on is not None and item.expires_on >= day))


def _validity(words: Words, item: CertificateRecord) -> str:
    if item.expires_on is None:
        return words.say("certificate.endless")
    return words.say("certificate.until", day=words.day(item.expires_on))


def _why_invalid(item: CertificateRecord, day: date) -> tuple[str, date]:
    if item.valid_from is not None and item.valid_from > day:
        return "certificate.to_start", item.valid_from
    if item.expires_on is None:
        return "certificate.undated", day
    return "certificate.ended", item.expires_on


def distance(case: Case, _plant: Plant, meets: bool) -> Finding:
    km = None if case.distance_km is None else round(case.distance_km, 1)
    return _compared(case, "distance", case.requirement.near_km, km, "km", None, meets)


def corridor(case: Case, plant: Plant, meets: bool) -> Finding:
    chosen = {row.site for row in case.rows if row is not None}
    provinces = sorted({site.province for site in case.record.sites if site.id in chosen and site.province is not None})
    if plant.province is None or not provinces:
        return Finding(plant.province, None, None, None, "corridor.unknown", {})
    return Finding(plant.province, provinces, None, None, f"corridor.{_outcome(meets)}", {})


def languages(case: Case, asked: Sequence[str], meets: bool) -> Finding:
    required, spoken = sorted(set(asked)), known(case.record.languages)
    fields = {"required": case.words.labels(required)}
    if spoken is None:
        return Finding(required, None, None, None, "languages.unknown", fields)
    missing = [language for language in required if language not in spoken]
    fields["missing"] = case.words.labels(missing)
    evidence = weakest([case.record.languages])
    situation = f"languages.{_outcome(meets)}"
    return Finding(required, sorted(set(spoken)), None, evidence, situation, fields, missing or None)


def export_experience(case: Case, asked_pct: float, meets: bool) -> Finding:
    return _figure(case, "export_experience", asked_pct, case.record.export_share_pct, "%", meets)


def track_record(case: Case, asked_share: float, _meets: bool) -> Finding:
    record = case.record.track_record
    if record is None or not record.deliveries or record.good is None:
        return Finding(asked_share, None, None, None, "track_record.unknown", {})
    low, high = (float(end[0]) for end in wilson_interval(np.array([record.good]), np.array([record.deliveries])))
    situation = "above" if low >= asked_share * FULL else "open" if high >= asked_share * FULL else "below"
    percentages = {"low": low, "high": high, "required": asked_share}
    fields = {name: case.words.number(round(100 * share, 1)) for name, share in percentages.items()}
    fields |= {"good": case.words.number(record.good), "deliveries": case.words.number(record.deliveries)}
    actual = {"deliveries": record.deliveries, "good": record.good}
    gap = _gap(asked_share, high) if situation == "below" else None
    return Finding(asked_share, actual, None, None, f"track_record.{situation}", fields, gap)


OF_SUPPLIER: Final[Mapping[str, Callable[[Case, Any, bool], Finding]]] = {
    "lead_time": lead_time,
    "certifications": certificate,
    "certifications_preferred": certificate,
    "distance": distance,
    "corridor": corridor,
    "languages": languages,
    "export_experience": export_experience,
    "track_record": track_record,
}


def _figure(case: Case, key: str, target: float, fact: Fact[float] | None, unit: str | None, meets: bool) -> Finding:
    return _compared(case, key, target, known(fact), unit, weakest([fact]), meets)


def _compared(
    case: Case,
    key: str,
    target: float,
    actual: float | None,
    unit: str | None,
    evidence: tuple[int, date] | None,
    meets: bool,
) -> Finding:
    """A figure beside its target."""
    fields = {"required": case.words.number(target)}
    if actual is None:
        return Finding(target, None, unit, None, f"{key}.unknown", fields)
    fields |= {"actual": case.words.number(actual), "gap": case.words.number(abs(actual - target))}
    gap = None if meets else _gap(target, actual)
    return Finding(target, actual, unit, evidence, f"{key}.{_outcome(meets)}", fields, gap)


def _gap(required: float, actual: float) -> float:
    """To six digits: the rest is what subtracting leaves behind."""
    return float(f"{abs(required - actual):.6g}")


def _outcome(meets: bool) -> str:
    return "meets" if meets else "misses"
