"""Nobody meets what is others': in files, messages to people and software, searches, and after contacts were opened.

What the answers of single operations hold is looked at where they are all asked: see test_authorisation.
"""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from accounts.models import Organisation
from buyers.models import Requirement
from jobs.running import run_due_jobs
from matchmaking.services import request_connection
from notifications.models import Delivery
from notifications.tasks import deliver_due
from notifications.webhooks.telling import content_of
from suppliers.models import Document, Supplier
from tests.conftest import Covered
from tests.contract.authorisation import status_at_the_door
from tests.contract.authorisation import table as authorisation
from tests.contract.readings import READERS, Readings, table
from tests.factories.accounts import member
from tests.fixtures.contract import UNDESCRIBED, operation_of, resolved
from tests.fixtures.mail import SmtpInbox
from tests.fixtures.markers import Markers
from tests.fixtures.routes import Operation, operation, operations
from tests.fixtures.world import World

pytestmark = pytest.mark.django_db
EXPORTERS = ("supplier_owner", "suspended_supplier", "buyer_owner", "unverified_buyer", "staff_owner", "buyer_key_read")
SEARCHERS = ("anonymous", "supplier_owner", "buyer_owner")
ACTORS = ("supplier_owner", "buyer_owner", "staff_owner")
EXPANDERS = ("anonymous", "supplier_owner", "suspended_supplier", "buyer_owner", "suspended_buyer", "staff_viewer")
CONTACTS = {
    *("accounts.User.full_name", "accounts.User.email", "accounts.User.phone"),
    *(
        "accounts.Organisation.contact_name",
        "accounts.Organisation.contact_email",
        "accounts.Organisation.contact_phone",
    ),
}
"""What an accepted connection opens of the other side, and nothing else but shared documents."""
SEEN_OF_ANONYMOUS = {f"buyers.Requirement.{name}" for name in ("public_id", "title", "description", "part_family")}
"""Of what an anonymous buyer owns: what it asks for, without whose it is."""


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    settings.STAFF_MFA_REQUIRED = True
    logging.disable(logging.CRITICAL)
    yield World.build()
    logging.disable(logging.NOTSET)


@pytest.fixture
def readings(world: World) -> Readings:
    return Readings(Markers(world))


def test_what_is_hidden_is_met_by_nobody_but_its_own_the_told_and_staff() -> None:
    strangers = {"anonymous", "supplier", "unverified_buyer", "verified_buyer"}

    assert {key: met for key, met in table().items() if key[1] == "hidden" and met & strangers} == {}
    assert {key for key, met in table().items() if not met} == set()
    assert [key for key, met in table().items() if "anonymous" in met and not met >= strangers] == []
    assert len(table()) > 100
    assert set().union(*table().values()) == set(READERS)


def test_files_of_lists_hold_what_their_reader_may_meet(world: World, readings: Readings, covered: Covered) -> None:
    written = 0
    for who in EXPORTERS:
        own = world.own[world.party_of(who)]
        for kind, filters in (
            ("suppliers", {}),
            ("requirements", {}),
            ("connections", {}),
            ("matches", {"requirement": own.get("requirements", "")}),
            ("shortlist", {"shortlist": own.get("shortlists", "")}),
        ):
            body = {"kind": kind, "filters": filters, "language": "en"}
            asked = world.clients[who].post("/api/v1/exports", body, format="json")
            readings.note(who, "exports_request", asked.content.decode(), sent=str(body))
            if asked.status_code != 202:
                continue
            run_due_jobs()
            job = world.clients[who].get(asked["Location"])
            assert job.json()["state"] == "succeeded", job.json()
            answer: Any = world.clients[who].get(job.json()["file"]["url"])
            readings.note(who, f"file of {kind}", b"".join(answer.streaming_content).decode(), sent=str(body))
            readings.note(who, "jobs_retrieve", job.content.decode(), sent=str(body))
            written += 1

    readings.check()
    assert readings.met["accounts.Organisation.legal_name", "public"] >= {"supplier", "verified_buyer", "staff"}
    covered(written, "exported files without what their reader may not meet")


