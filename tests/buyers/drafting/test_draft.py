"""Each field with the words that state it; what leaves a doubt is asked; nothing is invented."""

from typing import Any

import pytest

from buyers.drafting.draft import draft_from
from buyers.drafting.model import Draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]

ASKED = (
    "cần gia công trục thép S45C phi 20, dung sai ±0.02, 5000 cái/tháng, có ISO 9001, giao tại KCN Phú Nghĩa, rất mềm"
)


def told(draft: Draft) -> list[tuple[str, str, Any]]:
    return [(draft.text[read.start : read.end], read.field or read.question, read.value) for read in draft.readings]


def test_every_reading_says_where_it_stands() -> None:
    draft = draft_from(ASKED)

    assert told(draft) == [
        ("gia công", "/operations/0/process", "MACH"),
        ("thép S45C", "/operations/0/materials/0", "STEEL.S45C"),
        ("phi 20", "length_missing", 20.0),
        ("dung sai ±0.02", "/operations/0/tolerance_mm", 0.02),
        ("5000 cái/tháng", "/monthly_quantity", 5000.0),
        ("ISO 9001", "/standards_required/0", "ISO9001"),
        ("KCN Phú Nghĩa", "/plant", "kcn-phu-nghia"),
    ]
    assert draft.place == {"park": "kcn-phu-nghia", "province": "2025:01"}
    assert [draft.text[start:end] for start, end in draft.not_understood] == ["trục", "mềm"]
    assert draft.requirement["title"] == ASKED[:120].strip()
    assert [read.confidence for read in draft.readings][:3] == [0.5, 0.98, 0.95]


@pytest.mark.parametrize(
    ("text", "question", "candidates"),
    [
        ("ép nhựa", "ambiguous", ("PLAS", "PLAS.INJ")),
        ("gia công theo bản vẽ", "ambiguous", ("SHEET", "MACH")),
        ("tiện CNC, không cần ISO 14001", "denied", ("ISO14001",)),
        ("CNC turning without powder coating", "denied", ("SURF.POWDER",)),
        ("CNC turning, ISO/TS 16949", "superseded", ("IATF16949",)),
        ("wire EDM of dies", "thing", ("TOOL",)),
        ("±0.02 mm", "no_process", ()),
        ("CNC turning, 200 pcs", "quantity_without_period", ()),
        ("CNC turning, lead time 2 weeks, delivery in 3 weeks", "said_twice", ()),
    ],
)
def test_what_leaves_a_doubt_is_asked_and_fills_nothing(text: str, question: str, candidates: tuple[str, ...]) -> None:
    draft = draft_from(text)

    (asked,) = [read for read in draft.readings if read.question == question]
    assert (asked.field, set(asked.candidates)) == ("", set(candidates))


def test_a_thing_apart_from_the_work_does_not_take_its_place() -> None:
    apart = draft_from("sheet metal stamping of SPCC, progressive die, powder coated")
    beside = draft_from("carton packaging")

    assert [each["process"] for each in apart.requirement["operations"]] == ["STMP", "SURF.POWDER"]
    assert ("progressive die", "thing", None) in told(apart)
    assert [each["process"] for each in beside.requirement["operations"]] == ["PACK.CARTON"]


def test_the_first_of_two_figures_stands_but_the_finer_tolerance() -> None:
    draft = draft_from("CNC turning ±0.1 mm, journals ±0.01 mm, lead time 2 weeks, delivery in 3 weeks")

    assert draft.requirement["operations"] == [{"process": "MACH.CNC_TURN", "tolerance_mm": 0.01}]
    assert draft.requirement["lead_time_days"] == 14
    assert [(read.field, read.question, read.value) for read in draft.readings][1:3] == [
        ("", "said_twice", 0.1),
        ("/operations/0/tolerance_mm", "", 0.01),
    ]


def test_a_figure_belongs_to_the_step_that_is_named_before_it_and_a_material_to_all() -> None:
    draft = draft_from("rèn nóng SCM440, nặng 3 kg, tiện CNC ±0,1 mm Ra 1.6")

    assert draft.requirement["operations"] == [
        {"process": "FORG.HOT", "materials": ["STEEL.SCM440"], "part_mass_kg": 3.0},
        {"process": "MACH.CNC_TURN", "materials": ["STEEL.SCM440"], "tolerance_mm": 0.1, "roughness_um": 1.6},
    ]


