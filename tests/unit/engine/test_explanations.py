"""What a reader is told, to the letter, in both languages."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from matchmaking.engine.explain import explain
from matchmaking.engine.facts import parse_facts
from matchmaking.engine.loading import build_columns
from matchmaking.engine.rank import rank
from matchmaking.engine.score import SCORE_DECIMALS
from matchmaking.engine.sentences import ENGLISH, SENTENCES, VIETNAMESE, Language, Words
from tests.unit.engine.changes import ABSENT, changed, stored
from tests.unit.engine.documents import Document, documents

LABELS = {"cnc_turning": "tiện CNC", "machining": "gia công cơ khí"}


def explained(document: Any, supplier: str, language: Language = "en", **labels: str) -> dict[str, dict[str, Any]]:
    facts = parse_facts(document)
    ranking = rank(facts.requirement, build_columns(facts.suppliers, facts.taxonomy), facts.taxonomy, facts.as_of)
    position = ranking.supplier_ids.index(supplier)
    lines = explain(ranking, [position], facts.taxonomy, language=language, labels=labels)[0]
    return {line["key"]: line for line in lines}


def test_an_explained_criterion_carries_its_figures_evidence_and_share_of_the_score() -> None:
    line = explained(stored("worked_example"), "sup_a")["tolerance"]

    figures = {
        "required": 0.02,
        "actual": 0.01,
        "unit": "mm",
        "gap": None,
        "evidence": {"level": 2, "observed": "2026-11-23"},
        "gate": "passed",
        "value": 1.0,
        "confidence": 0.9,
        "low": 0.9,
        "high": 1.0,
        "verdict": "meets",
        "sentence": "Tolerance ±0.01 mm meets the required ±0.02 mm (checked at L2 on 2026-11-23).",
    }
    assert line == figures | {
        "operation": "turn",
        "capability": "lathe",
        "key": "tolerance",
        "mode": "must",
        "weight": 2.0,
        "contribution": 0.3,
        "parts": [],
    }


@pytest.mark.parametrize(
    ("supplier", "key", "english", "vietnamese"),
    [
        (
            "sup_a",
            "tolerance",
            "Tolerance ±0.01 mm meets the required ±0.02 mm (checked at L2 on 2026-11-23).",
            "Dung sai ±0,01 mm đạt yêu cầu ±0,02 mm (mức L2, ngày 23/11/2026).",
        ),
        (
            "sup_c",
            "tolerance",
            (
                "Tolerance ±0.03 mm misses the required ±0.02 mm by 0.01 mm (checked at L2 on 2026-11-23); "
                "±0.02 mm or finer would meet it."
            ),
            (
                "Dung sai ±0,03 mm chưa đạt yêu cầu ±0,02 mm, còn thiếu 0,01 mm (mức L2, ngày 23/11/2026); "
                "từ ±0,02 mm trở xuống thì đạt."
            ),
        ),
        (
            "sup_b",
            "tolerance",
            "No tolerance is given; state the best tolerance held (± mm).",
            "Chưa có dung sai; hãy bổ sung dung sai tốt nhất đạt được (± mm).",
        ),
        (
            "sup_a",
            "process",
            "Runs tiện CNC (core process), as required (checked at L2 on 2026-11-23).",
            "Có tiện CNC (công đoạn chính), đúng yêu cầu (mức L2, ngày 23/11/2026).",
        ),
        (
            "sup_d",
            "process",
            (
                "Declares only the wider gia công cơ khí, as a core process (checked at L2 on 2026-11-23); "
                "declaring tiện CNC would confirm it."
            ),
            (
                "Mới chỉ khai báo nhóm rộng hơn là gia công cơ khí, công đoạn chính (mức L2, ngày 23/11/2026); "
                "khai báo rõ tiện CNC thì được xác nhận."
            ),
        ),
        (
            "sup_a",
            "lead_time",
            (
                "A lead time of 45 days misses the required 30 days by 15 days "
                "(declared by the supplier, L0, on 2026-05-27); 30 days or fewer would meet it."
            ),
            (
                "Thời gian giao hàng 45 ngày vượt yêu cầu 30 ngày là 15 ngày (mức L0, ngày 27/05/2026); "
                "từ 30 ngày trở xuống thì đạt."
            ),
        ),
    ],
)
def test_sentences_of_the_worked_example(supplier: str, key: str, english: str, vietnamese: str) -> None:
    document = stored("worked_example")

    assert explained(document, supplier, "en", **LABELS)[key]["sentence"] == english
    assert explained(document, supplier, "vi", **LABELS)[key]["sentence"] == vietnamese


SENTENCES_OF_EVERYTHING = {
    "process": (
        "1. cnc_turning: Runs cnc_turning (core process), as required (checked at L2 on 2026-10-01). "
        "2. heat_treatment: Runs heat_treatment (subcontracted process), as required (documented at L1 on 2026-10-01)."
    ),
    "material": (
        "1. cnc_turning: Works with all required materials (c45) (documented at L1 on 2026-10-01). "
        "2. heat_treatment: Of the required materials (c45, steel), only a wider group declared for c45 "
        "(documented at L1 on 2026-10-01); declaring them would meet it."
    ),
    "part_size": (
        "1. cnc_turning: The working envelope of 300 × 200 × 200 mm holds the part of 120 × 40 × 40 mm "
        "(declared by the supplier, L0, on 2026-10-01)."
    ),
    "capacity": (
        "1. cnc_turning: About 6,000 piece free a month cover the required 5,000 piece "
        "(declared by the supplier, L0, on 2026-10-01). "
        "2. heat_treatment: The free capacity is not known; state the monthly capacity and its utilisation (%)."
    ),
    "certifications": (
        "ISO 14001 is held, without an expiry date (documented at L1 on 2026-10-01). "
        "ISO 9001 is held through IATF 16949, valid until 2027-04-30 (checked at L2 on 2026-10-01)."
    ),
    "distance": (
        "The nearest site is 88.2 km from the plant, 28.2 km beyond the near limit; one within 60 km would meet it."
    ),
    "corridor": "A site lies in the plant's province or on a corridor with it.",
    "languages": (
        "Of the languages asked (en, ja), ja missing (declared by the supplier, L0, on 2026-10-01); "
        "adding them would meet it."
    ),
    "export_experience": ("An export share of 35% meets the asked 20% (declared by the supplier, L0, on 2026-10-01)."),
    "track_record": (
        "39 of 40 deliveries were on time and accepted: with 95% confidence 87.1% to 99.6%, and 90% are asked; "
        "more confirmed deliveries would settle it."
    ),
}


@pytest.mark.parametrize("key", SENTENCES_OF_EVERYTHING)
def test_sentences_of_several_operations_and_of_the_supplier(key: str) -> None:
    assert explained(stored("everything"), "sup_1")[key]["sentence"] == SENTENCES_OF_EVERYTHING[key]


@pytest.mark.parametrize(
    ("path", "value", "key", "sentence"),
    [
        (
            "suppliers.0.certificates.items.0.expires_on",
            "2027-02-28",
            "certifications_preferred",
            (
                "The certificate for IATF 16949 ends on 2027-02-28 (declared by the supplier, L0, on 2026-10-01); "
                "one valid on 2027-03-01 would meet it."
            ),
        ),
        (
            "suppliers.0.certificates.items.0.expires_on",
            None,
            "certifications_preferred",
            (
                "The certificate for IATF 16949 has no expiry date (declared by the supplier, L0, on 2026-10-01); "
                "stating it would settle it."
            ),
        ),
        (
            "suppliers.0.certificates.items.0.valid_from",
            "2027-03-02",
            "certifications_preferred",
            (
                "The certificate for IATF 16949 starts only on 2027-03-02 "
                "(declared by the supplier, L0, on 2026-10-01); "
                "one valid on 2027-03-01 would meet it."
            ),
        ),
        (
            "suppliers.0.certificates.items",
            [],
            "certifications_preferred",
            (
                "IATF 16949 is not held (declared by the supplier, L0, on 2026-10-01); "
                "a certificate valid on 2027-03-01 would meet it."
            ),
        ),
        (
            "suppliers.0.certificates",
            None,
            "certifications_preferred",
            "IATF 16949: certificates were never filled in; list them, or state that there are none.",
        ),
        (
            "suppliers.0.capabilities.0.observed",
            "2018-01-01",
            "process",
            (
                "1. cnc_turning: Runs cnc_turning (core process), as required (checked at L2 on 2018-01-01). "
                "The evidence is too old to pass: confirm it again. "
                "2. heat_treatment: Runs heat_treatment (subcontracted process), as required "
                "(documented at L1 on 2026-10-01)."
            ),
        ),
        (
            "suppliers.0.capabilities.0.tolerance_mm.level",
            0,
            "tolerance",
            (
                "1. cnc_turning: Tolerance ±0.01 mm meets the required ±0.02 mm "
                "(declared by the supplier, L0, on 2026-10-01). "
                "The evidence is below the level asked, L1: have it checked."
            ),
        ),
        (
            "requirement.quantity.unit",
            "kg",
            "capacity",
            (
                "1. cnc_turning: The capacity is given in piece, not in kg as required; state it in that unit. "
                "2. heat_treatment: The free capacity is not known; state the monthly capacity and its utilisation (%)."
            ),
        ),
        (
            "suppliers.0.capabilities.1",
            ABSENT,
            "material",
            (
                "1. cnc_turning: Works with all required materials (c45) (documented at L1 on 2026-10-01). "
                "2. heat_treatment: There is no capability for heat_treatment, so nothing counts here."
            ),
        ),
    ],
)
def test_sentences_of_single_situations(path: str, value: object, key: str, sentence: str) -> None:
    assert explained(changed(stored("everything"), path, value), "sup_1")[key]["sentence"] == sentence


def test_free_capacity_is_told_to_two_significant_figures() -> None:
    document = changed(stored("everything"), "suppliers.0.capabilities.0.utilisation_pct.value", 61.37)
    part = explained(document, "sup_1")["capacity"]["parts"][0]

    assert part["actual"] == 7700.0
    assert "About 7,700 piece" in part["sentence"]


@pytest.mark.parametrize(
    ("path", "value", "key", "gap"),
    [
        ("requirement.operations.0.tolerance_mm", 0.004, "tolerance", 0.006),
        ("requirement.operations.0.part_size_mm", [310, 40, 40], "part_size", 10.0),
        ("requirement.quantity.value", 7000, "capacity", 1000.0),
        ("requirement.lead_time_days", 10, "lead_time", 17.0),
        ("requirement.export_share_pct", 50, "export_experience", 15.0),
        ("requirement.languages", ["en", "ja", "ko"], "languages", ["ja", "ko"]),
        ("requirement.operations.0.materials", ["c45", "brass"], "material", ["brass"]),
        ("suppliers.0.track_record.good", 20, "track_record", 0.251995),
        ("requirement.operations.0.tolerance_mm", 0.01, "tolerance", None),
        ("suppliers.0.certificates.items", [], "certifications", None),
    ],
)
def test_a_miss_says_by_how_much(path: str, value: object, key: str, gap: object) -> None:
    document = changed(stored("everything"), path, value)
    document["taxonomy"]["materials"]["brass"] = None

    line = explained(document, "sup_1")[key]
    first = line["parts"][0] if line["parts"] else line
    assert first["gap"] == gap


@pytest.mark.parametrize(
    ("number", "english", "vietnamese"),
    [
        (0, "0", "0"),
        (0.02, "0.02", "0,02"),
        (1234567.5, "1,234,567.5", "1.234.567,5"),
        (0.1 + 0.2, "0.3", "0,3"),
        (1e-9, "1e-09", "1e-09"),
        (1e308, "1e+308", "1e+308"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(number: float, english: str, vietnamese: str) -> None:
    assert Words("en").number(number) == english
    assert Words("vi").number(number) == vietnamese


def test_both_languages_have_the_same_sentences() -> None:
    assert set(ENGLISH) == set(VIETNAMESE)


@given(documents())
def test_every_supplier_of_every_ranking_can_be_explained_in_both_languages(document: Document) -> None:
    facts = parse_facts(document)
    ranking = rank(facts.requirement, build_columns(facts.suppliers, facts.taxonomy), facts.taxonomy, facts.as_of)

    for position, line in enumerate(ranking.results()):
        for language in SENTENCES:
            explained = explain(ranking, [position], facts.taxonomy, language=language)[0]
            contributions = sum(criterion["contribution"] for criterion in explained)
            assert {criterion["key"]: criterion["verdict"] for criterion in explained} == {
                key: criterion["verdict"] for key, criterion in line["criteria"].items()
            }
            assert contributions == pytest.approx(line["score"], abs=len(explained) * 10**-SCORE_DECIMALS)
            assert [c["key"] for c in explained if c["gate"] == "failed"] == [
                key for key in line["criteria"] if key in line["failed"]
            ]
            assert "{" not in json.dumps([criterion["sentence"] for criterion in explained])


@given(documents())
def test_what_is_at_hand_explains_the_same(document: Document) -> None:
    facts = parse_facts(document)
    ranking = rank(facts.requirement, build_columns(facts.suppliers, facts.taxonomy), facts.taxonomy, facts.as_of)
    places = range(len(ranking))

    brief = explain(ranking, places, facts.taxonomy, words=Words("vi"), lines=ranking.lines(places))

    assert brief == [explain(ranking, [place], facts.taxonomy, language="vi")[0] for place in places]


@given(documents())
def test_records_of_chosen_rows_hold_those_that_operations_take(document: Document) -> None:
    facts = parse_facts(document)
    ranking = rank(facts.requirement, build_columns(facts.suppliers, facts.taxonomy), facts.taxonomy, facts.as_of)
    places = range(len(ranking))

    records = ranking.chosen_records_at(places)

    taken = [{row for row in ranking.chosen_capability_ids(place) if row} for place in places]
    assert [{row.id for row in record.capabilities} for record in records] == taken
    assert [replace(record, capabilities=()) for record in ranking.records_at(places)] == [
        replace(record, capabilities=()) for record in records
    ]
