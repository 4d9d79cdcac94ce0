"""Firms are found by words, in any language and without accents."""

import unicodedata

import pytest
from rest_framework.test import APIClient

from accounts.principals import ANONYMOUS
from taxonomy.models import Source
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.suppliers import (
    SiteFactory,
    material,
    process,
    published_supplier,
)
from tests.factories.taxonomy import SectorFactory, TermFactory
from tests.suppliers.search.scene import found, ids, named, verified_buyer

pytestmark = pytest.mark.django_db


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


def test_descriptions_contacts_and_tax_codes_are_not_searched(client_for: ClientFor) -> None:
    firm = named("Công ty Cơ khí", description_vi="Bí mật", description_en="Secret")
    firm.organisation.contact_name = "Nguyễn Hiếm"
    firm.organisation.save()
    SiteFactory.create(supplier=firm, address="Lô 77 đường Kín", name="Xưởng Ẩn")

    for text in ("bi mat", "secret", "hiem", firm.organisation.tax_code, "kin", "an", "77"):
        for reader in (ANONYMOUS, verified_buyer(), member("agency")):
            assert found(client_for(reader), q=text) == [], text
