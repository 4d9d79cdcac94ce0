"""The upgrade planner on a small world: whom it takes, what it unlocks, when the goal is reached."""

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from buyers.models import Criterion, Requirement
from matchmaking.models import MatchSummary
from matchmaking.programme import upgrades
from matchmaking.programme.plan_document import explained
from matchmaking.programme.upgrades import PlannedUpgrades, UpgradeQuestion, plan_for
from matchmaking.services.matches import match_in
from suppliers.models import Supplier
from taxonomy.models import Province, Sector, Standard
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.matchmaking.programme import scene
from tests.matchmaking.programme.scene import TODAY

PLAN = "/api/v1/programme/upgrade-plan"
pytestmark = pytest.mark.django_db
COSTS = {"iso_9001": 100, "local": 30}


def plan(budget: int, aim: str = "share", **fields: Any) -> PlannedUpgrades:
    asked = {"costs_vnd": COSTS, "ready_on": date(2027, 6, 1), **fields}
    return plan_for(UpgradeQuestion(budget_vnd=budget, aim=aim, **asked), day=TODAY)


def first_sentence(found: PlannedUpgrades) -> str:
    return next(explained(found))


def taken(found: PlannedUpgrades) -> set[tuple[str, str]]:
    return {(each.firm, each.standard) for each in found.plan.chosen}


def test_firms_below_the_standard_with_a_documented_process_are_brought_to_one_that_counts() -> None:
    firms = scene.supply()

    found = plan(1000)

    below = {firms["not valid yet"].public_id, firms["of another standard"].public_id}
    assert taken(found) == {(firm, "iso_9001") for firm in below}
    assert (found.plan.gained, found.plan.gap, found.plan.cost) == (2, 0, 200)
    assert (found.candidates, found.without_documents) == (2, 1)


def test_the_share_of_each_quarter_is_net_of_what_expires_and_holds_the_plan_once_it_is_ready() -> None:
    scene.supply()

    found = plan(1000)

    lines = [(each.quarter, each.international, each.international_with_plan) for each in found.forecast[:4]]
    assert lines == [("2026-Q4", 2, 2), ("2027-Q1", 2, 2), ("2027-Q2", 1, 3), ("2027-Q3", 1, 3)]
    assert [each.share_pct_with_plan for each in found.forecast[:4]] == [40.0, 40.0, 60.0, 60.0]
    assert found.goal_reached_in == "2026-Q4"


@pytest.mark.parametrize(
    ("budget", "costs", "reason"),
    [
        (0, COSTS, "The budget is 0, so that no firm is planned."),
        (29, COSTS, "The budget does not suffice for one firm: the least is 100 VND."),
        (
            500,
            {"local": 30},
            "No published firm below international standard would gain anything by one of these standards.",
        ),
    ],
)
def test_an_empty_plan_says_why(budget: int, costs: dict[str, int], reason: str) -> None:
    scene.supply()

    found = plan(budget, costs_vnd=costs)

    assert (found.plan.chosen, found.plan.gained, found.plan.gap) == ((), 0, 0)
    assert first_sentence(found) == reason
    with translation.override("vi"):
        assert first_sentence(plan(0)) == "Ngân sách là 0 nên không lập kế hoạch cho doanh nghiệp nào."


def wanted(*standards: str, process: str = "turning") -> str:
    """An open requirement for which nobody was eligible last night."""
    asked = make.requirement(operations=({"process": process},))
    asked.standards_required.set(Standard.objects.filter(code__in=standards))
    Criterion.objects.create(requirement=asked, key="certifications", mode="must")
    MatchSummary.objects.create(
        requirement=asked,
        eligible=0,
        unconfirmed=0,
        near_miss=1,
        as_of=TODAY,
        summarised_at=scene.NOW,
        requirement_version=1,
    )
    return asked.public_id


def test_demand_is_unlocked_by_the_firms_that_would_be_eligible_with_the_certificate() -> None:
    scene.vocabulary()
    turner, presser = scene.firm(level=3), scene.firm(made_by="stamping", level=3)
    both = {wanted("local"), wanted("local")}
    pressed = wanted("iso_9001", process="stamping")
    wanted("local", "iso_9001")  # one standard is not enough

    found = plan(130, aim="demand")

    assert taken(found) == {(turner.public_id, "local"), (presser.public_id, "iso_9001")}
    assert (found.plan.unlocked, found.plan.gained, found.plan.gap) == (frozenset({*both, pressed}), 3, 0)
    assert found.asked == 4
    assert taken(plan(100, aim="demand")) == {(turner.public_id, "local")}


def test_a_requirement_of_which_the_standards_alone_have_a_weight_is_unlocked_as_any_other() -> None:
    scene.vocabulary()
    turner, asked = scene.firm(level=3), wanted("local")
    Criterion.objects.create(requirement=Requirement.objects.get(), key="process", mode="must", weight=0.0)

    found = plan(1000, aim="demand")

    assert {each.firm for each in found.plan.chosen} == {turner.public_id}
    assert found.plan.unlocked == frozenset({asked})


