"""GET /api/v1/suppliers: what each filter finds, who may ask by what, and what bad input is answered."""

import unicodedata
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.principals import ANONYMOUS, Principal
from suppliers.models import Site, Supplier, SupplierSearch
from suppliers.services import add_capability, remove_capability
from taxonomy.models import Source
from tests.conftest import ClientFor
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.suppliers import (
    CapabilityFactory,
    CertificateFactory,
    SiteFactory,
    SupplierFactory,
    material,
    process,
    province,
    published_supplier,
    standard,
)
from tests.factories.taxonomy import CorridorFactory, SectorFactory, TermFactory

pytestmark = pytest.mark.django_db
SUPPLIERS = "/api/v1/suppliers"
DAY = date(2026, 11, 25)


def verified_buyer() -> Principal:
    return member("buyer", organisation=OrganisationFactory.create(kind="buyer", verified_at=timezone.now()))


def named(legal_name: str, trade_name: str = "", **fields: Any) -> Supplier:
    organisation = OrganisationFactory.create(legal_name=legal_name, trade_name=trade_name)
    return SupplierFactory.create(published=True, organisation=organisation, **fields)


def found(client: APIClient, **query: Any) -> list[str]:
    """Ids of the firms in the list, oldest first."""
    answer = client.get(f"{SUPPLIERS}?{urlencode(query, quote_via=quote)}")
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["results"]][::-1]


def ids(*suppliers: Supplier) -> list[str]:
    return [supplier.public_id for supplier in suppliers]


def errors_of(client: APIClient, **query: Any) -> tuple[int, list[tuple[str, str]]]:
    answer = client.get(f"{SUPPLIERS}?{urlencode(query, quote_via=quote)}")
    return answer.status_code, [
        (error["pointer"].lstrip("/"), error["code"]) for error in answer.json().get("errors", [])
    ]


# Processes and materials


def test_a_process_or_material_finds_all_that_lies_below_it_at_any_depth(anonymous_client: APIClient) -> None:
    machining = process("MACH")
    turning = process("MACH.TURN", below=machining)
    process("MACH.TURN.CNC", below=turning)
    steel = material("STEEL")
    material("SUS304", below=material("STEEL.SS", below=steel))
    grandchild = published_supplier(processes=("MACH.TURN.CNC",), materials=["SUS304"])
    child = published_supplier(processes=("MACH.TURN",), materials=["STEEL.SS"])
    parent = published_supplier(processes=("MACH",), materials=["STEEL"])
    other = published_supplier(processes=("PLATING",), materials=["NYLON"])

    assert found(anonymous_client, process="MACH") == ids(grandchild, child, parent)
    assert found(anonymous_client, process="MACH.TURN") == ids(grandchild, child)
    assert found(anonymous_client, process__in="MACH.TURN.CNC,PLATING") == ids(grandchild, other)
    assert found(anonymous_client, material="STEEL") == ids(grandchild, child, parent)
    assert found(anonymous_client, material="SUS304") == ids(grandchild)
    assert found(anonymous_client, material__in="SUS304,NYLON", process="PLATING") == ids(other)


def test_a_change_is_found_by_the_next_request(anonymous_client: APIClient) -> None:
    firm = published_supplier(processes=("PLATING",))
    by = member("supplier", organisation=firm.organisation)
    site = firm.sites.get()

    added = add_capability(supplier_id=firm.pk, values={"process": process("MACH"), "site": site}, by=by)
    assert found(anonymous_client, process="MACH") == ids(firm)
    remove_capability(capability_id=added.pk, by=by)
    assert found(anonymous_client, process="MACH") == []
    firm.organisation.trade_name = "Thăng Long"
    firm.organisation.save()
    assert found(anonymous_client, q="thang") == ids(firm)


def test_an_entry_that_moves_in_its_tree_takes_its_firms_along(anonymous_client: APIClient) -> None:
    turning = process("TURN", below=process("MACH"))
    firm = published_supplier(processes=("TURN",))

    turning.parent = process("CUT")
    turning.save()

    assert found(anonymous_client, process="MACH") == []
    assert found(anonymous_client, process="CUT") == ids(firm)


