"""Planning upgrades in the admin: ask, look, save, export, compare."""

import re
import unicodedata
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import User
from matchmaking.models import UpgradeScenario
from matchmaking.programme import plan_admin
from suppliers.models import Supplier
from taxonomy.models import Province, Sector, Standard
from tests.factories.accounts import MembershipFactory, OrganisationFactory, member
from tests.factories.programme import upgrade_scenario
from tests.fixtures.files import content_of
from tests.matchmaking.programme import scene

pytestmark = pytest.mark.django_db
LIST = "/admin/matchmaking/upgradescenario/"
PLANNER = f"{LIST}add/"
ASKED = {"act": "plan", "budget_vnd": "1.000", "aim": "share", "ready_on": "2027-06-01"}
COSTS = {"standard_1": "iso_9001", "cost_1": "100", "standard_2": "local", "cost_2": "30"}


def staff(role: str, language: str = "en") -> Client:
    person = User.objects.create_superuser(f"{role}@agency.example") if role == "editor" else None
    if person is None:
        person = User.objects.create_user(f"{role}@agency.example", is_staff=True)
    MembershipFactory.create(organisation=OrganisationFactory.create(kind="agency"), user=person, role=role)
    client = Client(headers={"accept-language": language})
    client.force_login(person)
    return client


@pytest.fixture
def officer() -> Client:
    return staff("editor")


def sealed(page: Any) -> str:
    found = re.search(r'name="sealed" value="([^"]+)"', page.content.decode())
    assert found, page.content.decode()[-3000:]
    return found[1]


def test_an_officer_plans_looks_and_saves_exactly_what_was_shown(officer: Client) -> None:
    firms = scene.supply()

    shown = officer.post(PLANNER, {**ASKED, **COSTS})
    page = shown.content.decode()
    Supplier.objects.filter(pk=firms["not valid yet"].pk).update(state="archived")
    saved = officer.post(PLANNER, {"act": "save", "sealed": sealed(shown), "name": "A thousand"}, follow=True)

    for name in ("not valid yet", "of another standard"):
        firm = firms[name]
        assert f'<a href="/admin/suppliers/supplier/{firm.pk}/change/">{firm.organisation.legal_name}</a>' in page
    assert "Firms planned: 2, for 200 of 1,000 VND." in page
    assert UpgradeScenario.objects.count() == 1
    scenario = UpgradeScenario.objects.get()
    assert (scenario.name, int(scenario.budget_vnd), int(scenario.cost_vnd), scenario.gained) == (
        "A thousand",
        1000,
        200,
        2,
    )
    assert {each["supplier"] for each in scenario.result["upgrades"]} >= {firms["not valid yet"].public_id}
    kept = saved.content.decode()
    assert "The scenario is saved." in kept
    assert re.search(r"</a> <small>\(archived\)</small>", kept, re.IGNORECASE)
    assert "<svg" in kept
    assert not re.search(r'(src|href)="https?://', kept)


def test_nothing_is_kept_by_planning_and_a_seal_of_another_opens_nothing(officer: Client) -> None:
    scene.supply()
    shown = officer.post(PLANNER, {**ASKED, **COSTS})
    seal = sealed(shown)
    colleague = staff("owner")

    for client, text in ((colleague, seal), (officer, seal[:-3] + "abc"), (officer, "")):
        answer = client.post(PLANNER, {"act": "save", "sealed": text, "name": "Mine"}, follow=True)
        assert "This plan is no longer at hand. Plan again." in answer.content.decode()
    assert UpgradeScenario.objects.count() == 0


def test_a_name_that_is_taken_is_said_beside_the_plan_and_saving_twice_makes_one(officer: Client) -> None:
    scene.supply()
    upgrade_scenario("Taken")
    shown = officer.post(PLANNER, {**ASKED, **COSTS})
    asked = {"act": "save", "sealed": sealed(shown)}

    refused = officer.post(PLANNER, {**asked, "name": "taken"})
    nameless = officer.post(PLANNER, {**asked, "name": "\u200b"})
    for _time in range(2):
        officer.post(PLANNER, {**asked, "name": "Free"})

    assert "Another scenario has this name." in refused.content.decode()
    assert "Firms planned: 2" in refused.content.decode()
    assert "Contains nothing that can be seen." in nameless.content.decode()
    assert set(UpgradeScenario.objects.values_list("name", flat=True)) == {"Taken", "Free"}