def test_what_somebody_can_serve_by_now_is_not_looked_at() -> None:
    scene.vocabulary()
    holder = scene.firm(level=3)
    make.certificate(holder, "local", never_expires=True)
    scene.firm(level=3)
    wanted("local")

    found = plan(1000, aim="demand")

    assert (found.asked, found.plan.unlocked) == (0, frozenset())


def test_a_firm_at_international_standard_may_unlock_demand_and_adds_no_share() -> None:
    scene.vocabulary()
    holder = scene.firm(level=3)
    make.certificate(holder, "iso_9001", never_expires=True)
    asked = wanted("local")

    found = plan(1000, aim="demand")

    assert taken(found) == {(holder.public_id, "local")}
    assert (found.plan.unlocked, found.plan.firms, found.candidates) == (frozenset({asked}), 0, 1)
    assert [each.international_with_plan - each.international for each in found.forecast] == [0] * 8
    assert plan(1000).plan.chosen == ()


def test_a_firm_whose_certificate_ends_before_the_plan_is_ready_is_there_again_by_the_new_one() -> None:
    """Two published firms: one at the standard until February, which gets another standard that counts in June."""
    scene.vocabulary()
    make.standard("iatf_16949")
    Standard.objects.filter(code="iatf_16949").update(counts_as_international=True)
    lapsing, other = scene.firm(level=3), scene.firm(made_by="stamping", level=3)
    make.certificate(lapsing, "iso_9001", expires_on=date(2027, 2, 28))
    make.certificate(other, "iso_9001", expires_on=date(2027, 6, 30))
    wanted("iatf_16949")

    found = plan(1000, aim="demand", costs_vnd={"iatf_16949": 200})

    assert taken(found) == {(lapsing.public_id, "iatf_16949")}
    assert found.plan.firms == 0  # it is there today
    lines = [(each.quarter, each.international, each.international_with_plan) for each in found.forecast[:4]]
    assert lines == [("2026-Q4", 2, 2), ("2027-Q1", 1, 1), ("2027-Q2", 0, 1), ("2027-Q3", 0, 1)]
    assert [each.share_pct_with_plan for each in found.forecast[:4]] == [100.0, 50.0, 50.0, 50.0]


def test_a_certificate_without_a_documented_process_brings_no_firm_back() -> None:
    scene.vocabulary()
    make.standard("iatf_16949")
    Standard.objects.filter(code="iatf_16949").update(counts_as_international=True)
    stated = scene.firm(level=0)
    make.certificate(stated, "iso_9001", expires_on=date(2027, 2, 28))
    wanted("iatf_16949")

    found = plan(1000, aim="demand", costs_vnd={"iatf_16949": 200})

    assert taken(found) == {(stated.public_id, "iatf_16949")}
    assert [each.international_with_plan for each in found.forecast] == [0] * 8


def test_no_more_firms_are_planned_than_may_be() -> None:
    scene.supply()

    found = plan(1000, most_firms=1)

    assert (len(found.plan.chosen), found.plan.gained, found.plan.bound) == (1, 1, 1)


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        ({"province": "24"}, ["there", "meets"]),
        ({"province": "01"}, ["here"]),
        ({"sector": "components"}, ["here", "meets"]),
        ({"province": "24", "sector": "high_tech"}, ["there"]),
        ({"province": "01", "sector": "high_tech"}, []),
    ],
)
def test_only_firms_of_a_province_or_a_sector_are_planned_and_the_share_is_that_of_all(
    limits: dict[str, str], named: list[str]
) -> None:
    scene.vocabulary()
    firms = {
        "here": scene.firm(level=3),
        "there": scene.firm(province="24", sector="high_tech", level=3),
        "meets": scene.firm(province="24", level=3),
    }
    make.certificate(firms["meets"], never_expires=True)
    asked = wanted("local")
    rows: dict[str, Any] = {"province": Province.objects.in_force(), "sector": Sector.objects}
    limited: dict[str, Any] = {name: rows[name].get(code=code) for name, code in limits.items()}

    share, demand = plan(1000, **limited), plan(1000, aim="demand", **limited)

    ids = {firms[name].public_id for name in named}
    below = ids - {firms["meets"].public_id}
    assert {each.firm for each in share.plan.chosen} == below
    assert share.candidates == len(below)
    assert [each.share_pct for each in share.forecast] == [33.3] * 8
    assert (set(demand.plan.unlocked), demand.candidates) == ({asked} if named else set(), len(ids))
    assert {each.firm for each in demand.plan.chosen} <= ids


