"""The history of a thing in the admin: who did what, when and why, and what stood there before."""

import re
from html import unescape
from typing import Any

import pytest
import structlog
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import Organisation
from accounts.principals import Principal
from buyers import services
from buyers.models import Buyer
from config.changes import begin_another_act
from config.models import Resource
from notifications.history import ACTS_ON_A_PAGE, Act, acts_on
from notifications.models import Event
from notifications.services import publish
from notifications.topic_names import NAMES, UNTOLD_NAMES
from notifications.topics import TOPICS
from tests.factories.accounts import OrganisationFactory, UserFactory, member
from tests.factories.buyers import BuyerFactory, PlantFactory, RequirementFactory
from tests.factories.taxonomy import MaterialFactory, ProcessFactory, ProvinceFactory, SectorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Principal:
    user = UserFactory.create(full_name="Trần Mai", is_staff=True)
    agency = member("agency").organisation
    assert agency is not None
    agency.memberships.create(user=user, role="owner")
    return Principal.of_staff(user)


def browser_of(principal: Principal, language: str = "en") -> Client:
    assert principal.user is not None
    browser = Client(headers={"accept-language": language})
    browser.force_login(principal.user)
    return browser


def address_of(row: Any) -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/history/"


def page_of(row: Any, by: Principal, *, language: str = "en") -> str:
    """The page as text, without marks and without more than one space between words."""
    response = browser_of(by, language).get(address_of(row))
    assert response.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def lines_of(act: Act) -> list[tuple[str, str, str]]:
    return [(line.label, line.before, line.after) for line in act.lines]


def newest(row: Resource) -> Act:
    return acts_on(row.public_id).object_list[0]


def test_a_decision_shows_who_when_why_and_what_stood_there_before(officer: Principal) -> None:
    buyer = BuyerFactory.create()
    begin_another_act()
    with structlog.contextvars.bound_contextvars(request_id="req-77"):
        services.reject_buyer(buyer_id=buyer.pk, reason="No such firm.", by=officer)

    page = page_of(buyer, officer)

    told = "req-77 Trần Mai (Agency) Buyer rejected: No such firm. State Registered Rejected"
    assert f"{told} Reason for the state – No such firm." in page
    when = timezone.localtime(Event.objects.get().created_at)
    assert f"{when:%m/%d/%Y}" in page


def test_it_is_in_the_language_of_the_reader(officer: Principal) -> None:
    buyer = BuyerFactory.create()
    services.verify_buyer(buyer_id=buyer.pk, by=officer)

    page = page_of(buyer, officer, language="vi")

    assert "Trần Mai (Cơ quan xúc tiến) Xác minh bên mua Trạng thái Đã đăng ký Đã xác minh" in page


def test_rows_below_stand_in_the_history_by_name_and_what_is_pointed_at_too(officer: Principal) -> None:
    buyer, province = BuyerFactory.create(), ProvinceFactory.create(code="01", name_en="Hanoi", name_vi="Hà Nội")
    plant = services.add_plant(values={"name": "Thăng Long"}, buyer_id=buyer.pk, by=officer)
    begin_another_act()
    services.change_plant(plant_id=plant.pk, values={"province": province, "address": "Kim Chung"}, by=officer)
    begin_another_act()
    services.remove_plant(plant_id=plant.pk, by=officer)

    removed, changed, added = acts_on(buyer.public_id).object_list

    words = f"buyer: {buyer}; name: Thăng Long"
    assert [event.topic for act in (added, changed, removed) for event in act.events] == [
        "plant.added",
        "plant.changed",
        "plant.removed",
    ]
    assert lines_of(added) == [("Plant", "–", words)]
    assert lines_of(removed) == [("Plant", f"{words}; address: Kim Chung; province: Hanoi", "–")]
    # the plant has gone, and with it its name
    assert lines_of(changed) == [("Plant: address", "–", "Kim Chung"), ("Plant: province", "–", "Hanoi")]


