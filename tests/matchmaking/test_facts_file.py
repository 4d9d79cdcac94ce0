"""A ranking's input as one file: the engine alone finds the same numbers in it, to the last digit."""

import json
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from buyers.models import Requirement
from suppliers.models import Supplier
from taxonomy.models import Corridor, Province
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.factories.suppliers import province

PROCESSES = ("cnc_turning", "cnc_milling", "machining", "plating")
MATERIALS = ("steel", "stainless_304", "brass")
STANDARDS = ("iso_9001", "iatf_16949", "iso_14001")
LINE_FIELDS = ("supplier", "rank", "eligibility", "score", "potential", "failed", "unconfirmed")
CRITERION_FIELDS = ("mode", "weight", "value", "confidence", "low", "high", "verdict")


@pytest.fixture
def vocabulary(db: None) -> None:
    for code in ("cnc_turning", "cnc_milling"):
        make.process(code, below="machining")
    make.process("plating")
    make.material("stainless_304", below="steel")
    make.standard("iatf_16949", implies="iso_9001")
    north = Corridor.objects.create(code="north", name_en="North")
    today = {code: province(code) for code in ("01", "24", "31")}
    province("27", edition="2004", successor=today["24"])
    north.provinces.set([today["01"], today["24"]])


class Firms:
    """Firms as diverse as real ones, drawn from one source of chance: figures missing, old, declared too broadly."""

    def __init__(self) -> None:
        self.chance = Random(20261123)  # noqa: S311 (no secret)
        self.today = timezone.localdate()
        self.provinces = list(Province.objects.order_by("pk"))

    def figure(self, least: float, most: float) -> float | None:
        return self.chance.uniform(least, most) if self.chance.random() < 0.8 else None

    def evidence(self, name: str) -> dict[str, Any]:
        observed = self.today - timedelta(days=self.chance.randrange(900))
        return {f"{name}_level": self.chance.randrange(5), f"{name}_observed_on": observed}

    def draw(self) -> Supplier:
        chance = self.chance
        spoken = chance.sample(["vi", "en", "ja", "ko"], chance.randrange(4))
        supplier = make.published_supplier(
            languages=spoken,
            export_share_pct=self.figure(0, 100),
            **self.evidence("languages"),
            **self.evidence("export_share_pct"),
        )
        for _ in range(chance.randrange(3)):
            make.certificate(
                supplier,
                chance.choice(STANDARDS),
                number=str(chance.random()),
                level=chance.randrange(5),
                never_expires=chance.random() < 0.2,
            )
        sites = [self.site(supplier) for _ in range(chance.randint(1, 2))]
        for _ in range(chance.randint(1, 4)):
            self.capability(supplier, chance.choice(sites))
        return supplier

    def site(self, supplier: Supplier) -> Any:
        is_located = self.chance.random() < 0.8
        return make.site(
            supplier,
            province=self.chance.choice([*self.provinces, None]),
            latitude=self.chance.uniform(10, 22) if is_located else None,
            longitude=self.chance.uniform(105, 107) if is_located else None,
        )

    def capability(self, supplier: Supplier, site: Any) -> None:
        figures = {
            "tolerance_mm": self.figure(0.002, 0.1),
            "roughness_um": self.figure(0.2, 6.3),
            "max_mass_kg": self.figure(0.5, 200),
            "monthly_capacity": self.figure(100, 50_000),
            "utilisation_pct": self.figure(0, 100),
            "lead_time_days": self.figure(5, 90),
            "moq": self.figure(1, 5_000),
        }
        evidence = {key: value for name in figures for key, value in self.evidence(name).items()}
        make.capability(
            supplier,
            self.chance.choice(PROCESSES),
            at=site,
            level=self.chance.randrange(5),
            observed_on=self.today - timedelta(days=self.chance.randrange(900)),
            materials=tuple(self.chance.sample(MATERIALS, self.chance.randrange(3))),
            envelope_mm=[self.chance.uniform(50, 800) for _ in range(3)] if self.chance.random() < 0.8 else None,
            capacity_unit=self.chance.choice(["pcs", "kg", "t"]),
            role=self.chance.choice(["core", "supplementary", "subcontracted"]),
            **figures,
            **evidence,
        )


