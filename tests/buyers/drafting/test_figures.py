"""Figures as people write them, in the units that are stored."""

from typing import Any

import pytest

from buyers.drafting.figures import figures
from buyers.drafting.fits import half_width_mm
from buyers.drafting.numbers import figure, scaled


@pytest.mark.parametrize(
    ("text", "counted", "measured"),
    [
        ("5.000", 5000, 5),
        ("5,000", 5000, 5),
        ("0,02", 0.02, 0.02),
        ("0.005", 0.005, 0.005),
        ("1.250.000", 1250000, 1250000),
        ("1,250.5", 1250.5, 1250.5),
        ("1.250,5", 1250.5, 1250.5),
        ("12", 12, 12),
    ],
)
def test_points_and_commas(text: str, counted: float, measured: float) -> None:
    assert (figure(text, counts=True), figure(text)) == (counted, measured)


@pytest.mark.parametrize(
    ("number", "scale", "value"), [("10", "k", 1e4), ("1,5", " trieu", 1.5e6), ("2", "vạn", 2e4), ("5.000", "", 5e3)]
)
def test_words_that_multiply(number: str, scale: str, value: float) -> None:
    assert scaled(number, scale) == value


@pytest.mark.parametrize(
    ("grade", "size", "half"),
    [(7, 20, 0.0105), (6, 25, 0.0065), (7, 18, 0.009), (11, 3, 0.03), (8, 500, 0.0485), (7, 501, None), (3, 20, None)],
)
def test_half_the_width_of_a_grade(grade: int, size: float, half: float | None) -> None:
    """Figures of ISO 286-1; a size on the border belongs to the column that it ends."""
    assert half_width_mm(grade, size) == half


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("dung sai ±0,02", "tolerance_mm", 0.02),
        ("tolerance +/- 0.002 in", "tolerance_mm", 0.0508),
        ("±20 µm", "tolerance_mm", 0.02),
        ("độ chính xác 5 micron", "tolerance_mm", 0.005),
        ("cộng trừ 0.1 mm", "tolerance_mm", 0.1),
        ("Ra ≤ 1.6", "roughness_um", 1.6),
        ("độ nhám bề mặt Ra 0,8 µm", "roughness_um", 0.8),
        ("roughness 32 microinch", "roughness_um", 0.8128),
        ("120x80x25", "part_size_mm", [120, 80, 25]),
        ("10 × 8 × 5 cm", "part_size_mm", [100, 80, 50]),
        ("Ø20x180", "part_size_mm", [180, 20, 20]),
        ("đường kính 30", "diameter_mm", 30),
        ("dia. 1 inch", "diameter_mm", 25.4),
        ("dài 3 m", "length_mm", 3000),
        ("45 mm long", "length_mm", 45),
        ("nặng 400 g", "part_mass_kg", 0.4),
        ("part weight 2 lbs", "part_mass_kg", 0.90718474),
        ("18 kg per piece", "part_mass_kg", 18),
        ("5.000 cái/tháng", "monthly_quantity", (5000, "pcs")),
        ("500 cai/thang", "monthly_quantity", (500, "pcs")),
        ("60,000 pcs per year", "monthly_quantity", (5000, "pcs")),
        ("300 bộ mỗi quý", "monthly_quantity", (100, "set")),
        ("120 tấn thép tấm/tháng", "monthly_quantity", (120, "t")),
        ("120 pcs per week", "monthly_quantity", (520, "pcs")),
        ("annual volume: 2.4 million pcs", "monthly_quantity", (200000, "pcs")),
        ("EAU 24k, MOQ 1k", "monthly_quantity", (2000, "pcs")),
        ("MOQ 500", "moq", 500),
        ("đặt hàng tối thiểu 1.000 cái", "moq", 1000),
        ("lead time 4 weeks", "lead_time_days", 28),
        ("giao trong vòng 30 ngày", "lead_time_days", 30),
        ("delivery within 10 working days", "lead_time_days", 14),
        ("15 ngày làm việc là thời gian giao hàng 15 ngày làm việc", "lead_time_days", 21),
        ("trong bán kính 50 km", "near_km", 50),
        ("200 parts", "quantity", (200, "pcs")),
        ("+0.02/-0.01", "tolerance_mm", 0.015),
        ("dung sai 0/-0,05 mm", "tolerance_mm", 0.025),
        ("dung sai 2 zem", "tolerance_mm", 0.2),
        ("dung sai 2 phần trăm", "tolerance_mm", 0.02),
        ("milled to .005 in.", "tolerance_mm", 0.127),
        ("finish 0.8 Ra", "roughness_um", 0.8),
        ("▽▽▽", "roughness_um", 1.6),
        ('12" x 9" x 1.5"', "part_size_mm", [304.8, 228.6, 38.1]),
        ("W800 x D600 x H300", "part_size_mm", [800, 600, 300]),
        ("dài 60 rộng 40 cao 15 mm", "part_size_mm", [60, 40, 15]),
        ("ø3.0 ±0.01 x 14.5 mm", "part_size_mm", [14.5, 3, 3]),
        ("6.000 x 1.500 x 12 mm", "part_size_mm", [6000, 1500, 12]),
        ("nặng 1kg2", "part_mass_kg", 1.2),
        ("between 8 and 12 kg each", "part_mass_kg", 12),
        ("2,500 pcs/m", "monthly_quantity", (2500, "pcs")),
        ("mười nghìn cái một tháng", "monthly_quantity", (10000, "pcs")),
        ("mỗi tuần 300 trục", "monthly_quantity", (1300, "pcs")),
        ("1.2 mio pcs p.a.", "monthly_quantity", (100000, "pcs")),
        ("Số lượng (cái/tháng): 1.200", "monthly_quantity", (1200, "pcs")),
        ("Part | Mat. | Qty/yr\nPulley | A6061 | 36,000", "monthly_quantity", (3000, "pcs")),
        ("L/T 4-6 weeks", "lead_time_days", 42),
        ("giao tại Nhơn Trạch, Đồng Nai trong 10 ngày", "lead_time_days", 10),
        ("5 weeks lead time", "lead_time_days", 35),
    ],
)
def test_what_a_phrase_states(text: str, field: str, value: Any) -> None:
    found = [read for read in figures(text) if read.field == field]

    assert [read.value for read in found] == [pytest.approx(value) if isinstance(value, float) else value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Ø25 h6", 0.0065),
        ("phi 20 H7", 0.0105),
        ("đường kính 30 mm, IT8", 0.0165),
        ("IT7, Ø20", 0.0105),
        ("bore H7 Ø12", 0.009),
    ],
)
def test_a_grade_is_half_its_width_at_the_size_beside_it(text: str, value: float) -> None:
    assert [read.value for read in figures(text) if read.field == "tolerance_mm"] == [value]


@pytest.mark.parametrize(
    "text",
    [
        *("IT7", "S45C h6", "ISO 9001:2015", "SUS304", "khoảng 5 năm", "HRC 50-55", "KCN số 2", ""),
        *("180 ±5 g", "PPAP L3", "dung sai ISO 2768-m", "chi phí 20 triệu", "5.000 USD/tháng", "thanh toán 30 ngày"),
    ],
)
def test_what_states_no_figure_gives_none(text: str) -> None:
    assert figures(text) == []