def test_a_firm_can_be_deleted_with_all_that_it_is_found_by(anonymous_client: APIClient) -> None:
    firm = published_supplier(materials=["NYLON"])
    CertificateFactory.create(supplier=firm)

    firm.delete()

    assert not SupplierSearch.objects.exists()
    assert found(anonymous_client, material="NYLON") == []


# Standards


def test_a_standard_is_held_by_whoever_holds_one_that_implies_it(anonymous_client: APIClient) -> None:
    iatf, iso = standard("IATF16949"), standard("ISO9001")
    iatf.implies.add(iso)
    automotive = published_supplier()
    CertificateFactory.create(supplier=automotive, standard=iatf)
    plain = published_supplier()
    CertificateFactory.create(supplier=plain, standard=iso)
    rejected = published_supplier()
    CertificateFactory.create(supplier=rejected, standard=iso, state="rejected")

    assert found(anonymous_client, standard="ISO9001") == ids(automotive, plain)
    assert found(anonymous_client, standard="IATF16949") == ids(automotive)
    assert found(anonymous_client, standard="ISO9001", valid_on=timezone.localdate()) == ids(automotive, plain)


@pytest.mark.parametrize(
    ("dates", "is_valid"),
    [
        ({"valid_from": DAY, "expires_on": DAY}, True),
        ({"valid_from": None, "expires_on": DAY}, True),
        ({"valid_from": DAY + timedelta(1), "expires_on": DAY + timedelta(9)}, False),
        ({"valid_from": None, "expires_on": DAY - timedelta(1)}, False),
        ({"valid_from": None, "expires_on": None}, False),
        ({"valid_from": DAY, "expires_on": None, "never_expires": True}, True),
        ({"valid_from": DAY + timedelta(1), "expires_on": None, "never_expires": True}, False),
    ],
)
def test_valid_on_a_day_means_valid_for_sure(
    dates: dict[str, Any], is_valid: bool, anonymous_client: APIClient
) -> None:
    firm = published_supplier()
    CertificateFactory.create(supplier=firm, **dates)

    assert found(anonymous_client, standard="ISO9001", valid_on=DAY) == (ids(firm) if is_valid else [])
    assert found(anonymous_client, standard="ISO9001") == ids(firm)


def test_day_level_and_state_are_asked_of_one_certificate(anonymous_client: APIClient) -> None:
    firm = published_supplier()
    CertificateFactory.create(supplier=firm, level=3, expires_on=DAY - timedelta(1), valid_from=None)
    CertificateFactory.create(supplier=firm, level=1, expires_on=DAY + timedelta(1), valid_from=None)

    assert found(anonymous_client, standard="ISO9001", valid_on=DAY, standard_level__gte=1) == ids(firm)
    assert found(anonymous_client, standard="ISO9001", valid_on=DAY, standard_level__gte=2) == []
    assert found(anonymous_client, standard="ISO9001", standard_level__gte=3) == ids(firm)


# Places


def test_a_province_is_found_in_either_edition_and_a_corridor_by_the_old_one_where_it_is_named(
    anonymous_client: APIClient,
) -> None:
    bac_ninh = province("24")
    bac_giang = province("24", edition="2004", successor=bac_ninh)
    named_old, new_only = published_supplier(), published_supplier()
    Site.objects.filter(supplier=named_old).update(province=bac_ninh, old_province=bac_giang)
    Site.objects.filter(supplier=new_only).update(province=bac_ninh)
    CorridorFactory.create(code="OLD").provinces.set([bac_giang])
    CorridorFactory.create(code="NEW").provinces.set([bac_ninh])
    CorridorFactory.create(code="BOTH").provinces.set([bac_ninh, bac_giang])
    CorridorFactory.create(code="NONE")

    assert found(anonymous_client, province="2025:24") == ids(named_old, new_only)
    assert found(anonymous_client, province="2004:24") == ids(named_old)
    assert found(anonymous_client, province__in="2004:24,2025:01") == ids(named_old)
    assert found(anonymous_client, corridor="OLD") == ids(named_old)
    assert found(anonymous_client, corridor="NEW") == ids(new_only)
    assert found(anonymous_client, corridor="BOTH") == ids(named_old, new_only)
    assert found(anonymous_client, corridor="NONE") == []