def test_a_changed_row_below_is_named_as_long_as_it_is_there(officer: Principal) -> None:
    plant = PlantFactory.create(name="Thăng Long")
    begin_another_act()

    services.change_plant(plant_id=plant.pk, values={"address": "Kim Chung"}, by=officer)

    assert lines_of(newest(plant.buyer)) == [("Thăng Long: address", "–", "Kim Chung")]


def test_what_a_requirement_asked_stands_beside_what_it_asks(officer: Principal) -> None:
    turning = ProcessFactory.create(code="TURN", name_en="Turning")
    milling = ProcessFactory.create(code="MILL", name_en="Milling")
    steel = MaterialFactory.create(code="STEEL", name_en="Steel")
    requirement = RequirementFactory.create(operation__process=turning, moq=5.0, languages=["en"])
    begin_another_act()
    operations = [{"process": milling.code, "materials": [steel.code], "tolerance_mm": 0.02}]
    values = {"operations": operations, "moq": None, "nda_needed": True, "languages": ["en", "ja"]}

    services.change_requirement(requirement_id=requirement.pk, values=values, by=officer)

    told = newest(requirement)
    assert [event.topic for event in told.events] == ["requirement.draft_changed"]
    assert sorted(lines_of(told)) == [
        ("Accepted minimum order", "5", "–"),
        ("Languages", "en", "en, ja"),
        ("NDA needed", "No", "Yes"),
        ("Operation", "process: Turning (TURN)", "process: Milling (MILL); tolerance, ± mm: 0.02"),
        ("Operation: materials", "–", "Steel (STEEL)"),
    ]


def test_lists_show_what_came_and_what_went(officer: Principal) -> None:
    buyer = BuyerFactory.create()
    electronics, plastics, metal = (
        SectorFactory.create(code=code, name_en=code.title()) for code in ("el", "pl", "me")
    )
    buyer.sectors.set([electronics, plastics])
    begin_another_act()

    services.change_buyer(buyer_id=buyer.pk, values={"sectors": [plastics, metal]}, by=officer)

    assert lines_of(newest(buyer)) == [("Sectors", "El (el)", "Me (me)")]


def test_what_is_written_twice_is_one_line_and_what_is_as_before_in_the_end_none() -> None:
    buyer = BuyerFactory.create(description="Pumps")
    for description, country in (("Printers", "JP"), ("Motors", "")):
        buyer.description, buyer.parent_country = description, country
        buyer.save_next_version()

    assert lines_of(newest(buyer)) == [("Description", "Pumps", "Motors")]


def test_of_personal_data_it_says_that_they_changed_and_no_more(officer: Principal) -> None:
    organisation = OrganisationFactory.create(contact_email="lan@firm.example")
    begin_another_act()
    organisation.contact_email = "mai@firm.example"
    organisation.save_next_version()

    page = page_of(organisation, officer)

    assert "Contact e-mail changed; what it was is not kept" in page
    assert "lan@firm.example" not in page


def test_what_an_act_on_something_else_changed_here_names_that_act(officer: Principal) -> None:
    buyer = BuyerFactory.create()
    begin_another_act()
    services.verify_buyer(buyer_id=buyer.pk, by=officer)

    told = newest(buyer.organisation)

    assert [(event.topic, event.subject) for event in told.events] == [("buyer.verified", buyer.public_id)]
    assert sorted(line.label for line in told.lines) == ["Names checked", "Verified"]


def test_what_is_written_past_the_product_is_shown_too(officer: Principal) -> None:
    buyer = BuyerFactory.create()
    begin_another_act()
    Buyer.objects.update(state="verified")

    assert "– Not by an act of the product State Registered Verified" in page_of(buyer, officer)


def test_chosen_rows_have_an_act_each(officer: Principal) -> None:
    buyers = [BuyerFactory.create() for _ in range(2)]
    chosen = {"action": "verify_chosen", "_selected_action": [each.pk for each in buyers]}
    chosen |= {"chosen": ",".join(str(each.pk) for each in buyers)}

    browser_of(officer).post("/admin/buyers/buyer/", chosen)

    assert list(Buyer.objects.values_list("state", flat=True)) == ["verified", "verified"]
    assert Event.objects.filter(topic="buyer.verified").values("act").distinct().count() == 2
    assert [len(newest(each).events) for each in buyers] == [1, 1]


