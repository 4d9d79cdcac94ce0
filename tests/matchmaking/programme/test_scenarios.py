"""Plans of upgrades kept under names: what is frozen, who may, and what becomes of it when firms change."""

import csv
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from rest_framework.test import APIClient

from config.errors import DuplicateError, NotAllowedError, StaleVersionError
from matchmaking.models import UpgradeScenario
from matchmaking.programme import scenarios
from matchmaking.programme.scenarios import remove_scenario, rename_scenario, save_scenario
from suppliers.models import Supplier
from taxonomy.models import Province
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.programme import plan_document, upgrade_scenario
from tests.fixtures.crowd import at_once
from tests.fixtures.files import content_of
from tests.matchmaking.programme import scene
from tests.matchmaking.programme.scene import NOW

pytestmark = pytest.mark.django_db
SCENARIOS = "/api/v1/upgrade-scenarios"


def body(**fields: Any) -> dict[str, Any]:
    costs = [{"standard": "iso_9001", "cost_vnd": "100"}]
    return {"name": "A thousand", "budget_vnd": "1000", "costs": costs, "ready_on": "2027-06-01", **fields}


@pytest.fixture
def officer(client_for: ClientFor) -> APIClient:
    return client_for(member("agency", role="editor"))


def made(officer: APIClient, **fields: Any) -> str:
    answer = officer.post(SCENARIOS, body(**fields), format="json")
    assert answer.status_code == 201
    return str(answer["Location"])


def test_a_scenario_keeps_what_the_planner_answered_whatever_becomes_of_the_firms(officer: APIClient) -> None:
    firms = scene.supply()
    asked = {name: value for name, value in body().items() if name != "name"}
    planned = officer.post("/api/v1/programme/upgrade-plan", asked, format="json").json()

    address = made(officer)
    Supplier.objects.filter(pk=firms["not valid yet"].pk).update(state="archived")

    told = officer.get(address).json()
    assert {name: told[name] for name in ("name", "day", "budget_vnd", "aim", "ready_on", "cost_vnd")} == {
        "name": "A thousand",
        "day": "2026-11-26",
        "budget_vnd": "1000",
        "aim": "share",
        "ready_on": "2027-06-01",
        "cost_vnd": "200",
    }
    assert (told["gained"], told["bound"], told["gap"], told["goal_reached_in"]) == (2, 2, 0, "2026-Q4")
    with time_machine.travel(NOW + timedelta(days=100), tick=False):
        assert officer.get(f"{address}/plan").json() == planned


def test_the_explanation_is_in_the_reader_s_language(officer: APIClient) -> None:
    scene.supply()
    address = made(officer)

    told = {
        language: officer.get(f"{address}/plan", headers={"accept-language": language}).json()["explanation"][0]
        for language in ("vi", "en")
    }

    assert told == {
        "en": "Firms planned: 2, for 200 of 1,000 VND.",
        "vi": "Doanh nghiệp trong kế hoạch: 2, chi 200 trên 1.000 đồng.",
    }


def test_a_scenario_keeps_to_which_province_and_sector_it_was_limited(officer: APIClient) -> None:
    scene.supply()
    scene.firm(province="24", sector="high_tech")
    address = made(officer, name="Bắc Ninh", province="2025:24", sector="high_tech")
    made(officer, name="Everywhere", province=None, sector=None)
    bac_ninh = {"code": "2025:24", "name_vi": "Bắc Ninh", "name_en": "Bắc Ninh (en)"}

    told, plan = officer.get(address).json(), officer.get(f"{address}/plan").json()
    Province.objects.filter(code="24").update(name_en="Renamed")

    assert (told["province"], told["sector"], told["gained"]) == ("2025:24", "high_tech", 1)
    assert (plan["province"], plan["sector"]["name_en"]) == (bac_ninh, "High-tech")
    assert officer.get(f"{address}/plan").json()["province"] == bac_ninh
    rows = officer.get(SCENARIOS, {"province": "2025:24"}).json()["results"]
    assert [(row["name"], row["province"]) for row in rows] == [("Bắc Ninh", "2025:24")]
    (everywhere,) = (row for row in officer.get(SCENARIOS).json()["results"] if row["name"] == "Everywhere")
    assert (everywhere["province"], everywhere["sector"]) == (None, None)
    summary = dict(row[:2] for row in table(officer, address, of="summary"))
    assert (summary["Only firms with a site in"], summary["Only firms of the sector"]) == ("Bắc Ninh (en)", "High-tech")