@pytest.mark.parametrize("kind", ["xlsx", "upgrades", "forecast"])
def test_a_plan_is_exported_saved_or_not(officer: Client, kind: str) -> None:
    scene.supply()
    shown = officer.post(PLANNER, {**ASKED, **COSTS})

    file: Any = officer.post(PLANNER, {"act": kind, "sealed": sealed(shown)})
    officer.post(PLANNER, {"act": "save", "sealed": sealed(shown), "name": "Kept"})
    kept: Any = officer.get(f"{LIST}{UpgradeScenario.objects.get().pk}/file/{kind}")

    assert (file.status_code, kept.status_code) == (200, 200)
    contents = content_of(file), content_of(kept)
    if kind == "xlsx":
        firms = [
            [list(row) for row in load_workbook(BytesIO(content))["Firms"].iter_rows(values_only=True)]
            for content in contents
        ]
        assert firms[0] == firms[1]
        assert len(firms[0]) == 3
    else:
        assert contents[0] == contents[1]
        assert contents[0].startswith(b"\xef\xbb\xbf")
    assert officer.get(f"{LIST}{UpgradeScenario.objects.get().pk}/file/pdf").status_code == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"budget_vnd": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"budget_vnd": "1e30"}, "Ensure that there are no more than 15 digits in total."),
        ({"budget_vnd": "NaN"}, "Enter a number."),
        ({"budget_vnd": ""}, "This field is required."),
        ({"aim": "fame"}, "Select a valid choice."),
        ({"ready_on": "2026-11-25"}, "This day has passed."),
        ({"ready_on": "9999-01-01"}, "This day is too far away."),
        ({"most_firms": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"standard_1": "", "cost_1": "5"}, "Say for which standard."),
        ({"cost_1": ""}, "Say what it costs."),
        ({"standard_2": "iso_9001"}, "Each standard once."),
        ({"standard_1": "ISO0"}, "Select a valid choice."),
        ({"standard_1": "", "cost_1": "", "standard_2": "", "cost_2": ""}, "Choose at least one standard."),
    ],
)
def test_what_is_no_question_is_said_at_its_place(officer: Client, fields: dict[str, str], said: str) -> None:
    scene.vocabulary()

    page = officer.post(PLANNER, {**ASKED, **COSTS, **fields})

    assert page.status_code == 200
    assert said in page.content.decode()
    assert 'name="sealed"' not in page.content.decode()


@pytest.mark.parametrize("written", ["1.000.000", "1,000,000", "1 000 000", "1000000"])
def test_money_may_be_written_with_marks_between_thousands(officer: Client, written: str) -> None:
    scene.supply()

    page = officer.post(PLANNER, {**ASKED, **COSTS, "budget_vnd": written}).content.decode()

    assert "200 of 1,000,000 VND." in page


def test_a_number_that_is_far_too_long_is_refused_like_any_other(officer: Client) -> None:
    answer = officer.post(PLANNER, {**ASKED, **COSTS, "budget_vnd": "1" * 5_000, "cost_2": "2" * 5_000})

    assert answer.status_code == 200
    assert answer.content.decode().count("Ensure that there are no more than 15 digits in total.") == 2


def test_names_that_look_the_same_are_the_same(officer: Client) -> None:
    scene.supply()
    composed, apart = (unicodedata.normalize(form, "Kế hoạch") for form in ("NFC", "NFD"))
    upgrade_scenario(composed)
    other = upgrade_scenario("Other")
    shown = officer.post(PLANNER, {**ASKED, **COSTS})

    saved = officer.post(PLANNER, {"act": "save", "sealed": sealed(shown), "name": f" {apart} "})
    renamed = officer.post(f"{LIST}{other.pk}/change/", {"name": apart}, follow=True)

    assert "Another scenario has this name." in saved.content.decode()
    assert "Another scenario has this name." in renamed.content.decode()
    assert set(UpgradeScenario.objects.values_list("name", flat=True)) == {composed, "Other"}


def test_names_with_characters_that_nobody_sees_are_refused(officer: Client) -> None:
    scene.supply()
    other = upgrade_scenario("Other")
    shown = officer.post(PLANNER, {**ASKED, **COSTS})

    saved = officer.post(PLANNER, {"act": "save", "sealed": sealed(shown), "name": "Ot\u202eher"})
    renamed = officer.post(f"{LIST}{other.pk}/change/", {"name": "Ot\u0007her"}, follow=True)

    for answer in (saved, renamed):
        assert "Contains control characters." in answer.content.decode()
    assert list(UpgradeScenario.objects.values_list("name", flat=True)) == ["Other"]


def test_planning_again_begins_with_what_was_asked(officer: Client) -> None:
    scene.vocabulary()
    old = upgrade_scenario("Old", budget_vnd="2500000", ready_on="2026-01-01", aim="demand", most_firms=7)

    again: Any = officer.get(f"{LIST}{old.pk}/again/", follow=True)
    form = again.context["form"]

    assert [form[name].value() for name in ("budget_vnd", "aim", "most_firms", "ready_on")] == [
        "2,500,000",
        "demand",
        7,
        "2027-11-26",
    ]
    assert (form["standard_1"].value(), form["cost_1"].value()) == ("iso_9001", "100")
    assert officer.get(f"{PLANNER}?like=999999").status_code == 200
    assert officer.get(f"{PLANNER}?like='--").status_code == 200


