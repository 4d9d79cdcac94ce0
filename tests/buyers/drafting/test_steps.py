"""Tolerances and roughness belong to the step that shapes, thicknesses to the coating."""

from typing import Any

import pytest

from buyers.drafting.draft import draft_from

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]


def steps(text: str, field: str) -> list[tuple[str, Any]]:
    return [(step["process"], step.get(field)) for step in draft_from(text).requirement["operations"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CNC turning, hard anodizing, ±0.02", [("MACH.CNC_TURN", 0.02), ("SURF.ANOD", None)]),
        (
            "dập liên hoàn, tôi cao tần, mạ kẽm, dung sai ±0.1",
            [("STMP.PROG", 0.1), ("HEAT.INDUCT", None), ("SURF.ZN", None)],
        ),
        ("mạ kẽm 8±2 µm, tiện CNC ±0.02", [("SURF.ZN", 0.002), ("MACH.CNC_TURN", 0.02)]),
        ("tiện CNC ±0.05, thấm carbon sâu 0.8±0.1 mm", [("MACH.CNC_TURN", 0.05), ("HEAT.CARB", 0.1)]),
        ("khoan, lỗ Ø10 H7 doa", [("MACH.DRILL", None), ("MACH.BORE", 0.0075)]),
        ("powder coating, ±0.2", [("SURF.POWDER", 0.2)]),
        ("±0.1, sơn tĩnh điện, cắt laser", [("SURF.POWDER", None), ("SHEET.LASER", 0.1)]),
    ],
)
def test_a_tolerance_belongs_to_the_step_that_can_hold_it(text: str, expected: list[tuple[str, Any]]) -> None:
    assert steps(text, "tolerance_mm") == expected


def test_roughness_goes_with_the_shape_and_size_with_what_is_named_last() -> None:
    text = "CNC turning, zinc plating, Ra 0.8, Ø20 x 100"

    assert steps(text, "roughness_um") == [("MACH.CNC_TURN", 0.8), ("SURF.ZN", None)]
    assert steps(text, "part_size_mm") == [("MACH.CNC_TURN", None), ("SURF.ZN", [100.0, 20.0, 20.0])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bearing seat, CNC turning", ["MACH.CNC_TURN"]),
        ("Nhà máy lắp ráp TV cần: dập liên hoàn", ["STMP.PROG"]),
        ("tìm công ty dập liên hoàn", ["STMP.PROG"]),
        ("e-coating (KTL) of welded frames", ["SURF.ECOAT"]),
        ("gia công kết cấu thép, hàn MAG", ["SHEET.STRUCT", "WELD.MIG"]),
        ("đúc cát gang FC250, gia công mặt bích", ["CAST.SAND", "MACH"]),
        ("gia công đúc cát gang FC250", ["CAST.SAND"]),
        ("gia công chi tiết nhôm A7075, dung sai lỗ H7 phi 12, anod đen", ["MACH", "SURF.ANOD"]),
        ("anod đen, gia công theo bản vẽ, phi 12 ±0.02", ["SURF.ANOD", "MACH"]),
        ("gia công mạ kẽm, phi 12 ±0.02", ["SURF.ZN"]),
        ("mạ kẽm trục phi 20 ±0.02, trục bên em tự gia công", ["SURF.ZN"]),
        ("làm 1 bộ khuôn ép nhựa, mạ crom", ["TOOL.INJM", "SURF.NICR"]),
        ("ép phun, mỗi mã nhựa 3.000 cái/tháng", ["PLAS.INJ"]),
        ("uu tien co ISO 14001, phay CNC", ["MACH.CNC_MILL3"]),
        ("machined and deburred", ["MACH", "MACH.DEBURR"]),
        ("dập nguội thép SECC", ["STMP"]),
    ],
)
def test_work_is_what_is_asked_for_and_not_what_is_said_besides(text: str, expected: list[str]) -> None:
    assert [step["process"] for step in draft_from(text).requirement["operations"]] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Aluminium extrusion 6063, anodized", ["AL.6063"]),
        ("nhôm đùn 6063, khoan", ["AL.6063"]),
        ("Aluminium extrusion 6063 pcs", None),
        ("gang cầu FCD450 đúc cát", ["IRON.FCD"]),
        ("CNC turning, JIS S45C", ["STEEL.S45C"]),
    ],
)
def test_a_grade_is_read_beside_the_work(text: str, expected: list[str] | None) -> None:
    assert draft_from(text).requirement["operations"][0].get("materials") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "ISO 9001, IATF 16949\nRất mong nhận được phản hồi của Quý công ty",
            {"standards_required": ["ISO9001", "IATF16949"]},
        ),
        ("vật liệu chống cháy UL94 V-0", {}),
        ("UL 508A not necessary", {}),
        ("sản lượng năm 60.000 cái", {"monthly_quantity": 5000.0, "quantity_unit": "pcs"}),
        ("tháng 4.000 cái", {"monthly_quantity": 4000.0, "quantity_unit": "pcs"}),
        ("45,000 pairs a month", {}),
        ("xong trong 5 ngày", {"lead_time_days": 5.0}),
        ("8 weeks FOB Hai Phong", {"lead_time_days": 56.0}),
        ("TG: 3 tuần", {"lead_time_days": 21.0}),
        ("giá tốt, 5 working days, cảm ơn", {"lead_time_days": 7.0}),
        ("gửi báo giá trong 3 ngày", {}),
        ("thanh toán, 30 ngày kể từ hóa đơn", {}),
        ("delivery 60 days for T1", {}),
        ("Part,Process,Monthly qty\nClip,stamping,250000", {"monthly_quantity": 250000.0, "quantity_unit": "pcs"}),
        ("A | B | Qty/month\n---|---|---\nx | y | 1,500", {"monthly_quantity": 1500.0, "quantity_unit": "pcs"}),
    ],
)
def test_of_the_order_only_what_is_said_of_it_is_read(text: str, expected: dict[str, Any]) -> None:
    told = draft_from(text).requirement

    assert {name: told[name] for name in told if name not in ("title", "description", "operations")} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ø45xØ30x8", [8.0, 45.0, 45.0]),
        ("OD 30 ID 20 L 15", [15.0, 30.0, 30.0]),
        ("phi 20 dày 3", [3.0, 20.0, 20.0]),
        ("dia. 12 +0/-0.018 x 80", [80.0, 12.0, 12.0]),
        ("ống phi 19 dày 1.2", None),
        ("wire dia 1.0, free length 25", None),
    ],
)
def test_rings_and_discs_have_sizes_and_tubes_and_wires_do_not(text: str, expected: list[float] | None) -> None:
    (step,) = draft_from(f"tiện CNC, {text}").requirement["operations"]

    assert step.get("part_size_mm") == expected


@pytest.mark.parametrize(
    ("text", "park", "province"),
    [
        ("Our plant: Que Vo 2, Bac Ninh", "que-vo-industrial-park-2", "2025:24"),
        ("for our Yen My II plant", "yen-my-ii-industrial-zone", "2025:33"),
        ("2500 shafts, hai duong area", None, "2025:31"),
        ("1.000 tấm. Thái Nguyên.", None, "2025:19"),
        ("FOB Hai Phong", None, "2025:31"),
    ],
)
def test_places_are_found_where_no_word_leads_to_them(text: str, park: str | None, province: str) -> None:
    assert draft_from(text).place == {"park": park, "province": province}


def test_a_name_on_a_line_of_its_own_is_no_place() -> None:
    assert draft_from("Trân trọng,\nThái Bình").place is None
