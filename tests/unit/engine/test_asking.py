"""What to ask a supplier next, and what the answer would be worth."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings

from matchmaking.engine.ask import ask_next
from matchmaking.engine.explain import explain
from matchmaking.engine.facts import parse_facts
from matchmaking.engine.loading import build_columns
from matchmaking.engine.rank import rank
from matchmaking.engine.ranking import Ranking
from matchmaking.engine.sentences import Language
from tests.unit.engine.changes import changed, ranked, stored
from tests.unit.engine.documents import AS_OF, Document, documents

FACTS_OF_ROWS = {
    "tolerance": ["tolerance_mm"],
    "roughness": ["roughness_um"],
    "part_size": ["envelope_mm"],
    "part_mass": ["max_mass_kg"],
    "capacity": ["monthly_capacity", "utilisation_pct"],
    "moq": ["moq"],
    "lead_time": ["lead_time_days"],
    "material": ["materials"],
}
FACTS_OF_SUPPLIERS = {"languages": "languages", "export_experience": "export_share_pct"}


def asked(document: Document, supplier: str, language: Language = "en", **labels: str) -> list[dict[str, Any]]:
    facts = parse_facts(document)
    ranking = rank(facts.requirement, build_columns(facts.suppliers, facts.taxonomy), facts.taxonomy, facts.as_of)
    position = ranking.supplier_ids.index(supplier)
    lines = explain(ranking, [position], facts.taxonomy, language=language, labels=labels)[0]
    return ask_next(ranking, lines, facts.taxonomy, language=language, labels=labels)


def brief(questions: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(each["criterion"], each["level"], each["gain"], each["settles"]) for each in questions]


@pytest.mark.parametrize(
    ("supplier", "questions"),
    [
        ("sup_a", [("lead_time", 2, 0.05, False)]),
        ("sup_b", [("tolerance", 2, 0.3, True), ("lead_time", 2, 0.05, False)]),
        ("sup_c", [("lead_time", 2, 0.05, False)]),  # the tolerance is proved, and misses
        ("sup_d", [("process", 2, 0.225, True), ("lead_time", 2, 0.05, False)]),
    ],
)
def test_what_to_ask_in_the_worked_example(supplier: str, questions: list[tuple[Any, ...]]) -> None:
    assert brief(asked(stored("worked_example"), supplier)) == questions


def test_a_question_says_what_it_is_about_in_both_languages() -> None:
    names = {"cnc_turning": "tiện CNC"}
    (tolerance, lead_time) = asked(stored("worked_example"), "sup_b")
    vietnamese = [each["sentence"] for each in asked(stored("worked_example"), "sup_b", "vi", **names)]

    assert tolerance == {
        "criterion": "tolerance",
        "operation": "turn",
        "capability": "lathe",
        "level": 2,
        "gain": 0.3,
        "settles": True,
        "sentence": (
            "Tolerance: not known; fully met and checked (L2), it would add 0.3 to the score. "
            "That would also settle a gate."
        ),
    }
    assert lead_time["sentence"] == (
        "Lead time: evidence of level L0 from 2026-05-27; checked (L2) today, it would add 0.05 to the score."
    )
    assert vietnamese == [
        (
            "Dung sai: chưa có thông tin; nếu đạt hoàn toàn và được kiểm tra (L2) thì điểm tăng thêm 0,3. "
            "Nhờ đó một điều kiện bắt buộc cũng được xác nhận."
        ),
        (
            "Thời gian giao hàng: minh chứng ở mức L0, ngày 27/05/2026; "
            "nếu hôm nay được kiểm tra (L2) thì điểm tăng thêm 0,05."
        ),
    ]


def test_of_many_questions_the_best_can_be_asked_alone() -> None:
    facts = parse_facts(stored("worked_example"))
    ranking = rank(facts.requirement, build_columns(facts.suppliers, facts.taxonomy), facts.taxonomy, facts.as_of)
    position = ranking.supplier_ids.index("sup_b")
    lines = explain(ranking, [position], facts.taxonomy)[0]

    every = ask_next(ranking, lines, facts.taxonomy)

    assert len(every) == 2
    assert [ask_next(ranking, lines, facts.taxonomy, most=most) for most in (0, 1, 5)] == [[], every[:1], every]


def test_of_several_operations_and_standards_each_is_asked_for_by_its_name() -> None:
    sentences = {each["criterion"]: each["sentence"] for each in reversed(asked(stored("everything"), "sup_1"))}

    assert sentences["capacity"].startswith("Free capacity, heat_treatment: not known;")
    assert sentences["material"].startswith("Material, heat_treatment: declared too broadly;")
    assert sentences["certifications"].startswith("Certificates, ISO 14001: evidence of level L1")
    assert sentences["track_record"].startswith("Track record: more deliveries confirmed by buyers would add up to")


def test_a_level_that_a_gate_asks_is_the_level_to_reach() -> None:
    document = changed(stored("worked_example"), "requirement.criteria.tolerance.min_level", 3)

    assert brief(asked(document, "sup_a"))[0] == ("lead_time", 2, 0.05, False)
    assert ("tolerance", 3, 0.023333, True) in brief(asked(document, "sup_a"))


def test_certificates_never_filled_in_and_a_place_not_known_are_asked_for() -> None:
    document = changed(stored("everything"), "suppliers.0.certificates", None)
    for site in document["suppliers"][0]["sites"]:
        site.pop("lat", None), site.pop("lon", None)

    questions = {each["criterion"]: each for each in reversed(asked(document, "sup_1"))}

    assert questions["certifications"]["standard"] == "ISO 14001"
    assert questions["certifications"]["level"] == 2
    assert (questions["distance"]["level"], questions["distance"]["sentence"][:30]) == (
        None,
        "Distance: not known; fully met",
    )


def confirmed(document: Document, supplier: str, question: dict[str, Any], ranking: Ranking) -> Document | None:
    """The document in which a question was answered well; None where that is not a matter of one fact."""
    document = copy.deepcopy(document)
    key, proof = question["criterion"], {"level": question["level"], "observed": AS_OF.isoformat()}
    record = next(each for each in document["suppliers"] if each["id"] == supplier)
    need = document["requirement"]
    if key in FACTS_OF_SUPPLIERS:
        name = FACTS_OF_SUPPLIERS[key]
        best = {"languages": need.get("languages"), "export_share_pct": need.get("export_share_pct")}[name]
        fact = record.get(name)
        record[name] = {"value": fact["value"] if fact and fact.get("value") not in (None, []) else best} | proof
        return document
    chosen = ranking.chosen_capability_ids(ranking.supplier_ids.index(supplier))[0]
    row = next(each for each in record["capabilities"] if each["id"] == chosen)
    if key == "process":
        row |= proof | {"process": need["operations"][0]["process"]} if question["broad"] else proof
        return document
    if key not in FACTS_OF_ROWS or question["broad"]:
        return None
    best_of = {
        "tolerance_mm": 0,
        "roughness_um": 0,
        "moq": 0,
        "lead_time_days": 0,
        "envelope_mm": [1e6] * 3,
        "max_mass_kg": 1e6,
        "monthly_capacity": 1e9,
        "utilisation_pct": 0,
        "materials": need["operations"][0].get("materials"),
    }
    unit = {"unit": (need.get("quantity") or {}).get("unit")}
    for name in FACTS_OF_ROWS[key]:
        fact = row.get(name) or {}
        value = best_of[name] if question["unknown"] else fact["value"]
        row[name] = fact | {"value": value} | proof | (unit if name == "monthly_capacity" else {})
    return document


@settings(max_examples=settings().max_examples // 2)
@given(documents())
def test_a_gain_is_what_the_score_rises_by_when_the_fact_is_confirmed(document: Document) -> None:
    document["requirement"]["operations"] = document["requirement"]["operations"][:1]
    if not any(setting.get("weight") != 0 for setting in document["requirement"]["criteria"].values()):
        document["requirement"]["criteria"] = {}
    for supplier in document["suppliers"]:
        supplier["capabilities"] = supplier["capabilities"][:1]
    before = ranked(document)

    for position, supplier in enumerate(before.supplier_ids):
        for question in asked(document, supplier):
            question["unknown"] = "not known" in question["sentence"]
            question["broad"] = "too broadly" in question["sentence"]
            answered = confirmed(document, supplier, question, before)
            if answered is not None:
                after = ranked(answered)
                score = float(after.score[after.supplier_ids.index(supplier)])
                assert score == pytest.approx(float(before.score[position]) + question["gain"], abs=2e-6), question