def test_a_scenario_from_before_plans_could_be_limited_is_read_as_any_other(officer: APIClient) -> None:
    document = {name: value for name, value in plan_document().items() if name not in ("province", "sector")}
    old = save_scenario(name="Old", document=document, by=member("agency"))

    plan = officer.get(f"{SCENARIOS}/{old.public_id}/plan").json()

    assert (plan["province"], plan["sector"], plan["budget_vnd"]) == (None, None, "1000")
    assert officer.get(f"{SCENARIOS}/{old.public_id}/workbook").status_code == 200


def test_a_name_is_taken_once_in_whatever_case(officer: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.supply()
    address = made(officer)
    other = made(officer, name="Other")
    monkeypatch.setattr(scenarios, "plan_for", None)  # nothing is planned in vain

    again = officer.post(SCENARIOS, body(name="a THOUSAND"), format="json")
    renamed = officer.patch(other, {"name": "A Thousand"}, format="json", headers={"if-match": "*"})

    for refused in (again, renamed):
        assert (refused.status_code, refused.json()["code"]) == (409, "already_exists")
        assert refused.json()["existing"] == address
    assert set(UpgradeScenario.objects.values_list("name", "version")) == {("A thousand", 1), ("Other", 1)}
    own = officer.patch(address, {"name": "A THOUSAND"}, format="json", headers={"if-match": "*"})
    assert (own.status_code, own.json()["name"]) == (200, "A THOUSAND")


def test_the_same_plan_saved_twice_is_one_scenario() -> None:
    officer = member("agency")

    first, again = (save_scenario(name="Twice", document=plan_document(), by=officer) for _ in range(2))

    assert (first.pk, UpgradeScenario.objects.count()) == (again.pk, 1)
    with pytest.raises(DuplicateError):
        save_scenario(name="Twice", document=plan_document(budget_vnd="2000"), by=officer)


@pytest.mark.django_db(transaction=True)
def test_five_clicks_at_once_are_one_scenario() -> None:
    officer = member("agency", role="editor")

    kept = at_once([lambda: save_scenario(name="Twice", document=plan_document(), by=officer)] * 5)

    assert {scenario.pk for scenario in kept} == {UpgradeScenario.objects.get().pk}


def test_of_two_who_rename_the_second_must_read_again(officer: APIClient) -> None:
    address = f"{SCENARIOS}/{upgrade_scenario('Draft').public_id}"
    read = officer.get(address)["ETag"]

    first = officer.patch(address, {"name": "First"}, format="json", headers={"if-match": read})
    second = officer.patch(address, {"name": "Second"}, format="json", headers={"if-match": read})
    removed = officer.delete(address, headers={"if-match": read})
    unsaid = officer.delete(address)

    assert (first.status_code, second.status_code, removed.status_code, unsaid.status_code) == (200, 412, 412, 428)
    assert officer.get(address).json()["name"] == "First"
    assert officer.delete(address, headers={"if-match": first["ETag"]}).status_code == 204
    assert officer.get(address).status_code == 404


def test_who_only_reads_makes_none_and_changes_none(client_for: ClientFor) -> None:
    scene.supply()
    scenario = upgrade_scenario("Kept")
    viewer = client_for(member("agency", role="viewer"))
    address = f"{SCENARIOS}/{scenario.public_id}"

    refused = [
        viewer.post(SCENARIOS, body(), format="json"),
        viewer.patch(address, {"name": "Mine"}, format="json", headers={"if-match": "*"}),
        viewer.delete(address, headers={"if-match": "*"}),
    ]

    assert [answer.status_code for answer in refused] == [403] * 3
    assert viewer.get(f"{address}/plan").status_code == 200
    assert list(UpgradeScenario.objects.values_list("name", "version")) == [("Kept", 1)]


@pytest.mark.parametrize("kind", ["supplier", "buyer"])
def test_nobody_else_learns_of_them(client_for: ClientFor, kind: str) -> None:
    scene.supply()
    scenario, by = upgrade_scenario("Secret"), member(kind)
    stranger = client_for(by)
    address = f"{SCENARIOS}/{scenario.public_id}"

    assert stranger.get(SCENARIOS).json()["results"] == []
    for last in ("", "/plan", "/workbook", "/table"):
        assert stranger.get(address + last).status_code == 404
    for asked in (body(), {}):
        assert stranger.post(SCENARIOS, asked, format="json").status_code == 404
    assert stranger.delete(address, headers={"if-match": "*"}).status_code == 404
    with pytest.raises(UpgradeScenario.DoesNotExist):
        remove_scenario(scenario_id=scenario.pk, by=by)
    assert UpgradeScenario.objects.count() == 1


def test_services_refuse_who_only_reads_and_old_copies() -> None:
    scenario, viewer, officer = upgrade_scenario("Kept"), member("agency", role="viewer"), member("agency")

    with pytest.raises(NotAllowedError):
        rename_scenario(scenario_id=scenario.pk, name="Mine", by=viewer)
    with pytest.raises(NotAllowedError):
        save_scenario(name="Mine", document=plan_document(), by=viewer)
    with pytest.raises(StaleVersionError):
        rename_scenario(scenario_id=scenario.pk, name="Mine", by=officer, expected_version=2)

    assert list(UpgradeScenario.objects.values_list("name", "version")) == [("Kept", 1)]


@pytest.mark.parametrize(
    "change", [{"result": {}}, {"budget_vnd": 1}, {"day": date(2020, 1, 1)}, {"public_id": "ups_1"}]
)
def test_the_database_refuses_to_change_the_plan(change: dict[str, Any]) -> None:
    upgrade_scenario("Kept")
    before = UpgradeScenario.objects.values().get()

    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        UpgradeScenario.objects.update(**change)

    assert UpgradeScenario.objects.values().get() == before


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "\u200b"}, "/name"),
        ({"name": "x" * 151}, "/name"),
        ({"budget_vnd": "-1"}, "/budget_vnd"),
        ({"budget_vnd": "1e30"}, "/budget_vnd"),
        ({"budget_vnd": "NaN"}, "/budget_vnd"),
        ({"costs": [{"standard": "iso_9001", "cost_vnd": "NaN"}]}, "/costs/0/cost_vnd"),
        ({"ready_on": "2026-11-25"}, "/ready_on"),
        ({"result": {}}, "/result"),
    ],
)
def test_what_is_no_scenario_is_refused_and_nothing_is_kept(
    officer: APIClient, fields: dict[str, Any], pointer: str
) -> None:
    scene.vocabulary()

    refused = officer.post(SCENARIOS, body(**fields), format="json")

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, pointer)
    assert UpgradeScenario.objects.count() == 0