def test_a_plan_for_a_province_and_a_sector_is_shown_saved_and_planned_again(officer: Client) -> None:
    scene.supply()
    there = scene.firm(province="24", sector="high_tech")
    limits = {"province": Province.objects.in_force().get(code="24"), "sector": Sector.objects.get(code="high_tech")}

    shown: Any = officer.post(PLANNER, {**ASKED, **COSTS, **{name: row.pk for name, row in limits.items()}})
    officer.post(PLANNER, {"act": "save", "sealed": sealed(shown), "name": "Bắc Ninh"})
    kept = UpgradeScenario.objects.get()
    again: Any = officer.get(f"{PLANNER}?like={kept.pk}")

    assert [each["supplier"] for each in kept.result["upgrades"]] == [there.public_id]
    assert (kept.province, kept.sector) == ("2025:24", "high_tech")
    lines = dict(shown.context["plan"].lines)
    assert (lines["Only firms with a site in"], lines["Only firms of the sector"]) == ("Bắc Ninh (en)", "High-tech")
    assert {name: again.context["form"][name].value() for name in limits} == {
        name: row.pk for name, row in limits.items()
    }
    assert "2025:24 · high_tech" in officer.get(LIST).content.decode()


def test_a_plan_that_is_too_long_for_a_form_is_planned_again_when_it_is_saved(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.supply()
    upgrade_scenario("Taken")
    monkeypatch.setattr(plan_admin, "MOST_SEALED", 100)

    shown: Any = officer.post(PLANNER, {**ASKED, **COSTS})
    form = {name: value for name, value in hidden_fields(shown).items() if name != "csrfmiddlewaretoken"}
    refused = officer.post(PLANNER, {**form, "act": "plan_and_save", "name": "taken"})
    saved = officer.post(PLANNER, {**form, "act": "plan_and_save", "name": "Long"}, follow=True)

    page = shown.content.decode()
    assert "This plan names too many firms for the page to hold it" in page
    assert ("Plan again and save" in page, 'value="save"' in page, 'value="xlsx"' in page) == (True, False, False)
    assert "Another scenario has this name." in refused.content.decode()
    assert "The scenario is saved." in saved.content.decode()
    kept = UpgradeScenario.objects.get(name="Long")
    assert (int(kept.budget_vnd), kept.gained, kept.result["costs"]) == (
        1000,
        2,
        [{"standard": "iso_9001", "cost_vnd": "100"}, {"standard": "local", "cost_vnd": "30"}],
    )


def hidden_fields(page: Any) -> dict[str, str]:
    """Of the form that keeps a plan."""
    (form,) = re.findall(r'<form[^>]*id="kept">.*?</form>', page.content.decode(), re.DOTALL)
    fields = {
        tag: re.findall(r'(name|value)="([^"]*)"', tag) for tag in re.findall(r"<input type=\"hidden\"[^>]*>", form)
    }
    return {dict(found)["name"]: dict(found).get("value", "") for found in fields.values()}


def test_two_scenarios_stand_side_by_side(officer: Client) -> None:
    firms = scene.supply()
    for name, most in (("One", "1"), ("Both", "")):
        shown = officer.post(PLANNER, {**ASKED, **COSTS, "most_firms": most})
        officer.post(PLANNER, {"act": "save", "sealed": sealed(shown), "name": name})
    chosen = list(UpgradeScenario.objects.order_by("pk").values_list("pk", flat=True))

    asked = {"action": "compare_chosen", "_selected_action": chosen}
    page: Any = officer.post(LIST, asked, follow=True)
    alone: Any = officer.post(LIST, {**asked, "_selected_action": chosen[:1]}, follow=True)

    comparison = page.context["comparison"]
    values = {line.label: line.values for line in comparison.lines}
    assert values["Firms planned"] == ("1", "2")
    assert values["At most so many firms"] == ("1", "–")
    rows = {link.name: (one, other) for link, one, other in comparison.firms}
    assert sorted(rows.values()) == [("iso_9001", "iso_9001"), ("–", "iso_9001")]
    assert set(rows) == {firms[name].organisation.legal_name for name in ("not valid yet", "of another standard")}
    assert "Choose exactly two scenarios." in alone.content.decode()
    for query in ("", f"?one={chosen[0]}", f"?one={chosen[0]}&other=x", "?one=1e9&other=2"):
        assert officer.get(f"{LIST}compare{query}").status_code == 404


def test_a_scenario_of_firms_that_are_gone_is_still_shown(officer: Client) -> None:
    gone = {"supplier": "sup_00000000000000000000", "legal_name": "Gone & Co", "standard": "iso_9001"}
    scenario = upgrade_scenario(
        "Gone", upgrades=[{**gone, "cost_vnd": "1", "is_international": True, "unlocks": ["req_0000000000"]}]
    )

    page = officer.get(f"{LIST}{scenario.pk}/change/").content.decode()

    assert "Gone &amp; Co <small>(no longer in the register)</small>" in page
    assert "req_0000000000" in page
    assert officer.get(f"{LIST}{scenario.pk}/file/xlsx").status_code == 200


def test_only_the_name_is_changed_and_scenarios_are_removed(officer: Client) -> None:
    kept, other = upgrade_scenario("Kept"), upgrade_scenario("Other")

    officer.post(f"{LIST}{kept.pk}/change/", {"name": "Renamed", "budget_vnd": "5"})
    refused = officer.post(f"{LIST}{kept.pk}/change/", {"name": "other"}, follow=True)
    officer.post(f"{LIST}{other.pk}/delete/", {"post": "yes"})

    kept.refresh_from_db()
    assert (kept.name, int(kept.budget_vnd), kept.version) == ("Renamed", 1000, 2)
    assert "Another scenario has this name." in refused.content.decode()
    assert list(UpgradeScenario.objects.values_list("pk", flat=True)) == [kept.pk]


def test_a_viewer_looks_and_compares_and_makes_nothing() -> None:
    scene.vocabulary()
    one, other = upgrade_scenario("One"), upgrade_scenario("Other")
    viewer = staff("viewer")

    for address in (LIST, f"{LIST}{one.pk}/change/", f"{LIST}compare?one={one.pk}&other={other.pk}"):
        assert viewer.get(address).status_code == 200
    beside = viewer.get(f"{LIST}{one.pk}/change/").content.decode()
    assert f'action="{LIST}compare"' in beside
    assert f'<input type="hidden" name="one" value="{one.pk}">' in beside
    assert re.findall(r'<option value="(\d+)">(\w+) ', beside) == [(str(other.pk), "Other")]
    assert viewer.get(f"{LIST}{one.pk}/file/xlsx").status_code == 200
    for asked in (
        viewer.get(PLANNER),
        viewer.post(PLANNER, {**ASKED, **COSTS}),
        viewer.post(f"{LIST}{one.pk}/delete/"),
    ):
        assert asked.status_code == 403
    viewer.post(f"{LIST}{one.pk}/change/", {"name": "Mine"})
    assert set(UpgradeScenario.objects.values_list("name", flat=True)) == {"One", "Other"}


@pytest.mark.parametrize("party", ["supplier", "buyer"])
def test_firms_and_buyers_are_sent_away(party: str) -> None:
    reader, scenario = member(party), upgrade_scenario("Secret")
    assert reader.user is not None
    client = Client()
    client.force_login(reader.user)

    for last in ("", "add/", "compare", f"{scenario.pk}/change/", f"{scenario.pk}/file/xlsx"):
        assert "/admin/login/" in client.get(LIST + last)["Location"]


def test_the_pages_are_in_vietnamese_too() -> None:
    scene.supply()
    Standard.objects.filter(code="iso_9001").update(name_vi="ISO 9001")
    officer = staff("editor", "vi")

    asked = officer.get(PLANNER).content.decode()
    shown = officer.post(PLANNER, {**ASKED, **COSTS}).content.decode()

    for words in ("Lập kế hoạch nâng chuẩn", "Ngân sách, đồng", "Có chứng chỉ từ ngày"):
        assert words in asked
    for words in ("chi 200 trên 1.000 đồng", "Quý 2/2027", "60,0", "Lưu thành kịch bản"):
        assert words in shown


def test_the_page_takes_as_many_queries_for_many_firms_as_for_one(officer: Client) -> None:
    rows = [
        {"supplier": scene_firm.public_id, "legal_name": "A", "standard": "iso_9001", "cost_vnd": "1"}
        for scene_firm in list(scene.supply().values())
    ]
    few, many = (
        upgrade_scenario(name, upgrades=[{**row, "is_international": True, "unlocks": []} for row in chosen])
        for name, chosen in (("Few", rows[:1]), ("Many", rows))
    )
    counts = []
    officer.get(f"{LIST}{few.pk}/change/")
    for scenario in (few, many):
        with CaptureQueriesContext(connection) as captured:
            officer.get(f"{LIST}{scenario.pk}/change/")
        counts.append(len(captured))

    assert counts[0] == counts[1]