def requirements() -> list[Requirement]:
    """One that asks everything of two operations, one that asks little, one in tonnes."""
    plant = {"latitude": 21.03, "longitude": 105.85, "province": Province.objects.get(edition="2025", code="01")}
    turning = {"process": "cnc_turning", "materials": ("stainless_304",), "tolerance_mm": 0.02, "roughness_um": 1.6}
    size = {"part_size_mm": [120.0, 40.0, 40.0], "part_mass_kg": 1.3}
    whole = make.requirement(
        operations=({**turning, **size}, {"process": "plating", "materials": ("steel",)}),
        plant=plant,
        monthly_quantity=12_345,
        quantity_unit="pcs",
        lead_time_days=35,
        moq=700,
        standards=("iso_9001", "iso_14001"),
        export_share_pct=30,
        track_record_share=0.95,
        languages=["en", "ja"],
        needed_on=timezone.localdate() + timedelta(days=90),
        criteria={
            "corridor": {"mode": "should"},
            "tolerance": {"mode": "must", "weight": 2.5, "min_level": 1},
            "certifications": {"mode": "must"},
            "roughness": {"mode": "off"},
        },
    )
    plain = make.requirement(operations=({"process": "machining"},))
    by_mass = make.requirement(
        operations=({"process": "cnc_milling"},), monthly_quantity=1.7, quantity_unit="t", moq=0.3
    )
    return [whole, plain, by_mass]


def engine_alone(facts: Path) -> dict[str, Any]:
    finished = subprocess.run(
        [sys.executable, "-m", "matchmaking.engine", str(facts)], capture_output=True, text=True, check=False
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    ranking: dict[str, Any] = json.loads(finished.stdout)
    return ranking


def bare(line: dict[str, Any]) -> dict[str, Any]:
    criteria = {key: {name: shown[name] for name in CRITERION_FIELDS} for key, shown in line["criteria"].items()}
    return {**{name: line[name] for name in LINE_FIELDS}, "criteria": criteria}


@pytest.mark.usefixtures("vocabulary")
class TestExport:
    def test_the_engine_alone_finds_what_the_api_shows(self, client_for: ClientFor, tmp_path: Path) -> None:
        firms = Firms()
        for _ in range(60):
            firms.draw()
        client = client_for(member("agency"))

        for requirement in requirements():
            facts = tmp_path / f"{requirement.public_id}.json"
            call_command("export_facts", requirement.public_id, out=facts)
            shown = client.get(f"/api/v1/requirements/{requirement.public_id}/matches", {"top": 200}).json()
            alone = engine_alone(facts)

            assert len(shown["results"]) > 20
            assert [bare(line) for line in shown["results"]] == alone["results"]
            assert shown["engine_version"] == alone["engine_version"]

    def test_it_is_written_to_standard_output_unless_a_file_is_named(self) -> None:
        requirement = make.requirement(operations=({"process": "plating"},))
        out = StringIO()

        call_command("export_facts", requirement.public_id, stdout=out)

        document = json.loads(out.getvalue())
        assert document["requirement"]["id"] == requirement.public_id
        assert document["as_of"] == timezone.localdate().isoformat()

    def test_an_unknown_requirement_is_named(self) -> None:
        with pytest.raises(CommandError, match=r"There is no requirement req_0\."):
            call_command("export_facts", "req_0")

    def test_a_file_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        requirement = make.requirement(operations=({"process": "plating"},))

        with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
            call_command("export_facts", requirement.public_id, out=tmp_path / "nowhere" / "facts.json")