def test_distance_counts_sites_of_production_on_the_map(client_for: ClientFor) -> None:
    def at(latitude: float | None, longitude: float | None, role: str = "production") -> Supplier:
        supplier = SupplierFactory.create(published=True)
        SiteFactory.create(supplier=supplier, latitude=latitude, longitude=longitude, role=role)
        return supplier

    here, fifty = at(21.03, 105.85), at(21.4797, 105.85)  # 50.003 km to the north
    at(21.03, 105.85, role="office")
    at(None, None)
    client = client_for(verified_buyer())

    assert found(client, near="21.03,105.85", within_km=50) == ids(here)
    assert found(client, near="21.03,105.85", within_km=50.01) == ids(here, fifty)
    answer = client.get(f"{SUPPLIERS}?near=21.03,105.85&within_km=60").json()["results"]
    assert [row["distance_km"] for row in answer] == [50.0, 0.0]
    assert "distance_km" not in client.get(f"{SUPPLIERS}/{here.public_id}").json()


@pytest.mark.parametrize(("near", "km"), [("0,179.9", 30), ("0,-179.95", 30), ("89.9,0", 60), ("-90,0", 1000)])
def test_distance_knows_the_date_line_and_the_poles(near: str, km: float, client_for: ClientFor) -> None:
    for latitude, longitude in ((0.0, -179.9), (89.9, 180.0), (-85.0, 77.0)):
        SiteFactory.create(supplier=SupplierFactory.create(published=True), latitude=latitude, longitude=longitude)

    assert len(found(client_for(verified_buyer()), near=near, within_km=km)) == 1


# Capacity


def test_capacity_is_asked_of_one_capability_in_any_unit_of_its_kind(client_for: ClientFor) -> None:
    tonnes = published_supplier(monthly_capacity=1.5, capacity_unit="t")
    kilograms = published_supplier(monthly_capacity=1500.0, capacity_unit="kg")
    pieces = published_supplier(monthly_capacity=5000.0, capacity_unit="pcs")
    client = client_for(verified_buyer())

    assert found(client, monthly_capacity__gte=1500, capacity_unit="kg") == ids(tonnes, kilograms)
    assert found(client, monthly_capacity__gte="1.5001", capacity_unit="t") == []
    assert found(client, monthly_capacity__lte="1.5", capacity_unit="t") == ids(tonnes, kilograms)
    assert found(client, monthly_capacity__gte=0, capacity_unit="pcs") == ids(pieces)
    assert found(client, monthly_capacity__gte=1, monthly_capacity__lte=4999, capacity_unit="pcs") == []


def test_capacity_is_that_of_the_process_asked_for(client_for: ClientFor) -> None:
    firm = published_supplier(processes=("PLATING",), monthly_capacity=9.0, capacity_unit="t")
    CapabilityFactory.create(
        site=firm.sites.get(), process=process("TURN", below=process("MACH")), monthly_capacity=1.0, capacity_unit="t"
    )
    client = client_for(verified_buyer())

    assert found(client, monthly_capacity__gte=5, capacity_unit="t", process="MACH") == []
    assert found(client, monthly_capacity__gte=1, capacity_unit="t", process="MACH") == ids(firm)
    assert found(client, monthly_capacity__gte=5, capacity_unit="t", process__in="MACH,PLATING") == ids(firm)


def test_a_capacity_taken_back_is_found_as_long_as_it_is_shown(client_for: ClientFor) -> None:
    today = timezone.localdate()
    figures: dict[str, Any] = {"monthly_capacity": 9.0, "capacity_unit": "t"}
    shown = published_supplier(**figures, withdrawn={"monthly_capacity": str(today - timedelta(364))})
    published_supplier(**figures, withdrawn={"monthly_capacity": str(today - timedelta(365))})

    assert found(client_for(verified_buyer()), monthly_capacity__gte=1, capacity_unit="t") == ids(shown)


# Words


def test_words_ignore_accents_case_form_and_the_way_they_are_composed(anonymous_client: APIClient) -> None:
    firm = named("Công ty TNHH Đúc Đồng Ý Yên", "Y Yen Casting 3")
    named("Công ty Cổ phần Thép Việt")

    for text in ("duc dong", "ĐÚC ĐỒNG", unicodedata.normalize("NFD", "Đúc Đồng"), "y yen", "cast 3", "cty tnhh duc"):
        assert found(anonymous_client, q=text) == ids(firm), text
    assert found(anonymous_client, q="dong thep") == []
    assert found(anonymous_client, q="uc") == []  # words are met at their beginning
    assert found(anonymous_client, q="casting 33") == []