def test_messages_of_every_act_hold_what_their_reader_may_meet(
    world: World, readings: Readings, smtp_inbox: SmtpInbox, covered: Covered
) -> None:
    """Each act that succeeds for somebody is done, its e-mails are sent and its webhooks written, and it is undone."""
    told = 0
    for each in (each for each in operations() if not each.is_safe):
        for who in ACTORS:
            for (name, target), row in authorisation().items():
                if name == each.operation_id and row[who][0] == "2":
                    with transaction.atomic():
                        world.send_at_once(who, each, "own" if target == "-" else target)
                        told += note_messages(readings, smtp_inbox, str(each))
                        transaction.set_rollback(True)

    readings.check()
    covered(len(smtp_inbox.messages), "e-mails of acts that name nothing their reader may not meet")
    covered(told, "webhook messages of acts that name nothing their receiver may not meet")


def note_messages(readings: Readings, inbox: SmtpInbox, after: str) -> int:
    """Sends what is due, and notes it; answers how many webhook messages there were."""
    before, told = len(inbox.messages), 0
    deliver_due()
    for message in inbox.messages[before:]:
        text = "".join(str(part.get_content()) for part in message.walk() if not part.is_multipart())
        readings.note(str(message["To"]), f"e-mail after {after}", f"{message['Subject']} {text}")
    for delivery in Delivery.objects.filter(state="due").exclude(endpoint=None).select_related("event", "endpoint"):
        party = next(
            (name for name, each in readings.markers.world.organisations.items() if each.pk == owner_of(delivery)), None
        )
        if party is not None:
            readings.note(f"{party}_owner", f"webhook after {after}", content_of(delivery.event).decode())
            told += 1
    return told


def owner_of(delivery: Delivery) -> int:
    assert delivery.endpoint is not None
    return delivery.endpoint.organisation_id


def test_an_anonymous_buyer_is_named_in_no_message_until_it_is_accepted(
    world: World, readings: Readings, smtp_inbox: SmtpInbox
) -> None:
    asked = Requirement.objects.get(public_id=world.fixed["told"]["requirements"])
    supplier = Supplier.objects.get(public_id=world.own["supplier"]["suppliers"])

    def named_in(text: str, organisation_id: int) -> set[str]:
        """Fields of an organisation's own rows in a text; connections belong to both sides."""
        owner = (Organisation, organisation_id)
        return {mark.field for mark in readings.markers.found_in(text) if owner in mark.owners}

    connection = request_connection(
        requirement_id=asked.pk,
        supplier_id=supplier.pk,
        message="Can you make this?",
        by=member(organisation=asked.buyer.organisation),
    )
    note_messages(readings, smtp_inbox, "the request")
    told = "".join(
        message.as_bytes(policy=message.policy.clone(cte_type="8bit")).decode() for message in smtp_inbox.messages
    )
    client = world.clients["supplier_owner"]
    for path in ("connections", "requirements", "search?q=a", f"connections/{connection.public_id}"):
        told += client.get(f"/api/v1/{path}").content.decode()

    assert len(smtp_inbox.messages) > 0
    assert asked.public_id in told
    assert named_in(told, asked.buyer.organisation_id) == SEEN_OF_ANONYMOUS
    readings.check()
    accepted = client.post(f"/api/v1/connections/{connection.public_id}/accept", {}, format="json").content.decode()
    assert named_in(accepted, asked.buyer.organisation_id) >= {
        "accounts.Organisation.trade_name",
        "accounts.Organisation.contact_email",
    }