def test_a_budget_of_nothing_is_a_scenario_that_says_so(officer: APIClient) -> None:
    scene.supply()

    address = made(officer, budget_vnd="0")

    told = officer.get(f"{address}/plan", headers={"accept-language": "en"}).json()
    assert (told["upgrades"], told["explanation"][0]) == ([], "The budget is 0, so that no firm is planned.")


def test_the_list_has_the_newest_first_and_filters(officer: APIClient) -> None:
    names = ("Old", "Middle", "New")
    for name, day in zip(names, ("2026-11-01", "2026-11-02", "2026-11-03"), strict=True):
        upgrade_scenario(name, day=day, aim="demand" if name == "Old" else "share")

    def found(**filters: str) -> list[str]:
        return [row["name"] for row in officer.get(SCENARIOS, filters).json()["results"]]

    assert found() == ["New", "Middle", "Old"]
    assert found(aim="demand") == ["Old"]
    assert found(day__gte="2026-11-02", ordering="name") == ["Middle", "New"]
    assert officer.get(SCENARIOS, {"aim": "fame"}).status_code == 400


def test_the_list_takes_as_many_queries_for_50_scenarios_as_for_one(officer: APIClient) -> None:
    upgrade_scenario("First")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert officer.get(SCENARIOS).status_code == 200
        return len(captured)

    few = queries()
    for number in range(49):
        upgrade_scenario(f"Scenario {number}")
    assert queries() == few


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = load_workbook(BytesIO(content))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def test_the_workbook_has_firms_standards_costs_the_gap_and_the_forecast(officer: APIClient) -> None:
    scene.supply()
    address = made(officer)

    file: Any = officer.get(f"{address}/workbook", headers={"accept-language": "en"})
    book = sheets(content_of(file))

    assert 'filename="a-thousand-en.xlsx"' in file["Content-Disposition"]
    assert list(book) == ["Summary", "Firms", "Share by quarter"]
    summary = {row[0]: row[1] for row in book["Summary"]}
    assert summary["Plan of upgrades"] == "A thousand"
    assert (summary["Budget, VND"], summary["Cost, VND"], summary["Gap to the optimum"]) == (1000, 200, 0)
    assert (summary["Cost of one firm, VND: iso_9001"], summary["Goal: share, %"]) == (100, 40)
    assert [row[2:6] for row in book["Firms"][1:]] == [["iso_9001", 100, "yes", 0]] * 2
    quarters = [[row[0], *row[2:]] for row in book["Share by quarter"][1:4]]
    assert quarters == [
        ["Q4 2026", 2, 40, 2, 40, 40],
        ["Q1 2027", 2, 40, 2, 40, 40],
        ["Q2 2027", 1, 20, 3, 60, 40],
    ]
    assert list(sheets(content_of(officer.get(f"{address}/workbook", headers={"accept-language": "vi"})))) == [
        "Tóm tắt",
        "Doanh nghiệp",
        "Tỷ lệ theo quý",
    ]