def test_names_without_spaces_are_met_at_each_letter(anonymous_client: APIClient) -> None:
    firm = named("トヨタ精機株式会社", "三星전자")

    for text in ("トヨタ", "精機", "機", "ﾄﾖﾀ", "三星", "星", "전자"):
        assert found(anonymous_client, q=text) == ids(firm), text
    assert found(anonymous_client, q="ハヨタ") == []


def test_words_for_what_a_firm_does_find_it_in_every_language(anonymous_client: APIClient) -> None:
    moulding = process("PLAS.INJ", below=process("PLAS"))
    for language, text in {
        "vi": "ép phun nhựa",
        "en": "injection moulding",
        "ja": "射出成形",
        "zh": "注塑",
        "ko": "사출",
    }.items():
        TermFactory.create(process=moulding, text=text, language=language, source=Source.SYNONYM)
    TermFactory.create(material=material("PA66"), text="nylon 66", language="en", source=Source.SYNONYM)
    firm = published_supplier(processes=("PLAS.INJ",), materials=["PA66"])
    published_supplier(processes=("PLATING",))
    name = firm.organisation.trade_name.split()[-1]

    texts = (
        "ép phun",
        "ep phun nhua",
        "Injection",
        "射出",
        "成形",
        "注塑",
        "사출",
        "nylon",
        "ep phun nylon",
        f"{name} 射出",
    )
    for text in texts:
        assert found(anonymous_client, q=text) == ids(firm), text
    assert found(anonymous_client, q="ep phun cao su") == []


def test_a_group_that_is_named_finds_what_lies_below_it(anonymous_client: APIClient) -> None:
    plastics = process("PLAS")
    process("PLAS.INJ", below=plastics)
    TermFactory.create(process=plastics, text="gia công nhựa", language="vi")
    firm = published_supplier(processes=("PLAS.INJ",))

    assert found(anonymous_client, q="gia cong nhua") == ids(firm)


@pytest.mark.parametrize("text", ["%", "_", "%%%", "'", "\\", "!", "&|!()", ":*", "<->", "''", "*", "/p:MACH", "̀"])
def test_signs_of_query_languages_are_no_words(text: str, anonymous_client: APIClient) -> None:
    published_supplier(processes=("MACH",))

    assert found(anonymous_client, q=text) == []


@pytest.mark.parametrize(
    "text", ["x" * 200, "x " * 100, "精" * 200, "a b c d e f g h i j k l m n", "1e999", "NaN", "đ" * 200]
)
def test_long_and_odd_questions_are_answered(text: str, anonymous_client: APIClient) -> None:
    published_supplier()

    assert found(anonymous_client, q=text) == []


def test_a_sector_is_found(anonymous_client: APIClient) -> None:
    firm, sector = published_supplier(), SectorFactory.create(code="textile")
    firm.sectors.add(sector)
    SectorFactory.create(code="high_tech")

    assert found(anonymous_client, sector="textile") == ids(firm)
    assert found(anonymous_client, sector__in="textile,high_tech") == ids(firm)
    assert found(anonymous_client, sector="high_tech") == []


# Who may ask by what


HIDDEN = (
    {"monthly_capacity__gte": "1", "capacity_unit": "pcs"},
    {"monthly_capacity__lte": "x"},
    {"capacity_unit": "nonsense"},
    {"near": "21.03,105.85", "within_km": "50"},
)
FOR_STAFF = ({"ownership": "fdi"}, {"ownership__in": "fdi"}, {"state": "draft"}, {"state__in": "nonsense"})


@pytest.mark.parametrize("query", HIDDEN + FOR_STAFF)
def test_what_a_reader_may_not_see_it_cannot_ask_by(query: dict[str, str], client_for: ClientFor) -> None:
    firm = published_supplier(monthly_capacity=9.0, capacity_unit="pcs")
    own = member("supplier", organisation=firm.organisation)
    readers = [ANONYMOUS, own, member("supplier"), member("buyer")]

    for reader in [*readers, *([verified_buyer()] if query in FOR_STAFF else [])]:
        answer = client_for(reader).get(SUPPLIERS, query)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
        assert firm.public_id not in answer.content.decode()


