"""Entries of the vocabulary with valid defaults, for tests that need codes and not the shipped files."""

from string import ascii_uppercase

import factory
from factory.django import DjangoModelFactory

from taxonomy.models import (
    Corridor,
    IndustrialPark,
    Industry,
    Material,
    Process,
    Province,
    Sector,
    Source,
    Standard,
    Term,
)


class ProcessFactory(DjangoModelFactory[Process]):
    class Meta:
        model = Process

    code = factory.Sequence(lambda n: f"PROC{n}")
    name_en = factory.Sequence(lambda n: f"Process {n}")
    name_vi = factory.Sequence(lambda n: f"Công đoạn {n}")


class MaterialFactory(DjangoModelFactory[Material]):
    class Meta:
        model = Material

    code = factory.Sequence(lambda n: f"MAT{n}")
    name_en = factory.Sequence(lambda n: f"Material {n}")
    name_vi = factory.Sequence(lambda n: f"Vật liệu {n}")


class StandardFactory(DjangoModelFactory[Standard]):
    class Meta:
        model = Standard

    code = factory.Sequence(lambda n: f"STD{n}")
    name_en = factory.Sequence(lambda n: f"Standard {n}")
    name_vi = factory.SelfAttribute("name_en")
    title_en = "Quality management"
    title_vi = "Quản lý chất lượng"
    domain = Standard.Domain.QUALITY
    kind = Standard.Type.MANAGEMENT_SYSTEM
    owner = "ISO"
    typical_validity_years = 3


class ProvinceFactory(DjangoModelFactory[Province]):
    """A province in force."""

    class Meta:
        model = Province
        django_get_or_create = ("edition", "code")

    edition = Province.Edition.SINCE_2025
    # None that a test names, such as "01".
    code = factory.Sequence(lambda n: f"{ascii_uppercase[n // 10 % 26]}{n % 10}")
    name_vi = factory.Sequence(lambda n: f"Tỉnh thử {n}")
    name_en = factory.Sequence(lambda n: f"Province {n}")
    full_name_vi = factory.SelfAttribute("name_vi")
    unit_type = Province.UnitType.PROVINCE
    latitude = 21.0
    longitude = 105.8


class OldProvinceFactory(ProvinceFactory):
    """A province that ended on 30 June 2025."""

    edition = Province.Edition.BEFORE_2025
    successor = factory.SubFactory(ProvinceFactory)


class CorridorFactory(DjangoModelFactory[Corridor]):
    class Meta:
        model = Corridor

    code = factory.Sequence(lambda n: f"COR{n}")
    name_en = factory.Sequence(lambda n: f"Corridor {n}")
    name_vi = factory.Sequence(lambda n: f"Hành lang {n}")


class IndustrialParkFactory(DjangoModelFactory[IndustrialPark]):
    class Meta:
        model = IndustrialPark

    code = factory.Sequence(lambda n: f"park-{n}")
    name_vi = factory.Sequence(lambda n: f"KCN thử {n}")
    kind = IndustrialPark.Type.INDUSTRIAL_PARK
    province = factory.SubFactory(ProvinceFactory)
    latitude = 21.1
    longitude = 105.7


class IndustryFactory(DjangoModelFactory[Industry]):
    class Meta:
        model = Industry

    edition = Industry.Edition.VSIC_2025
    code = factory.Sequence(lambda n: f"{2500 + n}")
    name_vi = factory.Sequence(lambda n: f"Ngành {n}")
    name_en = factory.Sequence(lambda n: f"Industry {n}")
    level = 4


class SectorFactory(DjangoModelFactory[Sector]):
    class Meta:
        model = Sector

    code = factory.Sequence(lambda n: f"sector{n}")
    name_vi = factory.Sequence(lambda n: f"Lĩnh vực {n}")
    name_en = factory.Sequence(lambda n: f"Sector {n}")


class TermFactory(DjangoModelFactory[Term]):
    """A synonym taught by staff. State what it names: `process=`, `material=` …"""

    class Meta:
        model = Term

    text = factory.Sequence(lambda n: f"từ {n}")
    source = Source.TAUGHT