def test_the_same_step_twice_is_one_and_the_group_above_it_is_no_other() -> None:
    draft = draft_from("nhiệt luyện: thấm carbon, thấm carbon thép và thép SCM420")

    assert draft.requirement["operations"] == [{"process": "HEAT.CARB", "materials": ["STEEL.SCM420"]}]


def test_what_is_welcome_is_preferred_in_its_own_part_of_the_sentence_only() -> None:
    draft = draft_from("phay CNC, ưu tiên ISO 14001, bắt buộc IATF 16949; ISO 45001 nếu có")

    assert draft.requirement["standards_required"] == ["IATF16949"]
    assert draft.requirement["standards_preferred"] == ["ISO14001", "ISO45001"]


@pytest.mark.parametrize(
    ("text", "process"),
    [
        ("đúc áp lực ADC12", "CAST.HPDC_AL"),
        ("đúc áp lực Zamak 5", "CAST.HPDC_ZN"),
        ("ép khuôn NBR", "RUBB.COMP"),
        ("ép nhựa ABS", "PLAS.INJ"),
        ("mạ chrome ABS", "SURF.PLPLATE"),
        ("mạ chrome S45C", "SURF.NICR"),
        ("đúc nhôm ADC12", None),
        ("sơn SPCC", None),
    ],
)
def test_the_material_decides_between_processes_where_one_of_them_tells_it(text: str, process: str | None) -> None:
    operations = draft_from(text).requirement.get("operations", [])

    assert [operation["process"] for operation in operations] == ([process] if process else [])


@pytest.mark.parametrize(
    ("text", "processes", "materials"),
    [
        ("laser marking on anodized aluminium panels", ["SURF.LASERM"], ["AL"]),
        ("mạ niken trục SCM440 đã tôi", ["SURF.NICR"], ["STEEL.SCM440"]),
        ("injection molding PA66; steel inserts supplied by us", ["PLAS.INJ"], ["PL.PA"]),
        ("ép phun nhựa ABS, đóng gói túi PE", ["PLAS.INJ"], ["PL.ABS"]),
        ("CNC turning SUS303, no plating or painting", ["MACH.CNC_TURN"], ["STEEL.SUS303"]),
        ("cold forging S45C, zinc flake coating", ["FORG.COLD", "SURF"], ["STEEL.S45C"]),
    ],
)
def test_what_is_there_already_and_what_is_around_the_part_is_not_asked_for(
    text: str, processes: list[str], materials: list[str]
) -> None:
    operations = draft_from(text).requirement["operations"]

    assert [operation["process"] for operation in operations] == processes
    assert [operation["materials"] for operation in operations] == [materials] * len(processes)


@pytest.mark.parametrize(
    "unit", ["5 ", "\n", "| ", "1 thang ", "+0.1 / ", "giao tại ", "đúc áp lực ", "10x", "S45C ±0.02 "]
)
def test_a_text_of_100_kilobytes_is_read(unit: str) -> None:
    text = (unit * 100_000)[:100_000]

    assert draft_from(text).text == text


@pytest.mark.parametrize(
    "text",
    ["hello there", "部品を作ってください", "Нам нужны детали", "12345", "¿?", "a" * 4000, "IT7 " * 500, "\x7f\u200b"],
)
def test_a_text_that_names_nothing_gives_a_draft_with_its_words_alone(text: str) -> None:
    draft = draft_from(text)

    assert set(draft.requirement) <= {"title", "description"}
    assert draft.place is None


def test_accents_written_apart_are_read_as_one_letter_and_places_count_in_the_answer_s_text() -> None:
    draft = draft_from("tiê\u0323n CNC nho\u0302m")

    assert draft.text == "tiện CNC nhôm"
    assert told(draft) == [
        ("tiện CNC", "/operations/0/process", "MACH.CNC_TURN"),
        ("nhôm", "/operations/0/materials/0", "AL"),
    ]


@pytest.mark.parametrize(
    ("text", "processes"),
    [
        ("gia công khuôn dập SKD11", ["TOOL.STAMPD"]),
        ("gia công khuôn dập, mài phẳng", ["TOOL.STAMPD", "MACH.SGRIND"]),
        ("Kính gửi quý công ty, báo giá chi tiết tiện CNC", ["MACH.CNC_TURN"]),
        ("laser cut, powder coated", ["SHEET.LASER", "SURF.POWDER"]),
    ],
)
def test_words_of_a_letter_are_no_terms_and_the_closer_term_is_meant(text: str, processes: list[str]) -> None:
    draft = draft_from(text)

    assert [operation["process"] for operation in draft.requirement["operations"]] == processes
    assert [read.question for read in draft.readings if read.question] == []
