"""Fictional buyers of the demonstration, and what they need."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from accounts.models import Organisation
from accounts.names import name_key
from buyers.models import Buyer, Criterion, Operation, Plant, Requirement
from taxonomy.models import IndustrialPark, Material, Process, Province, Sector, Standard

SEED = 20260102


@dataclass(frozen=True, kw_only=True)
class Need:
    """A part family that buyers ask for, with typical figures."""

    title: str
    family: str
    operations: tuple[dict[str, Any], ...]
    quantity: float
    unit: str = "pcs"
    lead_time_days: float = 40
    moq: float | None = None
    standards: tuple[str, ...] = ("ISO9001",)
    preferred: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    must: tuple[str, ...] = ("tolerance", "certifications")


BUYERS: tuple[tuple[str, str, str], ...] = (
    ("Sakuragi Motor Parts Vietnam (demo)", "JP", "components"),
    ("Haneul Electronics Hanoi (demo)", "KR", "high_tech"),
    ("Formosa Pumps Vietnam (demo)", "TW", "components"),
    ("Rheinwerk Antriebe Vietnam (demo)", "DE", "components"),
    ("Pacific Printers Vietnam (demo)", "JP", "high_tech"),
    ("Northlake Medical Devices Vietnam (demo)", "US", "high_tech"),
    ("Tianhe Appliances Vietnam (demo)", "CN", "components"),
    ("Nordstern Elevators Vietnam (demo)", "SE", "components"),
    ("Ginga Precision Vietnam (demo)", "JP", "components"),
    ("Baekdu Mobility Vietnam (demo)", "KR", "components"),
    ("Lion City Robotics Vietnam (demo)", "SG", "high_tech"),
    ("Adria Garments Vietnam (demo)", "IT", "textile_footwear"),
)

NEEDS: tuple[Need, ...] = (
    Need(
        title="Motor shaft, S45C / Trục động cơ, S45C",
        family="shaft",
        operations=(
            {"process": "MACH.CNC_TURN", "materials": ["STEEL.S45C"], "tolerance_mm": 0.02, "roughness_um": 1.6},
        ),
        quantity=5_000,
        preferred=("ISO14001",),
    ),
    Need(
        title="Hardened gear shaft / Trục bánh răng tôi cứng",
        family="gear",
        operations=(
            {"process": "MACH.CNC_TURN", "materials": ["STEEL.SCM440"], "tolerance_mm": 0.03},
            {"process": "MACH.GEAR", "tolerance_mm": 0.03},
            {"process": "HEAT"},
        ),
        quantity=2_000,
        lead_time_days=75,
        standards=("IATF16949",),
        must=("certifications",),
    ),
    Need(
        title="Aluminium housing, die cast and machined / Vỏ nhôm đúc áp lực",
        family="housing",
        operations=(
            {"process": "CAST.HPDC_AL", "materials": ["AL.ADC12"], "tolerance_mm": 0.2, "part_mass_kg": 1.8},
            {"process": "MACH.CNC_MILL3", "tolerance_mm": 0.05},
        ),
        quantity=20_000,
        lead_time_days=60,
        must=("tolerance",),
    ),
    Need(
        title="Stamped bracket, SPCC / Giá đỡ dập, SPCC",
        family="bracket",
        operations=(
            {"process": "STMP.PROG", "materials": ["STEEL.SPCC"], "tolerance_mm": 0.1, "part_size_mm": [120, 80, 30]},
        ),
        quantity=150_000,
        moq=20_000,
    ),
    Need(
        title="Powder-coated cabinet / Tủ điện sơn tĩnh điện",
        family="enclosure",
        operations=(
            {"process": "SHEET.LASER", "materials": ["STEEL.SECC"], "part_size_mm": [1200, 800, 400]},
            {"process": "SHEET.BEND"},
            {"process": "SURF.POWDER"},
        ),
        quantity=800,
        must=(),
    ),
    Need(
        title="Welded frame, SUS304 / Khung hàn inox 304",
        family="frame",
        operations=({"process": "WELD.TIG", "materials": ["STEEL.SUS304"], "part_mass_kg": 60},),
        quantity=300,
        preferred=("ISO3834",),
    ),
    Need(
        title="Injection-moulded cover, PC/ABS / Nắp nhựa PC/ABS",
        family="cover",
        operations=({"process": "PLAS.INJ", "materials": ["PL.PCABS"], "tolerance_mm": 0.1},),
        quantity=100_000,
        languages=("en",),
    ),
    Need(
        title="Zinc-plated fastener / Bu lông mạ kẽm",
        family="fastener",
        operations=({"process": "FORG.COLD", "tolerance_mm": 0.3}, {"process": "SURF.ZN"}),
        quantity=400_000,
        must=(),
    ),
    Need(
        title="Progressive die / Khuôn dập liên hoàn",
        family="tooling",
        operations=({"process": "TOOL.STAMPD", "materials": ["STEEL.SKD11"], "tolerance_mm": 0.01},),
        quantity=4,
        unit="set",
        lead_time_days=60,
        must=("tolerance",),
    ),
    Need(
        title="Control board assembly / Lắp ráp bo mạch điều khiển",
        family="pcba",
        operations=({"process": "ELEC.SMT"}, {"process": "ELEC.THT"}),
        quantity=30_000,
        preferred=("IPC-A-610",),
        languages=("en",),
        must=("certifications", "capacity"),
    ),
)


def load_requirements(today: date) -> list[Requirement]:
    """Store 12 verified buyers and 40 open requirements of theirs."""
    chance = Random(SEED)
    plants = [_buyer(number, *facts) for number, facts in enumerate(BUYERS)]
    return [_requirement(index, plants[index % len(plants)], chance, today) for index in range(40)]


def _buyer(number: int, name: str, country: str, sector: str) -> Plant:
    organisation = Organisation.objects.create(
        kind=Organisation.Kind.BUYER,
        legal_name=name,
        trade_name=name,
        name_key=name_key(name, name),
        tax_code="",
        verified_at=timezone.now(),
        names_checked_at=timezone.now(),
    )
    buyer = Buyer.objects.create(organisation=organisation, state=Buyer.State.VERIFIED, parent_country=country)
    buyer.sectors.add(Sector.objects.get(code=sector))
    parks = IndustrialPark.objects.filter(province__code__in=("01", "24", "31", "33", "25"), province__edition="2025")
    park = parks.exclude(latitude=None).order_by("code")[number * 5]
    return Plant.objects.create(
        buyer=buyer,
        name=f"Plant 1, {park.name_vi}"[:150],
        province=park.province,
        old_province=_former(park),
        park=park,
        latitude=park.latitude,
        longitude=park.longitude,
    )


def _former(park: IndustrialPark) -> Province | None:
    """The province before July 2025, where it was another one."""
    old = park.old_province
    return old if old and old.name_vi != park.province.name_vi else None


def _requirement(index: int, plant: Plant, chance: Random, today: date) -> Requirement:
    need = NEEDS[index % len(NEEDS)]
    scale = chance.choice((0.2, 0.5, 1, 2))
    row = Requirement.objects.create(
        buyer=plant.buyer,
        plant=plant,
        state=Requirement.State.OPEN,
        opened_at=timezone.now() - timedelta(days=chance.randint(0, 30)),
        visibility=chance.choices(Requirement.Visibility.values, weights=(8, 1, 1))[0],
        title=need.title,
        description="A fictional requirement. / Nhu cầu minh họa.",
        part_family=need.family,
        monthly_quantity=max(1.0, round(need.quantity * scale)),
        quantity_unit=need.unit,
        needed_on=today + timedelta(days=chance.randint(90, 300)),
        answer_by=today + timedelta(days=chance.randint(30, 80)),
        lead_time_days=need.lead_time_days,
        moq=need.moq,
        languages=list(need.languages),
    )
    row.standards_required.set(Standard.objects.filter(code__in=need.standards))
    row.standards_preferred.set(Standard.objects.filter(code__in=need.preferred))
    for position, asked in enumerate(need.operations):
        _operation(row, position, **asked)
    Criterion.objects.bulk_create(Criterion(requirement=row, key=key, mode=Criterion.Mode.MUST) for key in need.must)
    return row


def _operation(
    row: Requirement, position: int, *, process: str, materials: list[str] | None = None, **asked: Any
) -> None:
    operation = Operation.objects.create(
        requirement=row, position=position, process=Process.objects.get(code=process), **asked
    )
    operation.materials.set(Material.objects.filter(code__in=materials or []))