def test_staff_ask_by_state_and_ownership(client_for: ClientFor) -> None:
    draft = SupplierFactory.create(ownership="fdi")
    submitted = SupplierFactory.create(state="submitted", ownership="private")
    published_supplier()
    client = client_for(member("agency"))

    assert found(client, state="draft") == ids(draft)
    assert found(client, state__in="draft,submitted") == ids(draft, submitted)
    assert found(client, ownership="fdi") == ids(draft)


def test_descriptions_contacts_and_tax_codes_are_not_searched(client_for: ClientFor) -> None:
    firm = named("Công ty Cơ khí", description_vi="Bí mật", description_en="Secret")
    firm.organisation.contact_name = "Nguyễn Hiếm"
    firm.organisation.save()
    SiteFactory.create(supplier=firm, address="Lô 77 đường Kín", name="Xưởng Ẩn")

    for text in ("bi mat", "secret", "hiem", firm.organisation.tax_code, "kin", "an", "77"):
        for reader in (ANONYMOUS, verified_buyer(), member("agency")):
            assert found(client_for(reader), q=text) == [], text


@pytest.mark.parametrize("state", ["draft", "submitted", "suspended", "archived"])
def test_filters_find_only_what_the_reader_sees(state: str, client_for: ClientFor) -> None:
    firm = published_supplier(processes=("MACH",))
    Supplier.objects.update(state=state)
    own = member("supplier", organisation=firm.organisation)

    for reader in (ANONYMOUS, member("supplier"), verified_buyer()):
        assert found(client_for(reader), process="MACH") == []
    assert found(client_for(own), process="MACH") == ids(firm)
    assert found(client_for(member("agency")), process="MACH") == ids(firm)


# Order


def walked(client: APIClient, **query: str) -> list[str]:
    """Ids through all pages of one row, then back: both ways give the same."""
    answer = client.get(SUPPLIERS, {**query, "page_size": "1"}).json()
    there, back = [answer], []
    while there[-1]["next"]:
        there.append(client.get(there[-1]["next"]).json())
    back.append(there[-1])
    while back[-1]["previous"]:
        back.append(client.get(back[-1]["previous"]).json())
    ids_there = [row["id"] for page in there for row in page["results"]]
    assert [row["id"] for page in reversed(back) for row in page["results"]] == ids_there
    return ids_there


def test_firms_are_sorted_by_name_without_accents_and_legal_form(anonymous_client: APIClient) -> None:
    second = named("Công ty TNHH Đúc Đồng")
    third = named("Công ty Cổ phần Đức Minh")
    first = named("Cơ khí An Phát")
    also_first = named("Co khi An Phat")

    assert walked(anonymous_client, ordering="name") == ids(first, also_first, second, third)
    assert walked(anonymous_client, ordering="-name", q="duc") == ids(third, second)


def test_firms_are_sorted_by_distance_where_it_is_asked_for(client_for: ClientFor) -> None:
    def at(latitude: float) -> Supplier:
        supplier = SupplierFactory.create(published=True)
        SiteFactory.create(supplier=supplier, latitude=latitude, longitude=105.85)
        return supplier

    far, near, middle, also_near = at(21.4), at(21.03), at(21.2), at(21.03)
    SiteFactory.create(supplier=far, latitude=21.3, longitude=105.85)
    client = client_for(verified_buyer())
    place = {"near": "21.03,105.85", "within_km": "100"}

    assert walked(client, ordering="distance", **place) == ids(near, also_near, middle, far)
    assert walked(client, ordering="-distance", **place) == ids(far, middle, also_near, near)
    assert errors_of(client, ordering="distance") == (400, [("ordering", "unknown_name")])
    for hidden in ("published_at", "updated_at", "tax_code", "organisation__legal_name"):
        assert errors_of(client, ordering=hidden) == (400, [("ordering", "unknown_name")])


