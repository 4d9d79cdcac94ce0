"""The vocabulary over HTTP: open to all, searchable in every language, cacheable, strict about parameters."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.factories.taxonomy import (
    CorridorFactory,
    IndustrialParkFactory,
    IndustryFactory,
    MaterialFactory,
    OldProvinceFactory,
    ProcessFactory,
    ProvinceFactory,
    SectorFactory,
    StandardFactory,
    TermFactory,
)

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/taxonomy"
FACTORIES: dict[str, Any] = {
    "processes": ProcessFactory,
    "materials": MaterialFactory,
    "standards": StandardFactory,
    "provinces": ProvinceFactory,
    "corridors": CorridorFactory,
    "parks": IndustrialParkFactory,
    "industries": IndustryFactory,
    "sectors": SectorFactory,
}


def codes(client: APIClient, path: str) -> list[str]:
    response = client.get(f"{ROOT}/{path}")
    assert response.status_code == 200, response.json()
    return [entry["code"] for entry in response.json()["results"]]


@pytest.mark.usefixtures("loaded")
def test_turning_is_found_first_in_every_language(anonymous_client: APIClient) -> None:
    for question in ("tien cnc", "tiện", "turning", "旋盤", "TIEN", "선반"):
        response = anonymous_client.get(f"{ROOT}/processes", {"q": question})

        first = response.json()["results"][0]
        assert first["code"] == "MACH.CNC_TURN", question
        assert first["names"] == {
            "vi": "Tiện CNC",
            "en": "CNC turning",
            "ja": "CNC旋盤加工",
            "ko": "CNC 선반 가공",
            "zh": "数控车削",
        }


@pytest.mark.usefixtures("loaded")
def test_search_finds_by_grade_alias_old_name_and_accent(anonymous_client: APIClient) -> None:
    assert codes(anonymous_client, "materials?q=1.4301")[0] == "STEEL.SUS304"
    assert codes(anonymous_client, "standards?q=TS16949") == ["IATF16949"]
    assert codes(anonymous_client, "provinces?q=bac giang") == ["24"]
    assert codes(anonymous_client, "provinces?q=HCM&edition=2004") == ["79"]
    assert codes(anonymous_client, "processes?q=tụ điện")[0] == "ELEC.PASSIVE"
    assert codes(anonymous_client, "processes?q=tủ điện")[0] == "SHEET.ENCL"
    assert codes(anonymous_client, "processes?q=powder coatin")[0] == "SURF.POWDER"
    assert codes(anonymous_client, "corridors?q=lang son") == ["HN-LS"]
    assert "quang-minh-industrial-zone" in codes(anonymous_client, "parks?q=quang minh")
    assert codes(anonymous_client, "sectors?q=dệt may") == ["textile_footwear"]


def test_what_nothing_fits_finds_nothing(anonymous_client: APIClient) -> None:
    TermFactory.create(process=ProcessFactory.create(code="TURN"), text="tiện")

    assert codes(anonymous_client, "processes?q=xyzzy") == []
    assert codes(anonymous_client, "processes?q=%21%21") == []
    assert codes(anonymous_client, "processes?q=%25") == []
    assert anonymous_client.get(f"{ROOT}/processes?q=%20").status_code == 400


def test_search_pages_follow_the_order_of_fit(anonymous_client: APIClient) -> None:
    for code, text in (("A", "laser beam cutting"), ("B", "cutting"), ("C", "cutting to length"), ("D", "cutting")):
        TermFactory.create(process=ProcessFactory.create(code=code), text=text)

    first = anonymous_client.get(f"{ROOT}/processes?q=cutting&page_size=2").json()
    second = anonymous_client.get(first["next"]).json()

    assert [entry["code"] for entry in first["results"] + second["results"]] == ["B", "D", "C", "A"]
    assert second["next"] is None
    assert anonymous_client.get(second["previous"]).json()["results"] == first["results"]


def test_the_name_is_in_the_readers_language(anonymous_client: APIClient) -> None:
    ProcessFactory.create(code="TURN", name_vi="Tiện", name_en="Turning", name_ja="旋盤")

    def name(accepted: str) -> str:
        return str(anonymous_client.get(f"{ROOT}/processes/TURN", headers={"accept-language": accepted}).json()["name"])

    assert [name("vi"), name("en-GB"), name("ja,en;q=0.5"), name("ko"), name("fr, vi;q=0.3"), name("*;q=x")] == [
        "Tiện",
        "Turning",
        "旋盤",
        "Turning",
        "Tiện",
        "Tiện",
    ]


def test_an_entry_is_addressed_by_its_code(anonymous_client: APIClient) -> None:
    group = ProcessFactory.create(code="MACH")
    turning = ProcessFactory.create(code="MACH.TURN", parent=group, name_en="Turning", name_vi="Tiện", vsic_2025="2592")
    TermFactory.create(process=turning, text="lathe")

    response = anonymous_client.get(f"{ROOT}/processes/MACH.TURN")

    assert response.json() == {
        "code": "MACH.TURN",
        "name": "Turning",
        "names": {"vi": "Tiện", "en": "Turning"},
        "is_withdrawn": False,
        "parent": "MACH",
        "fields": [],
        "vsic_2025": "2592",
        "synonyms": ["lathe"],
    }
    assert anonymous_client.get(f"{ROOT}/processes/NOPE").status_code == 404


def test_a_province_code_means_the_edition_in_force_unless_another_is_named(anonymous_client: APIClient) -> None:
    today = ProvinceFactory.create(code="24", name_vi="Bắc Ninh", name_en="Bac Ninh")
    OldProvinceFactory.create(code="24", name_vi="Bắc Giang", name_en="Bac Giang", successor=today)
    OldProvinceFactory.create(code="27", name_vi="Bắc Ninh", name_en="Bac Ninh", successor=today)

    assert anonymous_client.get(f"{ROOT}/provinces/24").json()["name"] == "Bac Ninh"
    assert anonymous_client.get(f"{ROOT}/provinces/2004:24").json()["name"] == "Bac Giang"
    assert anonymous_client.get(f"{ROOT}/provinces/27").status_code == 404
    assert anonymous_client.get(f"{ROOT}/provinces/1999:24").status_code == 404
    assert codes(anonymous_client, "provinces") == ["24"]
    assert codes(anonymous_client, "provinces?edition=2004") == ["24", "27"]
    assert anonymous_client.get(f"{ROOT}/provinces/2004:27").json()["successor"] == {
        "edition": "2025",
        "code": "24",
        "name": "Bắc Ninh",
    }


def test_lists_are_narrowed_by_declared_filters(anonymous_client: APIClient) -> None:
    group = ProcessFactory.create(code="MACH")
    ProcessFactory.create(code="MACH.TURN", parent=group)
    StandardFactory.create(code="ISO9001", counts_as_international=True)
    StandardFactory.create(code="BSCI", kind="audit", domain="social")
    hanoi = ProvinceFactory.create(code="01")
    IndustrialParkFactory.create(code="thang-long", province=hanoi)
    IndustrialParkFactory.create(code="que-vo")

    assert codes(anonymous_client, "processes?parent=MACH") == ["MACH.TURN"]
    assert codes(anonymous_client, "processes?parent__isnull=true") == ["MACH"]
    assert codes(anonymous_client, "processes?parent__isnull=false") == ["MACH.TURN"]
    assert codes(anonymous_client, "standards?counts_as_international=true") == ["ISO9001"]
    assert codes(anonymous_client, "standards?kind=audit") == ["BSCI"]
    assert codes(anonymous_client, "parks?province=01") == ["thang-long"]


def test_a_withdrawn_entry_leaves_the_lists_but_keeps_its_address(anonymous_client: APIClient) -> None:
    ProcessFactory.create(code="OLD", is_withdrawn=True)

    assert codes(anonymous_client, "processes") == []
    assert anonymous_client.get(f"{ROOT}/processes/OLD").json()["is_withdrawn"] is True


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("processes?q=a%00b", "/q"),
        ("processes?q=" + "a" * 101, "/q"),
        ("processes?q=" + "a" * 1_000_000, "/q"),
        ("processes?colour=red", "/colour"),
        ("processes?parent=NOPE", "/parent"),
        ("processes?parent__isnull=maybe", "/parent__isnull"),
        ("standards?kind=magic", "/kind"),
        ("standards?counts_as_international=1", "/counts_as_international"),
        ("provinces?edition=1999", "/edition"),
        ("parks?province=99", "/province"),
        ("industries?level=low", "/level"),
        ("sectors?page_size=0", "/page_size"),
        ("sectors?cursor=made-up", "/cursor"),
        ("processes/MACH?q=x", "/q"),
    ],
)
def test_a_bad_parameter_is_named_in_a_problem(anonymous_client: APIClient, path: str, pointer: str) -> None:
    ProcessFactory.create(code="MACH")

    response = anonymous_client.get(f"{ROOT}/{path}")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert [fault["pointer"] for fault in response.json()["errors"]] == [pointer]


@pytest.mark.parametrize("path", ["processes/a%00b", "processes/a/b", "colours", "provinces/:", "provinces/2025:"])
def test_an_address_that_names_nothing_is_a_404(anonymous_client: APIClient, path: str) -> None:
    assert anonymous_client.get(f"{ROOT}/{path}").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_the_vocabulary_over_http(anonymous_client: APIClient, method: str) -> None:
    ProcessFactory.create(code="MACH")

    for path in ("processes", "processes/MACH"):
        assert getattr(anonymous_client, method)(f"{ROOT}/{path}", {}, format="json").status_code == 405


def test_an_unchanged_answer_is_not_sent_again(anonymous_client: APIClient) -> None:
    ProcessFactory.create(code="MACH")
    for path in ("processes", "processes/MACH"):
        first = anonymous_client.get(f"{ROOT}/{path}")
        again = anonymous_client.get(f"{ROOT}/{path}", headers={"if-none-match": first["ETag"]})
        in_vietnamese = anonymous_client.get(
            f"{ROOT}/{path}", headers={"if-none-match": first["ETag"], "accept-language": "vi"}
        )

        assert (again.status_code, again.content) == (304, b"")
        assert in_vietnamese.status_code == 200
        assert first["Cache-Control"] == again["Cache-Control"] == "public, max-age=60"
        assert "Accept-Language" in first["Vary"]


def test_a_changed_vocabulary_has_another_etag(anonymous_client: APIClient) -> None:
    group = ProcessFactory.create(code="MACH")
    before = anonymous_client.get(f"{ROOT}/processes/MACH")["ETag"]

    TermFactory.create(process=group, text="gia công")

    assert anonymous_client.get(f"{ROOT}/processes/MACH")["ETag"] != before


@pytest.mark.parametrize("path", FACTORIES)
def test_a_list_costs_the_same_queries_for_one_row_and_for_fifty(anonymous_client: APIClient, path: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert anonymous_client.get(f"{ROOT}/{path}").status_code == 200
        return len(captured)

    FACTORIES[path].create()
    at_one = queries()
    FACTORIES[path].create_batch(49)

    assert queries() == at_one <= 4
    assert len(codes(anonymous_client, path)) == 50
