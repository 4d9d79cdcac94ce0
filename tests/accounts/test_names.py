"""Firm names as keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.names import name_key
from accounts.phones import e164
from config.errors import InvalidFactError
from config.iso import COUNTRIES


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Công ty TNHH MTV Cơ khí Đông Á", "co khi dong a"),
        ("CÔNG TY CỔ PHẦN CƠ KHÍ ĐÔNG Á", "co khi dong a"),
        ("CTCP Cơ khí Đông Á", "co khi dong a"),
        ("Cty CP Cơ khí Đông Á", "co khi dong a"),
        ("Công ty Trách nhiệm hữu hạn Một thành viên Cơ khí Đông Á", "co khi dong a"),
        ("Dong A Mechanics Co., Ltd.", "dong a mechanics"),
        ("Dong A Mechanics Joint Stock Company", "dong a mechanics"),
        ("Dong A Mechanics One Member Company Limited", "dong a mechanics"),
        ("Dong A Mechanics J.S.C", "dong a mechanics"),
        ("株式会社アルファ", "アルファ"),
        ("㈱アルファ", "アルファ"),
        ("Samsung 주식회사", "samsung"),
        ("Công ty Cơ khí số 2", "co khi so 2"),
        ("Công ty Cơ khí số 3", "co khi so 3"),
        ("Chi nhánh Hà Nội - Công ty Cổ phần Động Cơ", "chi nhanh ha noi dong co"),
        ("Công ty TNHH", "cong ty tnhh"),
    ],
)
def test_the_legal_form_is_left_out_and_what_tells_firms_apart_stays(name: str, key: str) -> None:
    assert name_key(name) == key


def test_two_names_make_one_key_and_equal_ones_are_not_repeated() -> None:
    assert name_key("Công ty TNHH Đông Á", "Dong A Mechanics JSC") == "dong a dong a mechanics"
    assert name_key("Công ty TNHH Đông Á", "DONG A CO., LTD") == "dong a"


@given(st.text(max_size=250), st.text(max_size=250))
def test_a_key_always_fits_its_column_and_is_stable(legal: str, trade: str) -> None:
    assert len(name_key(legal, trade)) <= 500


def test_there_are_249_countries() -> None:
    assert len(COUNTRIES) == 249
    assert {"VN", "JP", "KR"} <= COUNTRIES


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("", ""),
        ("024 3812 3456", "+842438123456"),
        ("(024) 3812-3456", "+842438123456"),
        ("+84 24 3812 3456", "+842438123456"),
        ("0084 24 3812 3456", "+842438123456"),
        ("0901.234.567", "+84901234567"),
        ("+81 3-1234-5678", "+81312345678"),
    ],
)
def test_a_telephone_number_is_understood_as_people_write_it(written: str, number: str) -> None:
    assert e164(written, pointer="/phone") == number


@pytest.mark.parametrize(
    "written", ["12", "0", "abc", "+84", "+999 1234 5678", "1" * 1000, "024 3812 3456 ext 7", "\x00"]
)
def test_what_is_no_telephone_number_is_refused(written: str) -> None:
    with pytest.raises(InvalidFactError) as refusal:
        e164(written, pointer="/phone")

    assert refusal.value.pointer == "/phone"