# Bad input


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({"q": "x" * 201}, "q", "max_length"),
        ({"process": "NONE"}, "process", "invalid_choice"),
        ({"process__in": "MACH,NONE"}, "process__in", "unknown_code"),
        ({"process__in": ",".join(f"P{n}" for n in range(51))}, "process__in", "max_length"),
        ({"material": "NONE"}, "material", "invalid_choice"),
        ({"corridor": "NONE"}, "corridor", "invalid_choice"),
        ({"province": "24"}, "province", "invalid"),
        ({"province__in": "2025:01,24"}, "province__in", "invalid"),
        ({"valid_on": "2026-11-25"}, "valid_on", "incomplete"),
        ({"standard": "ISO9001", "valid_on": "25/13/2026"}, "valid_on", "invalid"),
        ({"standard_level__gte": "2"}, "standard_level__gte", "incomplete"),
        ({"standard": "ISO9001", "standard_level__gte": "5"}, "standard_level__gte", "max_value"),
        ({"monthly_capacity__gte": "5"}, "monthly_capacity__gte", "incomplete"),
        ({"capacity_unit": "pcs"}, "capacity_unit", "incomplete"),
        ({"monthly_capacity__gte": "NaN", "capacity_unit": "pcs"}, "monthly_capacity__gte", "invalid"),
        ({"monthly_capacity__gte": "1e400", "capacity_unit": "pcs"}, "monthly_capacity__gte", "invalid"),
        ({"monthly_capacity__gte": "9" * 400, "capacity_unit": "pcs"}, "monthly_capacity__gte", "invalid"),
        ({"monthly_capacity__gte": "-1", "capacity_unit": "pcs"}, "monthly_capacity__gte", "min_value"),
        ({"monthly_capacity__gte": "1", "capacity_unit": "bushel"}, "capacity_unit", "invalid_choice"),
        ({"near": "21.03,105.85"}, "near", "incomplete"),
        ({"within_km": "5"}, "within_km", "incomplete"),
        ({"near": "NaN,105", "within_km": "5"}, "near", "invalid"),
        ({"near": "inf,1e5", "within_km": "5"}, "near", "invalid"),
        ({"near": "91,105", "within_km": "5"}, "near", "invalid"),
        ({"near": "21", "within_km": "5"}, "near", "invalid"),
        ({"near": "21.03,105.85", "within_km": "1001"}, "within_km", "max_value"),
        ({"near": "21.03,105.85", "within_km": "infinity"}, "within_km", "invalid"),
        ({"state": "nonsense"}, "state", "invalid_choice"),
        ({"state__in": "draft,nonsense"}, "state__in", "invalid_choice"),
    ],
)
def test_bad_parameters_are_named(query: dict[str, str], pointer: str, code: str, client_for: ClientFor) -> None:
    process("MACH"), standard("ISO9001")

    assert errors_of(client_for(member("agency")), **query) == (400, [(pointer, code)])


# Cost


QUERIES: list[dict[str, str]] = [
    {"q": "mechanics"},
    {"process": "MACH", "material": "NYLON", "province": "2025:01"},
    {"standard": "ISO9001", "valid_on": "2026-11-25", "standard_level__gte": "0"},
    {"near": "21.03,105.85", "within_km": "50"},
    {"monthly_capacity__gte": "1", "capacity_unit": "pcs", "process": "MACH"},
]


@pytest.mark.parametrize("query", QUERIES)
def test_fifty_rows_cost_as_many_queries_as_one(query: dict[str, str], client_for: ClientFor) -> None:
    client = client_for(verified_buyer())

    def add() -> None:
        firm = SupplierFactory.create(published=True)
        site = SiteFactory.create(supplier=firm, latitude=21.03, longitude=105.85)
        CapabilityFactory.create(
            site=site, process=process("MACH"), materials=["NYLON"], monthly_capacity=5.0, capacity_unit="pcs"
        )
        CertificateFactory.create(supplier=firm, valid_from=None, never_expires=True, expires_on=None)

    def queries(rows: int) -> int:
        found(client, **query)  # the process keeps the vocabulary that it reads
        with CaptureQueriesContext(connection) as asked:
            assert len(found(client, **query)) == rows
        return len(asked)

    add()
    few = queries(1)
    for _ in range(49):
        add()

    assert queries(50) == few