def test_events_from_before_changes_were_kept_are_listed(officer: Principal) -> None:
    buyer = BuyerFactory.create()
    for topic in ("buyer.verified", "buyer.suspended"):
        publish(topic, subject=buyer, actor=officer)
    Event.objects.update(act=None)

    told = acts_on(buyer.public_id).object_list

    assert [(act.events[0].topic, act.lines) for act in told] == [("buyer.suspended", []), ("buyer.verified", [])]


def test_there_are_fifty_on_a_page_the_newest_first(officer: Principal) -> None:
    buyer = BuyerFactory.create()
    for number in range(ACTS_ON_A_PAGE + 1):
        begin_another_act()
        services.change_buyer(buyer_id=buyer.pk, values={"description": str(number)}, by=officer)

    first, second = acts_on(buyer.public_id), acts_on(buyer.public_id, page=2)

    assert lines_of(first.object_list[0]) == [("Description", "49", "50")]
    assert [lines_of(act) for act in second.object_list] == [[("Description", "–", "0")]]
    assert "1 / 2 Older" in page_of(buyer, officer)


@pytest.mark.parametrize("kind", ["buyer", "organisation", "requirement"])
def test_many_acts_take_as_many_queries_as_few(kind: str, officer: Principal) -> None:
    province, sectors = ProvinceFactory.create(), SectorFactory.create_batch(2)
    buyer = BuyerFactory.create()
    requirement = RequirementFactory.create(buyer=buyer, operation=None)
    row = {"buyer": buyer, "organisation": buyer.organisation, "requirement": requirement}[kind]
    browser = browser_of(officer)

    def act(number: int) -> None:
        begin_another_act()
        plant = services.add_plant(values={"name": f"Plant {number}"}, buyer_id=buyer.pk, by=officer)
        services.change_plant(plant_id=plant.pk, values={"province": province}, by=officer)
        services.change_buyer(buyer_id=buyer.pk, values={"sectors": [sectors[number % 2]]}, by=officer)
        values = {"title": f"Shaft {number}", "operations": [{"process": sectors_process.code}], "plant": plant}
        services.change_requirement(requirement_id=requirement.pk, values=values, by=officer)
        Organisation.objects.filter(pk=buyer.organisation_id).update(trade_name=f"Pumps {number}")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address_of(row)).status_code == 200
        return len(captured)

    sectors_process = ProcessFactory.create()
    for number in range(2):
        act(number)
    queries()
    few = queries()
    for number in range(2, 45):
        act(number)

    assert (queries(), len(acts_on(row.public_id).object_list) >= 45) == (few, True)


def test_viewers_of_the_agency_read_it_and_nobody_else(officer: Principal) -> None:
    buyer = BuyerFactory.create()

    assert browser_of(member("agency", "viewer")).get(address_of(buyer)).status_code == 200
    for stranger in (member("buyer", organisation=buyer.organisation), member("supplier")):
        assert browser_of(stranger).get(address_of(buyer)).status_code == 302
    assert Client().get(address_of(buyer)).status_code == 302


def test_changes_go_to_nobody(officer: Principal) -> None:
    """Neither an event, which webhooks and messages are made of, nor what is shown of it holds them."""
    buyer = BuyerFactory.create(description="Secret")
    services.change_buyer(buyer_id=buyer.pk, values={"description": "Open"}, by=officer)

    event = Event.objects.get()

    assert (event.topic, event.payload, event.audience, event.people) == ("buyer.changed", {}, [], [])


def test_every_topic_has_a_name() -> None:
    with translation.override("vi"):
        names = {topic: str(name) for topic, name in {**NAMES, **UNTOLD_NAMES}.items()}
    with translation.override("en"):
        unnamed = [topic for topic, name in {**NAMES, **UNTOLD_NAMES}.items() if names[topic] == str(name)]

    assert unnamed == []
    assert TOPICS.keys() & UNTOLD_NAMES.keys() == set()
