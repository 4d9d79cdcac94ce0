"""The figures of the programme, counted by hand on a small world."""

from datetime import date, timedelta
from typing import Any

import pytest

from matchmaking.programme.figures import figures_on
from suppliers.models import Certificate, Evidence
from tests.matchmaking.programme import scene
from tests.matchmaking.programme.scene import TODAY

pytestmark = pytest.mark.django_db


def test_firms_are_counted_by_state_and_the_share_is_of_the_published_ones() -> None:
    scene.supply()

    figures = figures_on(TODAY)

    assert figures["day"] == "2026-11-26"
    assert figures["firms"] == {
        "registered": 6,
        "submitted": 1,
        "published": 5,
        "international": 2,
        "share_pct": 40.0,
    }
    assert figures["goals"] == {"share_pct": 40, "firms": 1200}
    assert figures["definition"]["standards"] == ["ISO 9001"]
    assert figures["definition"]["text_en"].startswith("At international standard: a published firm")


def test_a_firm_counts_for_each_of_its_sectors_groups_and_provinces() -> None:
    scene.supply()

    figures = figures_on(TODAY)

    def counted(name: str) -> dict[str, tuple[int, int, float | None]]:
        return {line["code"]: (line["firms"], line["international"], line["share_pct"]) for line in figures[name]}

    assert counted("by_sector") == {"components": (4, 1, 25.0), "high_tech": (2, 2, 100.0)}
    assert counted("by_process_group") == {"machining": (3, 1, 33.3), "pressing": (2, 1, 50.0)}
    assert counted("by_province") == {"2025:01": (4, 1, 25.0), "2025:24": (1, 1, 100.0)}
    assert figures["by_province"][0]["name_vi"] == "Hà Nội"


def test_what_the_share_will_be_if_no_certificate_is_renewed() -> None:
    scene.supply()

    quarters = figures_on(TODAY)["expiring"]

    assert [(line["quarter"], line["certificates"], line["international_after"]) for line in quarters] == [
        ("2026-Q4", 1, 2),  # one ends, and one that lies ready begins
        ("2027-Q1", 0, 2),
        ("2027-Q2", 1, 1),
        ("2027-Q3", 0, 1),
        ("2027-Q4", 0, 1),
        ("2028-Q1", 0, 1),
    ]
    assert quarters[0] == {
        "quarter": "2026-Q4",
        "first_day": "2026-11-26",
        "last_day": "2026-12-31",
        "certificates": 1,
        "international_after": 2,
        "share_pct_after": 40.0,
    }


@pytest.mark.parametrize(
    "change",
    [
        {"state": "rejected"},
        {"level": 1},
        {"expires_on": TODAY - timedelta(days=1)},
        {"expires_on": None},
        {"valid_from": TODAY + timedelta(days=1)},
    ],
    ids=["rejected", "only documented", "ended", "end unknown", "not begun"],
)
def test_a_certificate_that_does_not_prove_it_today_does_not_count(change: dict[str, object]) -> None:
    firms = scene.supply()
    Certificate.objects.filter(supplier=firms["meets until December"]).update(**change)

    assert figures_on(TODAY)["firms"]["international"] == 1


def test_the_last_day_of_a_certificate_counts() -> None:
    scene.supply()

    assert figures_on(date(2026, 12, 31))["firms"]["international"] == 2
    assert figures_on(date(2027, 1, 1))["firms"]["international"] == 2  # the other one has begun
    assert figures_on(date(2027, 7, 1))["firms"]["international"] == 1


def test_requirements_are_followed_from_opening_to_contract() -> None:
    scene.supply()
    scene.demand()

    figures = figures_on(TODAY)

    assert figures["funnel"] == {
        "since": "2025-11-26",
        "opened": 5,
        "matched": 2,
        "connected": 1,
        "contracted": 1,
    }
    assert figures["requirements"] == {"open": 4, "unserved": 2, "not_yet_matched": 1}
    assert [(line["code"], line["requirements"]) for line in figures["by_province"]] == [
        ("2025:01", 2),
        ("2025:24", 0),
    ]


def test_unmet_demand_is_told_by_process_group_and_required_standard() -> None:
    scene.supply()
    scene.demand()

    def cell(line: dict[str, Any]) -> tuple[str, str | None, int, int]:
        standard = line["standard"] and line["standard"]["code"]
        return line["process_group"]["code"], standard, line["requirements"], line["unserved"]

    cells = [cell(line) for line in figures_on(TODAY)["unmet"]]

    assert cells == [
        ("machining", None, 2, 1),
        ("machining", "iso_9001", 2, 1),
        ("pressing", None, 1, 1),
    ]


def test_an_empty_programme_has_no_share() -> None:
    figures = figures_on(TODAY)

    assert figures["firms"] == {"registered": 0, "submitted": 0, "published": 0, "international": 0, "share_pct": None}
    assert figures["funnel"]["opened"] == 0
    assert figures["unmet"] == []


@pytest.mark.django_db(transaction=True)
def test_there_are_as_many_queries_for_many_firms_as_for_few() -> None:
    scene.supply()
    scene.demand()
    few = scene.queries_of(lambda: figures_on(TODAY))
    for _ in range(10):
        scene.firm()

    assert scene.queries_of(lambda: figures_on(TODAY)) == few <= 20


def test_a_check_is_overtaken_once_the_fact_is_entered_anew_and_until_it_is_checked_again() -> None:
    scene.vocabulary()
    supplier = scene.firm()
    scene.checked_and_changed(supplier)

    overtaken = list(Evidence.objects.overtaken().values_list("fact", flat=True))
    again = {"supplier": supplier, "subject": supplier.public_id, "fact": "a", "act": "checked"}
    Evidence.objects.create(**again, level=2, observed_on=TODAY)

    assert overtaken == ["a"]
    assert not Evidence.objects.overtaken().exists()
