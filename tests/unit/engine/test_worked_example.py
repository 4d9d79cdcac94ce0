"""The worked example of docs/matching.md, to the last digit."""

from tests.unit.engine.changes import ranked, stored


def test_the_worked_example_comes_out_to_the_last_digit() -> None:
    results = ranked(stored("worked_example")).results()

    summary = [
        (line["rank"], line["supplier"], line["eligibility"], line["score"], line["potential"]) for line in results
    ]
    assert summary == [
        (1, "sup_a", "eligible", 0.775, 0.975),
        (2, "sup_d", "unconfirmed", 0.55, 0.75),
        (3, "sup_b", "unconfirmed", 0.475, 0.975),
        (4, "sup_c", "near_miss", 0.625, 0.825),
    ]
    assert [(line["failed"], line["unconfirmed"]) for line in results] == [
        ([], []),
        ([], ["process"]),
        ([], ["tolerance"]),
        (["tolerance"], []),
    ]


def test_every_criterion_of_the_worked_example_comes_out_to_the_last_digit() -> None:
    criteria = {line["supplier"]: line["criteria"] for line in ranked(stored("worked_example")).results()}

    met = {"value": 1.0, "confidence": 0.9, "low": 0.9, "high": 1.0, "verdict": "meets"}
    assert criteria["sup_a"] == {
        "process": {"mode": "must", "weight": 3.0} | met,
        "tolerance": {"mode": "must", "weight": 2.0} | met,
        "lead_time": {
            "mode": "should",
            "weight": 1.0,
            "value": 0.5,
            "confidence": 0.3,
            "low": 0.15,
            "high": 0.85,
            "verdict": "near",
        },
    }
    unknown = {"value": None, "confidence": 0.0, "low": 0.0, "high": 1.0, "verdict": "unknown"}
    half = {"value": 0.5, "confidence": 0.9, "low": 0.45, "high": 0.55, "verdict": "near"}
    assert criteria["sup_b"]["tolerance"] == {"mode": "must", "weight": 2.0} | unknown
    assert criteria["sup_c"]["tolerance"] == {"mode": "must", "weight": 2.0} | half
    assert criteria["sup_d"]["process"] == {"mode": "must", "weight": 3.0} | half
