"""Random facts documents that lean towards the edges: equal to the target, on the very day, just stale, unknown."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Document = dict[str, Any]

AS_OF = date(2026, 11, 23)
PROCESSES = {"M": None, "M.T": "M", "M.T.CNC": "M.T", "M.T.CNC.5": "M.T.CNC", "M.G": "M", "H": None}
MATERIALS = {"S": None, "S.C": "S", "S.C.45": "S.C", "S.A": "S", "AL": None}
IMPLIES = {"IATF 16949": ["QMS+", "ISO 14001"], "QMS+": ["ISO 9001"], "AS9100": ["ISO 9001"], "ISO 9001": []}
CORRIDORS = {"east": ["HN", "HP"], "south": ["HN", "HY", "HY"], "far": ["DN"], "none": None}
STANDARDS = ["IATF 16949", "QMS+", "ISO 9001", "ISO 14001", "AS9100", "HACCP"]
PROVINCES = [None, "HN", "HP", "HY", "DN"]
LANGUAGES = ["vi", "en", "ja", "ko"]
PLACES = [(None, None), (21.0, 105.8), (21.4496608, 105.8), (20.86, 106.68), (10.8, 106.7), (-21.0, -74.2), (90, 0)]
CRITERIA = [
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
FACTORS = [1, 1, 1, 2, 0.5, 0.75, 1.5, 1 + 1e-9, 1 - 1e-9, 1 + 3e-9, 1 - 3e-9, 0.1, 3, 0, 1.0000001]
EXTREMES = [0, 1, 30, 0.05, 1e308, 1e-308, 5e-324, 10**30]
AGES = [0, 0, 0, 1, 45, 90, 113, 114, 180, 181, 227, 360, 361, 365, 455, 730, 731, 1460, 1461, 4000, 100_000]
WEIGHTS = [0, 0.5, 1, 2, 3, 3.7, 1e308, 1e-9, 5e-324]


class Writer:
    """Writes one document with one source of chance."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def pick(self, options: Sequence[T]) -> T:
        return self.random.choice(options)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def some(self, options: Sequence[T], least: int, most: int) -> list[T]:
        """Some options, none twice, in any order."""
        return self.random.sample(options, self.random.randint(least, most))

    def codes(self, options: Sequence[str]) -> list[str]:
        """Up to four codes; repeats, and none at all, included."""
        return [self.pick(options) for _ in range(self.random.randint(0, 4))]

    def keep(self, probability: float, fields: dict[str, Callable[[], Any]]) -> Document:
        """Some of the fields, the rest absent."""
        return {key: write() for key, write in fields.items() if self.chance(probability)}

    def day(self) -> str:
        return (AS_OF - timedelta(days=self.pick(AGES))).isoformat()

    def day_near(self) -> str:
        return (AS_OF + timedelta(days=self.pick([-400, -1, 0, 0, 1, 400]))).isoformat()

    def evidence(self) -> Document:
        return {"level": self.random.randint(0, 4), "observed": self.day()}

    def fact(self, value: Any) -> Document | None:
        if self.chance(0.05):
            return None
        return {"value": None if self.chance(0.05) else value} | self.evidence()

    def figure(self, target: float) -> float:
        """A figure around a target, or an extreme one."""
        return self.pick(EXTREMES) if self.chance(0.1) else target * self.pick(FACTORS)

    def place(self) -> Document:
        lat, lon = self.pick(PLACES)
        place: Document = {"province": self.pick(PROVINCES)}
        return place if lat is None else place | {"lat": lat, "lon": lon}

    def operation(self) -> Document:
        asked = self.keep(
            0.6,
            {
                "materials": lambda: self.codes(list(MATERIALS)),
                "tolerance_mm": lambda: self.pick([0.02, 0.05]),
                "roughness_um": lambda: 1.6,
                "part_size_mm": lambda: self.some([100, 50.5, 20], 3, 3),
                "part_mass_kg": lambda: 2.5,
            },
        )
        process = self.pick(["M.T", "M.T", "M.T.CNC", "M.G", "H", "M"])
        return {"id": self.pick(["o1", "o2"]), "process": process} | asked

    def setting(self) -> Document:
        return self.keep(
            0.7,
            {
                "mode": lambda: self.pick(["must", "must", "must", "should", "off"]),
                "weight": lambda: self.pick(WEIGHTS),
                "min_level": lambda: self.random.randint(0, 4),
            },
        )

    def requirement(self) -> Document:
        asked = self.keep(
            0.6,
            {
                "plant": self.place,
                "needed_on": self.day_near,
                "quantity": lambda: self.pick([{"value": 1000, "unit": "pcs"}, {"value": 0.5, "unit": "kg"}]),
                "lead_time_days": lambda: self.pick([30, 45.5]),
                "moq": lambda: 100,
                "certifications": lambda: self.codes(STANDARDS),
                "certifications_preferred": lambda: self.codes(STANDARDS),
                "languages": lambda: self.codes(LANGUAGES),
                "export_share_pct": lambda: self.pick([20, 100, 0.5]),
                "track_record_share": lambda: self.pick([0.5, 0.9, 1]),
                "near_km": lambda: self.pick([0, 10, 50, 50.0]),
                "far_km": lambda: self.pick([50.5, 100, 500, 30_000]),
            },
        )
        criteria = {key: self.setting() for key in self.some(CRITERIA, 0, 12)}
        if criteria.get("process", {}).get("weight") == 0:
            criteria["process"]["weight"] = 1
        operations = [self.operation() for _ in range(self.pick([1, 1, 2, 3]))]
        return {"id": "r", "operations": operations, "criteria": criteria} | asked

    def certificate(self) -> Document:
        expires = self.pick(["none", None, self.day_near(), self.day_near(), self.day_near()])
        certificate = {"standard": self.pick(STANDARDS), "expires_on": expires} | self.evidence()
        start = self.day_near()
        if self.chance(0.5) and (expires in (None, "none") or start <= expires):
            certificate["valid_from"] = start
        return certificate

    def capability(self, row_id: str, site_ids: Sequence[str]) -> Document:
        declared = self.keep(
            0.85,
            {
                "materials": lambda: self.fact(self.codes(list(MATERIALS))),
                "tolerance_mm": lambda: self.fact(self.figure(self.pick([0.02, 0.05]))),
                "roughness_um": lambda: self.fact(self.figure(1.6)),
                "envelope_mm": lambda: self.fact([self.figure(side) for side in self.some([100, 50.5, 20], 3, 3)]),
                "max_mass_kg": lambda: self.fact(self.figure(2.5)),
                "monthly_capacity": lambda: self.fact(self.figure(1000)),
                "utilisation_pct": lambda: self.fact(self.pick([0, 0.0, 10, 50, 99.5, 100])),
                "lead_time_days": lambda: self.fact(self.pick([0, 10, 15, 30, 45, 45.5, 60, 1e308])),
                "moq": lambda: self.fact(self.figure(100)),
            },
        )
        if declared.get("monthly_capacity"):
            declared["monthly_capacity"]["unit"] = self.pick(["pcs", "pcs", "kg", "chiếc"])
        row = {
            "id": row_id,
            "site": self.pick(site_ids),
            "process": self.pick(["M.T", "M.T.CNC", *PROCESSES]),
            "role": self.pick(["core", "core", "supplementary", "subcontracted"]),
        }
        return row | self.evidence() | declared

    def track_record(self) -> Document:
        deliveries = self.pick([0, 1, 10, 100, 1000, 10**6, 2.5])
        return {"deliveries": deliveries, "good": deliveries * self.pick([0, 0.5, 0.9, 0.95, 1, 1])}

    def supplier(self, supplier_id: str) -> Document:
        site_ids = self.some(["x", "y", "z"], 1, 3)
        row_ids = self.some(["a", "a\x00", "A", "b", "10", "9"], 0, 5)
        items = [self.certificate() for _ in range(self.random.randint(0, 4))]
        section = self.evidence() | {"items": items}
        return {
            "id": supplier_id,
            "sites": [{"id": site_id} | self.place() for site_id in site_ids],
            "certificates": section if self.chance(0.8) else None,
            "languages": self.fact(self.codes(LANGUAGES)),
            "export_share_pct": self.fact(self.pick([0, 10, 20, 20.0, 40, 100])),
            "track_record": self.track_record() if self.chance(0.8) else None,
            "capabilities": [self.capability(row_id, site_ids) for row_id in row_ids],
        }

    def document(self) -> Document:
        supplier_ids = self.some(["s1", "s10", "s2", "s\x00", "s", "Ş"], 1, 5)
        return {
            "as_of": AS_OF.isoformat(),
            "taxonomy": {"processes": PROCESSES, "materials": MATERIALS, "implies": IMPLIES, "corridors": CORRIDORS},
            "requirement": self.requirement(),
            "suppliers": [self.supplier(supplier_id) for supplier_id in supplier_ids],
        }


def documents(*, shrinkable: bool = False) -> st.SearchStrategy[Document]:
    """Good facts documents. Shrinkable ones take hypothesis about twenty times as long to draw."""
    return st.randoms(use_true_random=not shrinkable).map(lambda random: Writer(random).document())