@pytest.mark.parametrize(("reader", "other"), [("supplier_owner", "buyer"), ("buyer_owner", "supplier")])
def test_acceptance_opens_contacts_and_what_is_shared_and_nothing_else(
    world: World, readings: Readings, reader: str, other: str
) -> None:
    shared = Document.objects.get(public_id=world.own["supplier"]["documents"])
    Document.objects.filter(pk=shared.pk).update(shared=True)
    before = met_of(world, readings.markers, reader, other)

    accepted = world.send("supplier_owner", operation("connections_accept"))
    after = met_of(world, readings.markers, reader, other)

    assert accepted.status_code == 200
    documents = {f"suppliers.Document.{name}" for name in ("name", "public_id")}
    reading = {"accounts.Organisation.public_id"}  # the buyer's record of disclosures names the firm that accepted
    opened = CONTACTS | documents | reading if other == "supplier" else CONTACTS
    assert after - before == opened
    assert before & opened == set()
    assert before - after == set()


def met_of(world: World, markers: Markers, reader: str, other: str) -> set[str]:
    """Fields of the other side's rows alone that a caller meets anywhere."""
    whose = (Organisation, world.organisations[other].pk)
    own = (Organisation, world.organisations[world.party_of(reader)].pk)
    found = set()
    for each in (each for each in operations() if each.is_safe):
        for target in ("own", "public", "told"):
            path = world.path(each, target, reader)
            if path is not None:
                text = shown(world, reader, path)
                found |= {
                    mark.field for mark in markers.found_in(text) if whose in mark.owners and own not in mark.owners
                }
    paths = [f"suppliers/{world.own['supplier']['suppliers']}", f"requirements/{world.own['buyer']['requirements']}"]
    for path in (*paths, f"{paths[0]}/documents", f"{paths[0]}/sites", f"{paths[0]}/certificates"):
        text = shown(world, reader, f"/api/v1/{path}")
        found |= {mark.field for mark in markers.found_in(text) if whose in mark.owners and own not in mark.owners}
    return found


def shown(world: World, who: str, path: str) -> str:
    answer = world.read(who, path)
    return "" if answer.streaming else answer.content.decode()


def expansions(each: Operation) -> str:
    """All that an operation can carry along, parted by commas."""
    described = () if each.path in UNDESCRIBED else operation_of("GET", each.path).get("parameters", ())
    names = (one["schema"]["items"]["enum"] for one in map(resolved, described) if one["name"] == "expand")
    return ",".join(next(names, []))


def test_what_is_carried_along_is_what_its_reader_may_meet(world: World, readings: Readings, covered: Covered) -> None:
    asked = 0
    for each in (each for each in operations() if each.is_safe and expansions(each)):
        for who in EXPANDERS:
            for target in ("own", "public", "told", "closed") if each.collections else ("own",):
                path = world.path(each, target, who)
                if path is not None and status_at_the_door(who, each) is None:
                    answer = world.read(who, path, expand=expansions(each))
                    readings.note(who, each, answer.content.decode(), sent=path)
                    asked += 1

    readings.check()
    covered(asked, "answers with all that can be carried along")


def test_nothing_is_found_by_words_that_its_finder_may_not_meet(
    world: World, readings: Readings, covered: Covered
) -> None:
    found, asked = [], 0
    for word, mark in readings.markers.samples():
        for who in SEARCHERS:
            if readings.markers.reader(who, mark) in table().get((mark.field, mark.standing), ()):
                continue
            for path in ("search", "suppliers", "requirements", "taxonomy/processes"):
                answer = world.read(who, f"/api/v1/{path}", q=word)
                asked += 1
                hits = answer.data.get(
                    "results",
                    [
                        row
                        for group in ("suppliers", "requirements")
                        for row in answer.data.get(group, {}).get("results", [])
                    ],
                )
                if answer.status_code == 200 and hits:
                    found.append(f"{who}: {path}?q={word} finds {mark.field}: {hits}")

    assert found == []
    covered(asked, "searches for others' words that find nothing")
