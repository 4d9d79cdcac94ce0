"""Which conditions of a programme a firm meets: each told in words, and the list finds the same firms."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.utils import timezone, translation

from suppliers.models import Supplier, SupportProgramme
from suppliers.support.eligibility import Condition, conditions_of, find_applicant, qualifies
from taxonomy.models import Standard
from tests.factories.suppliers import (
    CapabilityFactory,
    CertificateFactory,
    SiteFactory,
    SupplierFactory,
    province,
    standard,
)
from tests.factories.support import SupportProgrammeFactory
from tests.factories.taxonomy import SectorFactory

pytestmark = pytest.mark.django_db


def firm(*, sectors: tuple[str, ...] = (), here: str = "", **fields: Any) -> Supplier:
    supplier = SupplierFactory.create(**{"published": True, **fields})
    supplier.sectors.set([SectorFactory.create(code=code) for code in sectors])
    if here:
        SiteFactory.create(supplier=supplier, province=province(here))
    return supplier


def told(programme: SupportProgramme, supplier: Supplier) -> list[Condition]:
    applicant = find_applicant(Supplier.objects.filter(pk=supplier.pk), day=timezone.localdate())
    assert applicant is not None
    return conditions_of(programme, applicant, day=timezone.localdate())


def make_international(supplier: Supplier) -> None:
    standard("ISO9001")
    Standard.objects.update(counts_as_international=True)
    CapabilityFactory.create(site=SiteFactory.create(supplier=supplier), process_level=1)
    CertificateFactory.create(supplier=supplier, checked=True)


def test_a_programme_without_conditions_asks_for_the_time_and_a_published_firm() -> None:
    programme = SupportProgrammeFactory.create()
    last = programme.closes_on.isoformat()

    found = told(programme, firm())

    assert found == [
        Condition("period", "met", f"Applications are taken until {last}."),
        Condition("standing", "met", "For published firms: the firm is one."),
    ]
    assert qualifies(found)


@pytest.mark.parametrize(
    ("fields", "conditions", "verdict", "sentence"),
    [
        ({"sectors": ("b",)}, {"sectors": ("a", "b")}, "met", "The firm is of a supported sector: Sector b."),
        ({"sectors": ("c",)}, {"sectors": ("a",)}, "unmet", "Only for the sectors Sector a; the firm is of another."),
        ({}, {"sectors": ("a",)}, "unknown", "Only for the sectors Sector a; the firm has stated none."),
        ({"employees_total": 10}, {"least": 10}, "met", "For firms with at least 10 employees; the firm has 10."),
        ({"employees_total": 9}, {"least": 10}, "unmet", "Only for firms with at least 10 employees; the firm has 9."),
        ({"employees_total": 0}, {"most": 5}, "met", "For firms with at most 5 employees; the firm has 0."),
        ({"employees_total": 6}, {"most": 5}, "unmet", "Only for firms with at most 5 employees; the firm has 6."),
        (
            {"employees_total": None},
            {"least": 1, "most": 5},
            "unknown",
            "Only for firms with 1 to 5 employees; the firm has not stated how many it has.",
        ),
        ({"here": "01"}, {"provinces": ("01", "31")}, "met", "The firm has a site in Tỉnh 2025:01."),
        (
            {"here": "31"},
            {"provinces": ("01",)},
            "unmet",
            "Only for firms with a site in Tỉnh 2025:01; the firm has none there.",
        ),
        (
            {},
            {"provinces": ("01",)},
            "unknown",
            "Only for firms with a site in Tỉnh 2025:01; the firm has stated no province.",
        ),
    ],
)
def test_each_condition_is_told_with_how_the_firm_stands_to_it(
    fields: dict[str, Any], conditions: dict[str, Any], verdict: str, sentence: str
) -> None:
    sectors = {code: SectorFactory.create(code=code, name_en=f"Sector {code}") for code in ("a", "b", "c")}
    own = fields.pop("sectors", ())
    supplier = firm(**fields)
    supplier.sectors.set([sectors[code] for code in own])
    sizes = {"employees_least": conditions.get("least"), "employees_most": conditions.get("most")}
    programme = SupportProgrammeFactory.create(**sizes)
    programme.sectors.set([sectors[code] for code in conditions.get("sectors", ())])
    programme.provinces.set([province(code) for code in conditions.get("provinces", ())])

    _period, _standing, condition = told(programme, supplier)

    assert (condition.verdict, condition.sentence) == (verdict, sentence)
    is_listed = SupportProgramme.objects.meant_for(applicant(supplier)).filter(pk=programme.pk).exists()
    assert is_listed == (verdict == "met")


def applicant(supplier: Supplier) -> Any:
    return find_applicant(Supplier.objects.filter(pk=supplier.pk), day=timezone.localdate())


def test_the_sentences_are_also_there_in_vietnamese() -> None:
    programme = SupportProgrammeFactory.create(employees_least=10)
    supplier = firm(employees_total=9)

    with translation.override("vi"):
        _period, standing, size = told(programme, supplier)

    assert standing.sentence == "Dành cho doanh nghiệp đã công bố: doanh nghiệp thuộc diện này."
    assert size.sentence == "Chỉ dành cho doanh nghiệp có ít nhất 10 lao động; doanh nghiệp có 9."


@pytest.mark.parametrize(
    ("state", "is_international", "met"),
    [
        ("draft", False, {"registered"}),
        ("submitted", False, {"registered"}),
        ("suspended", False, set()),
        ("archived", False, set()),
        ("published", False, {"registered", "published", "below_international"}),
        ("published", True, {"registered", "published", "international"}),
    ],
)
def test_standing_is_that_of_the_register_and_of_the_day(state: str, is_international: bool, met: set[str]) -> None:
    supplier = firm(state=state, published_at=timezone.now(), published=False)
    if is_international:
        make_international(supplier)
    programmes = {
        name: SupportProgrammeFactory.create(standing=name)
        for name in ("registered", "published", "below_international", "international")
    }

    verdicts = {name: told(each, supplier)[1].verdict for name, each in programmes.items()}

    assert {name for name, verdict in verdicts.items() if verdict == "met"} == met
    listed = SupportProgramme.objects.meant_for(applicant(supplier)).values_list("standing", flat=True)
    assert set(listed) == met


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": "draft"}, "The programme is not published yet."),
        ({"state": "closed"}, "The programme was closed."),
        ({"opens_on": 3}, "Applications are taken from {opens} on."),
        ({"opens_on": -9, "closes_on": -1}, "The programme ended on {closes}."),
    ],
)
def test_out_of_time_no_firm_qualifies(fields: dict[str, Any], sentence: str) -> None:
    today = timezone.localdate()
    dated = {name: today + timedelta(days=day) if isinstance(day, int) else day for name, day in fields.items()}
    programme = SupportProgrammeFactory.create(**dated)

    found = told(programme, firm())

    opens, closes = programme.opens_on.isoformat(), programme.closes_on.isoformat()
    assert found[0] == Condition("period", "unmet", sentence.format(opens=opens, closes=closes))
    assert not qualifies(found)
    assert not SupportProgramme.objects.accepting_on(today).exists()


def test_the_list_finds_a_programme_exactly_where_all_sentences_are_met() -> None:
    here, there = province("01"), province("31")
    sectors = [SectorFactory.create(code=code) for code in ("a", "b")]
    for sized, placed, sectored in product((None, 50), ((), (here,), (here, there)), ((), sectors[:1], sectors)):
        programme = SupportProgrammeFactory.create(employees_least=sized)
        programme.provinces.set(placed)
        programme.sectors.set(sectored)
    firms = [firm(employees_total=number, here=place) for number, place in product((None, 49, 50), ("", "01", "31"))]
    for number, supplier in enumerate(firms):
        supplier.sectors.set(sectors[: number % 3])

    compared = 0
    for supplier in firms:
        listed = set(SupportProgramme.objects.meant_for(applicant(supplier)))
        for programme in SupportProgramme.objects.all():
            assert qualifies(told(programme, supplier)) == (programme in listed)
            compared += 1

    assert compared == 9 * 18
