"""Attempts to learn whose an anonymous requirement is, by a supplier that was told of it and asked for a connection."""

import logging
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.utils import timezone

from buyers.models import Buyer, Requirement, RequirementAudience
from notifications.models import Event
from suppliers.models import Supplier
from tests.conftest import Covered
from tests.contract.authorisation import EXISTING
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.buyers import BuyerFactory, PlantFactory, open_requirement
from tests.factories.matchmaking import ConnectionFactory
from tests.factories.taxonomy import ProvinceFactory
from tests.fixtures.routes import operation, operations
from tests.fixtures.world import World

pytestmark = pytest.mark.django_db
WHO = "supplier_owner"


class Hidden:
    """An anonymous requirement, a connection that its buyer asked for, and all words that would give the buyer away."""

    def __init__(self, world: World) -> None:
        organisation = OrganisationFactory.create(
            kind="buyer",
            legal_name="Công ty TNHH Bí mật",
            trade_name="Hidden Motors",
            verified_at=timezone.now(),
            contact_email="purchasing@hidden.example",
        )
        self.buyer = BuyerFactory.create(organisation=organisation, state=Buyer.State.VERIFIED)
        person = member(organisation=organisation).user
        assert person is not None
        self.plant = PlantFactory.create(
            buyer=self.buyer,
            name="Nhà máy kín",
            address="Lô 77 đường Kín",
            latitude=20.98765,
            longitude=106.12345,
            province=ProvinceFactory.create(code="31"),
        )
        self.requirement = open_requirement(
            self.buyer,
            plant=self.plant,
            visibility=Requirement.Visibility.ANONYMOUS,
            target_price="7.7531",
            target_price_currency="JPY",
        )
        supplier = Supplier.objects.get(public_id=world.own["supplier"]["suppliers"])
        RequirementAudience.objects.create(
            requirement=self.requirement, organisation=supplier.organisation, reason="connection"
        )
        self.connection = ConnectionFactory.create(
            requirement=self.requirement, supplier=supplier, requested_by=person, message="Can you make this?"
        )
        world.fixed["told"] = {
            "requirements": self.requirement.public_id,
            "connections": self.connection.public_id,
        }
        self.words = (
            *(
                "Bí mật",
                "Hidden Motors",
                "purchasing@hidden.example",
                "Nhà máy kín",
                "đường Kín",
                "20.98765",
                "106.12345",
            ),
            *("7.7531", "JPY", person.email, person.full_name, person.phone, organisation.tax_code),
            *(organisation.public_id, self.buyer.public_id, self.plant.public_id, person.public_id),
        )

    def named_in(self, text: str) -> list[str]:
        return [word for word in self.words if word in text]


@pytest.fixture
def world() -> Iterator[World]:
    logging.disable(logging.CRITICAL)
    yield World.build()
    logging.disable(logging.NOTSET)


def test_no_page_that_the_supplier_can_read_names_the_buyer(world: World, covered: Covered) -> None:
    hidden, read, told = Hidden(world), 0, 0
    for each in (each for each in operations() if each.is_safe):
        for target in EXISTING if each.collections else ("own",):
            if world.path(each, target, WHO) is None:
                continue
            answer = world.send_at_once(WHO, each, target)
            text = "" if answer.streaming else answer.content.decode()
            read += 1
            told += hidden.requirement.public_id in text
            assert hidden.named_in(text + str(dict(answer.items()))) == [], f"{each} ({target})"

    assert told >= 5
    covered(read, "answers to a supplier that do not name an anonymous buyer")


def test_no_act_of_the_supplier_makes_an_answer_or_an_event_name_the_buyer(world: World) -> None:
    hidden = Hidden(world)

    for name in ("requirements_change", "requirements_award", "requirements_discard", "connections_withdraw"):
        refused = world.send(WHO, operation(name), "told")
        assert refused.status_code == 403, name
        assert hidden.named_in(refused.content.decode()) == [], name
    declined = world.send(WHO, operation("connections_decline"), "told")

    assert declined.status_code == 200
    assert hidden.named_in(declined.content.decode()) == []
    (event,) = Event.objects.filter(topic="connection.declined", subject=hidden.connection.public_id)
    assert hidden.named_in(str(event.payload)) == []


def test_no_filter_search_or_order_of_lists_reaches_the_buyer(world: World) -> None:
    """Each word of the buyer's finds what a word of nobody's finds."""
    hidden, client = Hidden(world), world.clients[WHO]
    for path in ("requirements", "connections"):
        listed = client.get(f"/api/v1/{path}").json()
        assert hidden.requirement.public_id in str(listed)
    for word in hidden.words:
        for query in (f"requirements?q={quote(word)}", f"connections?requirement={quote(word)}"):
            assert client.get(f"/api/v1/{query}").json()["results"] == [], query
    for parameter in ("buyer", "buyer__organisation", "plant", "plant__name", "latitude", "target_price", "buyer_name"):
        for path in ("requirements", "connections"):
            refused = client.get(f"/api/v1/{path}", {parameter: "1"})
            assert refused.status_code == 400, (path, parameter)
            ordered = client.get(f"/api/v1/{path}", {"ordering": parameter})
            assert ordered.status_code == 400, (path, parameter)


@pytest.mark.parametrize("query", ["fields=buyer", "fields=id,buyer_name,delivery,plant,target_price", "expand=buyer"])
def test_choosing_fields_or_expanding_them_reveals_nothing(world: World, query: str) -> None:
    hidden = Hidden(world)

    for path in ("requirements", "connections"):
        public_id = world.fixed["told"][path]
        for address in (f"/api/v1/{path}/{public_id}", f"/api/v1/{path}"):
            answer = world.clients[WHO].get(f"{address}?{query}")
            assert hidden.named_in(answer.content.decode()) == [], address


def test_what_the_supplier_sees_is_the_same_wherever_the_plant_is(world: World) -> None:
    """Its own line says nothing of distance, and the tag of the requirement changes with nothing that is hidden."""
    hidden = Hidden(world)

    def seen() -> list[object]:
        line = world.send(WHO, operation("requirements_matches"), "told").json()
        requirement = world.send(WHO, operation("requirements_retrieve"), "told")
        return [line, requirement.json(), requirement["ETag"]]

    before = seen()
    type(hidden.plant).objects.filter(pk=hidden.plant.pk).update(latitude=10.5, longitude=107.1, version=2)
    Requirement.objects.filter(pk=hidden.requirement.pk).update(target_price="8", version=9, updated_at=timezone.now())

    assert seen() == before
    assert "distance" not in str(before)
