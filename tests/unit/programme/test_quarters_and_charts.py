"""Quarters of a year, and the charts' arithmetic."""

from datetime import date

import pytest

from matchmaking.programme.charts import TILES, share_columns, tile_map, width_pct
from matchmaking.programme.quarters import Quarter, quarters_from


@pytest.mark.parametrize(
    ("day", "name", "first", "last"),
    [
        (date(2026, 1, 1), "2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        (date(2028, 2, 29), "2028-Q1", date(2028, 1, 1), date(2028, 3, 31)),
        (date(2026, 9, 30), "2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
        (date(2026, 12, 31), "2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_each_day_lies_in_one_quarter(day: date, name: str, first: date, last: date) -> None:
    quarter = Quarter.of(day)

    assert (str(quarter), quarter.first_day, quarter.last_day) == (name, first, last)
    assert quarter.following.preceding == quarter


def test_quarters_go_on_over_the_year() -> None:
    assert list(map(str, quarters_from(date(2026, 11, 26), number=3))) == ["2026-Q4", "2027-Q1", "2027-Q2"]


def test_columns_stand_on_one_line_below_the_goal() -> None:
    chart = share_columns(["a", "b", "c"], [40.0, 20.0, None], 40)

    assert chart.width == 252
    assert [(column.x, column.y, column.height) for column in chart.columns] == [
        (42, 37, 127),
        (126, 100, 64),
        (210, 164, 0),
    ]
    assert (chart.goal_y, chart.base_y) == (37, 164)


def test_no_two_provinces_share_a_tile_and_a_strange_one_stands_below() -> None:
    assert len(set(TILES.values())) == len(TILES) == 34

    drawn = tile_map(["Hà Nội", "Bắc Ninh", "?"], ["01", "24", "xx"], [4, 1, 0])

    assert [(tile.row, tile.x, tile.y, tile.shade) for tile in drawn.tiles] == [
        ("Hà Nội", 156, 100, "1.00"),
        ("Bắc Ninh", 234, 100, "0.50"),
        ("?", 0, 150, "0.00"),
    ]
    assert (drawn.width, drawn.height) == (312, 200)


@pytest.mark.parametrize(("value", "most", "width"), [(5, 10, 50), (20, 10, 100), (None, 10, 0), (3, 0, 0)])
def test_a_bar_is_as_long_as_its_share_of_the_longest(value: float | None, most: float, width: int) -> None:
    assert width_pct(value, most) == width