def table(officer: APIClient, address: str, **query: str) -> list[list[str]]:
    file: Any = officer.get(f"{address}/table", query, headers={"accept-language": "en"})
    return list(csv.reader(StringIO(content_of(file).decode("utf-8-sig"))))


def test_each_table_is_a_csv_and_none_of_its_texts_a_formula(officer: APIClient) -> None:
    firms = scene.supply()
    firms["not valid yet"].organisation.legal_name = "=cmd|' /C calc'!A0"
    firms["not valid yet"].organisation.save()
    address = made(officer, name="=1+1")

    upgrades, forecast = table(officer, address), table(officer, address, of="forecast")
    summary = dict(row[:2] for row in table(officer, address, of="summary"))

    assert upgrades[0][:4] == ["Id", "Firm", "Standard", "Cost, VND"]
    assert {row[1] for row in upgrades[1:] if row[0] == firms["not valid yet"].public_id} == {"'=cmd|' /C calc'!A0"}
    assert forecast[1] == ["Q4 2026", "2026-12-31", "2", "40.0", "2", "40.0", "40"]
    assert (summary["Gap to the optimum"], summary["Cost, VND"]) == ("0", "200")
    assert officer.get(f"{address}/table", {"of": "fame"}).status_code == 400
    assert table(officer, address, of="summary")[0] == ["Plan of upgrades", "'=1+1"]
