"""A second scorer, slow and plain: dictionaries and loops, written from the contract, sharing no code with the engine.

It reads a facts document that is known to be good and answers what `python -m matchmaking.engine` should print.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

Document = Mapping[str, Any]
Judged = tuple[float | None, float, float]  # value, low, high

ORDER = [
    "process",
    "material",
    "tolerance",
    "roughness",
    "part_size",
    "part_mass",
    "capacity",
    "moq",
    "lead_time",
    "certifications",
    "certifications_preferred",
    "distance",
    "corridor",
    "languages",
    "export_experience",
    "track_record",
]
PER_OPERATION = ORDER[:8]
DEFAULT_WEIGHTS = {"process": 3, "material": 2, "tolerance": 2, "certifications": 2, "capacity": 2}
LEVEL_WEIGHTS = [0.60, 0.75, 0.90, 0.97, 1.00]
HALF_LIVES = {
    "capacity": 90,
    "lead_time": 180,
    "moq": 180,
    "languages": 365,
    "export_experience": 365,
    "process": 730,
    "material": 730,
    "tolerance": 730,
    "roughness": 730,
    "part_size": 730,
    "part_mass": 730,
}
ROLES = {"core": 1.0, "supplementary": 0.8, "subcontracted": 0.5}
PASS, UNCONFIRMED, FAIL = 0, 1, 2
ELIGIBILITIES = ["eligible", "unconfirmed", "near_miss"]
UNKNOWN: Judged = (None, 0.0, 1.0)


def clip(x: float) -> float:
    return min(max(x, 0.0), 1.0)


def ramp_down(b: float, t: float) -> float:
    return clip(2 - float(b) / float(t))


def ramp_up(b: float, t: float) -> float:
    return clip(float(b) / float(t))


def interval(v: float, c: float) -> tuple[float, float, float]:
    low = c * v
    return v, low, max(low, min(1.0, c * v + 1 - c))


def chain(parents: Mapping[str, str | None], code: str) -> list[str]:
    """The code and everything above it."""
    out = [code]
    while (parent := parents[out[-1]]) is not None:
        out.append(parent)
    return out


def relation(parents: Mapping[str, str | None], declared: str, required: str) -> float:
    if required in chain(parents, declared):
        return 1.0
    return 0.5 if declared in chain(parents, required) else 0.0


def known(fact: Document | None) -> Any:
    """The value of a fact, None where it is unknown."""
    if fact is None or fact.get("value") in (None, []):
        return None
    return fact["value"]


class Scorer:
    def __init__(self, document: Document) -> None:
        self.today = date.fromisoformat(document["as_of"])
        taxonomy = document.get("taxonomy") or {}
        self.processes = taxonomy.get("processes") or {}
        self.materials = taxonomy.get("materials") or {}
        self.implies = taxonomy.get("implies") or {}
        self.corridors = taxonomy.get("corridors") or {}
        self.need = document["requirement"]
        self.plant = self.need.get("plant") or {}
        self.needed_on = date.fromisoformat(self.need.get("needed_on") or document["as_of"])
        self.suppliers = document.get("suppliers") or []
        self.named = {key: s for key, s in (self.need.get("criteria") or {}).items() if s is not None}
        self.asked = [key for key in ORDER if self.is_asked(key) and self.mode(key) != "off"]

    # what is asked

    def mode(self, key: str) -> str:
        return "must" if key == "process" else (self.named.get(key) or {}).get("mode") or "should"

    def weight(self, key: str) -> float:
        weight = (self.named.get(key) or {}).get("weight")
        return float(DEFAULT_WEIGHTS.get(key, 1) if weight is None else weight)

    def weighted(self, ends: Mapping[str, float]) -> float:
        """Only ratios matter, so a power of two may keep 1e308 + 1e308 finite."""
        power = math.frexp(max(self.weight(key) for key in ends))[1]
        weights = {key: math.ldexp(self.weight(key), -power) for key in ends}
        total = sum(weights.values())
        return sum(weights[key] * end for key, end in ends.items()) / total if total > 0 else 0.0

    def min_level(self, key: str) -> int:
        if key in ("distance", "corridor", "track_record"):
            return 0
        return (self.named.get(key) or {}).get("min_level") or 0

    def quantity(self) -> Document | None:
        quantity = self.need.get("quantity")
        return quantity if quantity and quantity.get("value") is not None else None

    def is_asked(self, key: str) -> bool:
        if key in PER_OPERATION:
            return any(self.operation_asks(operation, key) for operation in self.need["operations"])
        if key == "distance":
            return self.plant.get("lat") is not None
        if key == "corridor":
            return key in self.named
        target = {
            "export_experience": "export_share_pct",
            "track_record": "track_record_share",
            "lead_time": "lead_time_days",
        }
        return self.need.get(target.get(key, key)) not in (None, [])

    def operation_asks(self, operation: Document, key: str) -> bool:
        if key == "process":
            return True
        if key == "capacity":
            return self.quantity() is not None
        if key == "moq":
            return self.need.get("moq") is not None
        target = {
            "material": "materials",
            "tolerance": "tolerance_mm",
            "roughness": "roughness_um",
            "part_size": "part_size_mm",
            "part_mass": "part_mass_kg",
        }[key]
        return operation.get(target) not in (None, [])

    # evidence

    def confidence(self, key: str, fact: Document) -> float:
        age = (self.today - date.fromisoformat(fact["observed"])).days
        return LEVEL_WEIGHTS[int(fact["level"])] * math.pow(2.0, -age / HALF_LIVES[key])

    def gate(self, key: str, v: float | None, c: float, level: float) -> int:
        if self.mode(key) != "must":
            return PASS
        if v is None:
            return UNCONFIRMED
        if v < 1 - 1e-9:
            return FAIL
        return UNCONFIRMED if level < self.min_level(key) or c < 0.25 else PASS

    # one capability row for one operation

    def judge(self, key: str, operation: Document, row: Document) -> tuple[Judged, int]:
        """((v, low, high), gate)."""
        if key == "process":
            related = relation(self.processes, row["process"], operation["process"])
            c = self.confidence(key, row)
            gate = UNCONFIRMED if related == 0.5 else self.gate(key, related, c, row["level"])
            return interval(related * ROLES[row["role"]], c), gate
        if key == "material":
            declared = known(row.get("materials"))
            if declared is None:
                return UNKNOWN, self.gate(key, None, 0, 0)
            required = list(dict.fromkeys(operation["materials"]))
            found = [max(relation(self.materials, d, r) for d in declared) for r in required]
            c = self.confidence(key, row["materials"])
            gate = self.gate(key, min(found), c, row["materials"]["level"])
            if self.mode(key) == "must" and min(found) == 0.5:
                gate = UNCONFIRMED
            return interval(sum(found) / len(found), c), gate
        v, facts = self.figure(key, operation, row)
        if v is None:
            return UNKNOWN, self.gate(key, None, 0, 0)
        c = min(self.confidence(key, fact) for fact in facts)
        return interval(v, c), self.gate(key, v, c, min(fact["level"] for fact in facts))

    def figure(self, key: str, operation: Document, row: Document) -> tuple[float | None, list[Document]]:
        if key == "capacity":
            capacity, used = row.get("monthly_capacity"), row.get("utilisation_pct")
            quantity = self.quantity()
            assert quantity is not None
            if capacity is None or used is None or known(capacity) is None or known(used) is None:
                return None, []
            if capacity.get("unit") != quantity.get("unit"):
                return None, []
            free = float(capacity["value"]) * (1 - float(used["value"]) / 100)
            return ramp_up(free, quantity["value"]), [capacity, used]
        name = {
            "tolerance": "tolerance_mm",
            "roughness": "roughness_um",
            "part_size": "envelope_mm",
            "part_mass": "max_mass_kg",
            "moq": "moq",
        }[key]
        b = known(row.get(name))
        if b is None:
            return None, []
        if key == "part_size":
            sides = zip(sorted(b, reverse=True), sorted(operation["part_size_mm"], reverse=True), strict=True)
            v = clip(2 * min(float(room) / float(side) for room, side in sides) - 1)
        elif key == "part_mass":
            v = clip(2 * (float(b) / float(operation["part_mass_kg"])) - 1)
        else:
            v = ramp_down(b, self.need["moq"] if key == "moq" else operation[name])
        return v, [row[name]]

    def choose(self, operation: Document, supplier: Document) -> Document | None:
        """The row that the operation takes, None where there is no candidate."""
        keys = [key for key in PER_OPERATION if key in self.asked and self.operation_asks(operation, key)]
        best: tuple[tuple[int, float, str], Document] | None = None
        for row in supplier.get("capabilities") or []:
            if relation(self.processes, row["process"], operation["process"]) == 0:
                continue
            judged = {key: self.judge(key, operation, row) for key in keys}
            troubles = sum(gate != PASS for _, gate in judged.values())
            score = self.weighted({key: judged[key][0][1] for key in keys})
            rank = (troubles, -round(score, 9), row["id"])
            if best is None or rank < best[0]:
                best = (rank, row)
        return best[1] if best else None

    # a whole supplier

    def of_supplier(self, key: str, supplier: Document, rows: Sequence[Document | None]) -> tuple[Judged, int]:
        if key == "lead_time":
            facts = [row.get("lead_time_days") if row else None for row in rows]
            if any(known(fact) is None for fact in facts):
                return UNKNOWN, self.gate(key, None, 0, 0)
            given = [fact for fact in facts if fact is not None]
            days = 0.0
            for fact in given:
                days += float(fact["value"])
            c = min(self.confidence(key, fact) for fact in given)
            v = ramp_down(days, self.need["lead_time_days"])
            return interval(v, c), self.gate(key, v, c, min(fact["level"] for fact in given))
        if key in ("certifications", "certifications_preferred"):
            return self.certificates(key, supplier)
        if key == "distance":
            return self.distance(supplier, rows)
        if key == "corridor":
            return self.corridor(supplier, rows)
        if key == "track_record":
            return self.track_record(supplier)
        name = {"languages": "languages", "export_experience": "export_share_pct"}[key]
        value = known(supplier.get(name))
        if value is None:
            return UNKNOWN, self.gate(key, None, 0, 0)
        if key == "languages":
            asked = set(self.need["languages"])
            v = len(asked & set(value)) / len(asked)
        else:
            v = ramp_up(value, self.need["export_share_pct"])
        c = self.confidence(key, supplier[name])
        return interval(v, c), self.gate(key, v, c, supplier[name]["level"])

    def certificates(self, key: str, supplier: Document) -> tuple[Judged, int]:
        section = supplier.get("certificates")
        if section is None:
            return UNKNOWN, self.gate(key, None, 0, 0)
        parts, gates = [], []
        for standard in sorted(set(self.need[key])):
            levels = [
                int(item["level"])
                for item in section.get("items") or []
                if self.proves(item.get("standard"), standard) and self.valid(item)
            ]
            v = 1.0 if levels else 0.0
            level = max(levels) if levels else int(section["level"])
            parts.append(interval(v, LEVEL_WEIGHTS[level]))
            gates.append(self.gate(key, v, LEVEL_WEIGHTS[level], level))
        return mean(parts), max(gates)

    def proves(self, held: str | None, standard: str) -> bool:
        if held is None:
            return False
        return held == standard or any(self.proves(weaker, standard) for weaker in self.implies.get(held) or [])

    def valid(self, item: Document) -> bool:
        start, end = item.get("valid_from"), item.get("expires_on")
        if end is None or (start is not None and date.fromisoformat(start) > self.needed_on):
            return False
        return end == "none" or date.fromisoformat(end) >= self.needed_on

    def chosen_sites(self, supplier: Document, rows: Sequence[Document | None]) -> list[Document]:
        wanted = {row["site"] for row in rows if row}
        return [site for site in supplier.get("sites") or [] if site["id"] in wanted]

    def distance(self, supplier: Document, rows: Sequence[Document | None]) -> tuple[Judged, int]:
        located = [site for site in self.chosen_sites(supplier, rows) if site.get("lat") is not None]
        if not located:
            return UNKNOWN, self.gate("distance", None, 0, 0)
        near = 50.0 if self.need.get("near_km") is None else float(self.need["near_km"])
        far = 500.0 if self.need.get("far_km") is None else float(self.need["far_km"])
        d = min(great_circle_km(self.plant, site) for site in located)
        v = clip((far - d) / (far - near))
        return (v, v, v), self.gate("distance", v, 1.0, 4)

    def corridor(self, supplier: Document, rows: Sequence[Document | None]) -> tuple[Judged, int]:
        home = self.plant.get("province")
        provinces = {site.get("province") for site in self.chosen_sites(supplier, rows)} - {None}
        if home is None or not provinces:
            return UNKNOWN, self.gate("corridor", None, 0, 0)
        shared = {home}.union(*(set(members or []) for members in self.corridors.values() if home in (members or [])))
        v = 1.0 if provinces & shared else 0.0
        return (v, v, v), self.gate("corridor", v, 1.0, 4)

    def track_record(self, supplier: Document) -> tuple[Judged, int]:
        record = supplier.get("track_record") or {}
        if not record.get("deliveries") or record.get("good") is None:
            return UNKNOWN, self.gate("track_record", None, 0, 0)
        n, good, share = float(record["deliveries"]), float(record["good"]), self.need["track_record_share"]
        z = 1.959963984540054
        middle = (good + z * z / 2) / (n + z * z)
        half = z / (n + z * z) * math.sqrt(good * ((n - good) / n) + z * z / 4)
        low, high = ramp_up(max(0.0, middle - half), share), ramp_up(middle + half, share)
        gate = PASS
        if self.mode("track_record") == "must" and low < 1 - 1e-9:
            gate = FAIL if high < 1 - 1e-9 else UNCONFIRMED
        return (ramp_up(good / n, share), low, high), gate

    def score_supplier(self, supplier: Document) -> dict[str, Any] | None:
        operations = self.need["operations"]
        rows = [self.choose(operation, supplier) for operation in operations]
        if not any(row is not None for row in rows):
            return None
        answers: dict[str, tuple[float | None, float, float]] = {}
        gates: dict[str, int] = {}
        for key in self.asked:
            if key not in PER_OPERATION:
                answers[key], gates[key] = self.of_supplier(key, supplier, rows)
                continue
            parts: list[Judged] = []
            states: list[int] = []
            for operation, row in zip(operations, rows, strict=True):
                if not self.operation_asks(operation, key):
                    continue
                if row is None:
                    parts.append((0.0, 0.0, 0.0))
                    states.append(FAIL if key == "process" else PASS)
                else:
                    part, state = self.judge(key, operation, row)
                    parts.append(part)
                    states.append(state)
            answers[key], gates[key] = mean(parts), max(states)
        return {
            "supplier": supplier["id"],
            "eligibility": ELIGIBILITIES[max(gates.values())],
            "score": six(self.weighted({key: answers[key][1] for key in self.asked})),
            "potential": six(self.weighted({key: answers[key][2] for key in self.asked})),
            "failed": sorted(key for key, gate in gates.items() if gate == FAIL),
            "unconfirmed": sorted(key for key, gate in gates.items() if gate == UNCONFIRMED),
            "criteria": {key: self.report(key, *answers[key]) for key in self.asked},
        }

    def report(self, key: str, v: float | None, low: float, high: float) -> dict[str, Any]:
        verdict = "unknown"
        if v is not None:
            verdict = "meets" if v >= 1 - 1e-9 else "near" if v >= 0.5 - 1e-9 else "below"
        return {
            "mode": self.mode(key),
            "weight": six(self.weight(key)),
            "value": None if v is None else six(v),
            "confidence": six(1 - (high - low)),
            "low": six(low),
            "high": six(high),
            "verdict": verdict,
        }


def mean(parts: Sequence[Judged]) -> Judged:
    values = [v for v, _, _ in parts if v is not None]
    low, high = sum(part[1] for part in parts) / len(parts), sum(part[2] for part in parts) / len(parts)
    return (sum(values) / len(values) if values else None), low, high


def great_circle_km(a: Document, b: Document) -> float:
    """Haversine."""
    north, south = math.radians(a["lat"]), math.radians(b["lat"])
    east = math.radians(b["lon"]) - math.radians(a["lon"])
    h = math.sin((south - north) / 2) ** 2 + math.cos(north) * math.cos(south) * math.sin(east / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(min(1.0, h)))


def six(x: float) -> float:
    return round(x, 6) + 0.0


def canonical_sha256(document: object) -> str:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def score(document: Document, engine_version: str) -> dict[str, Any]:
    """The output of the engine for a good document."""
    scorer = Scorer(document)
    lines = [line for supplier in scorer.suppliers if (line := scorer.score_supplier(supplier)) is not None]
    lines.sort(key=lambda x: (ELIGIBILITIES.index(x["eligibility"]), -x["score"], -x["potential"], x["supplier"]))
    results = [{**line, "rank": rank} for rank, line in enumerate(lines, 1)]
    facts_sha256 = canonical_sha256(document)
    sha256 = canonical_sha256({"engine_version": engine_version, "facts_sha256": facts_sha256, "results": results})
    return {"engine_version": engine_version, "sha256": sha256, "results": results}
