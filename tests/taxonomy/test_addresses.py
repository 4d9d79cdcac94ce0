"""The province of a free-text address, of today and of before July 2025."""

import pytest

from taxonomy.addresses import find_province
from taxonomy.models import Kind
from taxonomy.resolver import Outcome, resolve
from taxonomy.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("address", "current", "old"),
    [
        ("Bắc Giang", "2025:24", "2004:24"),
        ("HN", "2025:01", "2004:01"),
        ("Vĩnh Phúc", "2025:25", "2004:26"),
        ("Thanh Hóa", "2025:38", "2004:38"),
        ("Bà Rịa - Vũng Tàu", "2025:79", "2004:77"),
        ("tp ho chi minh", "2025:79", None),
        ("TP.HCM", "2025:79", None),
        ("KCN Quế Võ, Bắc Ninh", "2025:24", None),
        ("KCN Quế Võ, huyện Quế Võ, Bắc Ninh", "2025:24", "2004:27"),
        ("Go Dau District,TayNinh Province. Vietnam.", "2025:80", "2004:72"),
        ("VSIP Bac Ninh Tu Son Bac Ninh Vietnam", "2025:24", None),
        ("12 Phố Huế, Hai Bà Trưng, Hà Nội", "2025:01", "2004:01"),
        ("Đường Điện Biên Phủ, Quận 3, TPHCM", "2025:79", "2004:79"),
        ("Xã Long An, huyện Cần Giuộc, Long An, 85000", "2025:80", "2004:80"),
        ("Long Hau - Hoa Binh Industrial Park, Thu Thua District, Long An", "2025:80", "2004:80"),
    ],
)
def test_the_province_named_last_counts_and_its_edition_where_the_address_tells(
    shipped: Vocabulary, address: str, current: str, old: str | None
) -> None:
    place = find_province(address, vocabulary=shipped)

    assert place is not None
    assert (place.current, place.old) == (current, old)


@pytest.mark.parametrize(
    "address",
    ["", "Vietnam.", "Tokyo, Japan", "xa lộ Hà Nội, Thủ Đức", "Road 12, Song Than 2 Industrial Park, Di An", ",;,"],
)
def test_streets_and_wards_that_bear_a_provinces_name_do_not_count(shipped: Vocabulary, address: str) -> None:
    assert find_province(address, vocabulary=shipped) is None


def test_accents_that_contradict_a_province_keep_it_out(shipped: Vocabulary) -> None:
    assert find_province("Hạ Nội", vocabulary=shipped) is None


def test_every_old_province_leads_to_one_of_today(shipped: Vocabulary) -> None:
    parents = shipped.index(Kind.PROVINCE).parents

    assert sum(code.startswith("2004:") for code in parents) == 63
    assert {successor for successor in parents.values() if successor} == {c for c in parents if c.startswith("2025:")}


def test_a_province_resolves_to_the_one_of_today(shipped: Vocabulary) -> None:
    found = resolve(Kind.PROVINCE, "Tỉnh Bắc Giang", vocabulary=shipped)

    assert (found.outcome, found.code) == (Outcome.SURE, "2025:24")
    assert resolve(Kind.PROVINCE, "Atlantis", vocabulary=shipped).outcome == Outcome.UNKNOWN
