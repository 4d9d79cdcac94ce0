"""When two addresses are one place."""

import pytest

from suppliers.duplicates.addresses import likeness, take_apart


def alike(one: str, other: str) -> float:
    return round(likeness(take_apart(one), take_apart(other)), 3)


@pytest.mark.parametrize(
    ("one", "other", "least"),
    [
        ("Lô 12, KCN Thăng Long, Đông Anh, Hà Nội", "Lot 12 Thang Long Industrial Park, Dong Anh, Ha Noi", 0.9),
        ("Số 5 đường Nguyễn Trãi, Thanh Xuân, Hà Nội", "No. 5 Nguyen Trai Street, Thanh Xuan, Hanoi 100000", 0.9),
        ("Lô 12, KCN Thăng Long", "Lô12 , kcn thăng long", 1.0),
        ("Plot 90, Ashulia, Savar, Dhaka", "Plot 90 Ashulia Savar Dhaka 1341", 0.9),
        ("Lô T4, Khu công nghệ cao, TP. Thủ Đức", "Lot T4 Hi-Tech Park, Thu Duc City", 0.9),
        ("Rua da Boa Vista 115, Braga", "Str. Boa Vista 115 Braga", 0.85),
    ],
)
def test_one_place_however_it_is_written(one: str, other: str, least: float) -> None:
    assert alike(one, other) >= least
    assert alike(other, one) >= least


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lô 12, KCN Thăng Long, Hà Nội", "Lô 45, KCN Thăng Long, Hà Nội"),
        ("Số 5 Nguyễn Trãi, Hà Nội", "Lô 5 KCN Sóng Thần, Bình Dương"),
        ("Lô 12, KCN Thăng Long, Hà Nội", ""),
        ("Việt Nam", "Vietnam"),
    ],
)
def test_other_places_and_none_at_all_are_not_alike(one: str, other: str) -> None:
    assert alike(one, other) <= 0.55


@pytest.mark.parametrize("other", ["Hà Nội", "Số 5 Nguyễn Trãi, Hà Nội"])
def test_an_address_that_names_no_more_than_a_town_says_little(other: str) -> None:
    assert alike("Thành phố Hà Nội", other) == alike(other, "Thành phố Hà Nội") == 0.7