def test_to_which_firms_a_plan_is_limited_is_said_in_words() -> None:
    scene.supply()
    hanoi, components = Province.objects.in_force().get(code="01"), Sector.objects.get(code="components")

    found = plan(1000, province=hanoi, sector=components)

    told = [
        "Only firms with a site in Hà Nội (en) are planned; the share by quarter is that of all firms.",
        "Only firms of the sector Components are planned; the share by quarter is that of all firms.",
    ]
    with translation.override("en"):
        assert [sentence for sentence in explained(found) if sentence.startswith("Only")] == told
    with translation.override("vi"):
        assert sum("Hà Nội" in sentence or "Linh kiện" in sentence for sentence in explained(found)) == 2


def test_standards_that_prove_the_same_are_ranked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    scene.vocabulary()
    make.standard("stricter", implies="local")
    turner, asked = scene.firm(level=3), wanted("local")
    rankings, ranked = list[object](), match_in
    monkeypatch.setattr(upgrades, "match_in", lambda *given: rankings.append(given) or ranked(*given))  # type: ignore[func-returns-value]

    found = plan(1000, aim="demand", costs_vnd={"iso_9001": 10, "local": 30, "stricter": 20})

    assert taken(found) == {(turner.public_id, "stricter")}
    assert found.plan.unlocked == frozenset({asked})
    assert len(rankings) == 2  # as it is asked, and without the standard


@pytest.mark.parametrize(("name", "most", "asked"), [("SECONDS_TO_LOOK", 0.0, 0), ("MOST_REQUIREMENTS", 1, 1)])
def test_what_was_not_looked_at_is_said(name: str, most: float, asked: int, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.vocabulary()
    scene.firm(level=3)
    wanted("local")
    wanted("local")
    assert plan(1000, aim="demand").asked_all
    monkeypatch.setattr(upgrades, name, most)

    found = plan(1000, aim="demand")

    assert (found.asked, found.asked_all) == (asked, False)
    told = f"Not all requirements without an eligible supplier were looked at, but the oldest: {asked}."
    assert told in list(explained(found))


def test_certificates_are_not_there_before_today(client_for: ClientFor) -> None:
    scene.supply()
    staff = client_for(member("agency"))

    for language, sentence in (("en", "This day has passed."), ("vi", "Ngày này đã qua.")):
        headers = {"accept-language": language}
        refused = staff.post(PLAN, body(ready_on="2026-11-25"), format="json", headers=headers).json()["errors"][0]
        assert (refused["code"], refused["detail"]) == ("date_in_the_past", sentence)
    assert staff.post(PLAN, body(ready_on="2026-11-26"), format="json").status_code == 200


def body(**fields: Any) -> dict[str, Any]:
    return {"budget_vnd": "1000", "costs": [{"standard": "iso_9001", "cost_vnd": "100"}], **fields}


def test_staff_read_the_plan_and_for_everybody_else_there_is_none(client_for: ClientFor) -> None:
    firms = scene.supply()
    before = list(Supplier.objects.order_by("pk").values_list("version", "updated_at"))

    answer = client_for(member("agency")).post(PLAN, body(ready_on="2027-06-01"), format="json")

    assert answer.status_code == 200
    told = answer.json()
    assert (told["gained"], told["gap"], told["cost_vnd"], told["goal_share_pct"]) == (2, 0, "200", 40)
    assert {each["supplier"] for each in told["upgrades"]} == {
        firms["not valid yet"].public_id,
        firms["of another standard"].public_id,
    }
    assert list(Supplier.objects.order_by("pk").values_list("version", "updated_at")) == before
    for kind in ("supplier", "buyer"):
        assert client_for(member(kind)).post(PLAN, body(), format="json").status_code == 404


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"budget_vnd": "-1"}, "/budget_vnd"),
        ({"budget_vnd": 1000}, "/budget_vnd"),
        ({"budget_vnd": "NaN"}, "/budget_vnd"),
        ({"costs": []}, "/costs"),
        ({"costs": [{"standard": "ISO0", "cost_vnd": "1"}]}, "/costs/0/standard"),
        ({"costs": [{"standard": "iso_9001", "cost_vnd": "1"}] * 2}, "/costs"),
        ({"budget_vnd": "1e30"}, "/budget_vnd"),
        ({"budget_vnd": "Infinity"}, "/budget_vnd"),
        ({"budget_vnd": None}, "/budget_vnd"),
        ({"most_firms": 0}, "/most_firms"),
        ({"most_firms": "many"}, "/most_firms"),
        ({"aim": "fame"}, "/aim"),
        ({"ready_on": "9999-01-01"}, "/ready_on"),
        ({"ready_on": "2026-11-25"}, "/ready_on"),
        ({"province": "24"}, "/province"),
        ({"province": "2025:99"}, "/province"),
        ({"sector": "fame"}, "/sector"),
        ({"costs": [{"standard": "iso_9001", "cost_vnd": "1"}] * 21}, "/costs"),
        ({"most_firms": 100_001}, "/most_firms"),
    ],
)
def test_what_is_no_question_is_refused_with_its_place(
    fields: dict[str, Any], pointer: str, client_for: ClientFor
) -> None:
    scene.vocabulary()

    refused = client_for(member("agency")).post(PLAN, body(**fields), format="json")

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, pointer)
