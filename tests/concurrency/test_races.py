"""Everybody at once: whatever the order in which they are served, the rules of the domain hold."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from accounts.models import ContactReading, Disclosure, Invitation, Membership, Organisation
from accounts.principals import Principal
from accounts.services import disclose_contacts
from buyers.models import Buyer, Requirement
from jobs.models import IdempotencyKey, Job
from jobs.running import run_due_jobs
from jobs.runs import Result, Run
from matchmaking.models import Connection
from notifications.models import Event
from suppliers.errors import SupplierArchivedError
from suppliers.models import Supplier, SupplierMerge
from suppliers.services import merge_suppliers
from tests.factories import matchmaking as make
from tests.factories.accounts import MembershipFactory, UserFactory, member, tax_code
from tests.factories.suppliers import SiteFactory, SupplierFactory
from tests.fixtures.crowd import all_ask, at_once, codes, person, software, statuses
from tests.fixtures.jobs import AskFor

pytestmark = pytest.mark.django_db(transaction=True)


def buyer() -> Principal:
    owner = member("buyer")
    make.verified_buyer(owner.organisation)
    return owner


def test_50_requests_with_one_idempotency_key_make_one_row() -> None:
    make.process("cnc_turning")
    client = software(buyer())
    body = {"title": "Shaft", "operations": [{"process": "cnc_turning"}]}

    answers = all_ask(
        [client] * 50, lambda one: one.post("/api/v1/requirements", body, headers={"idempotency-key": "once"})
    )

    assert Requirement.objects.count() == 1
    assert IdempotencyKey.objects.count() == 1
    assert set(statuses(answers)) <= {201, 409}
    assert set(codes(answers)) <= {"idempotency_key_in_use"}
    made = [answer for answer in answers if answer.status_code == 201]
    assert {answer["Location"] for answer in made} == {f"/api/v1/requirements/{Requirement.objects.get().public_id}"}
    assert [answer.get("Idempotent-Replayed") for answer in made].count(None) == 1


def test_of_50_changes_to_one_version_one_is_made_and_49_are_stale() -> None:
    owner = buyer()
    requirement = make.requirement(Buyer.objects.get(organisation=owner.organisation))
    client, address = software(owner), f"/api/v1/requirements/{requirement.public_id}"
    tag = client.get(address)["ETag"]

    answers = at_once(
        [
            lambda title=f"Shaft {number}": client.patch(address, {"title": title}, headers={"if-match": tag})  # type: ignore[misc]
            for number in range(50)
        ]
    )

    assert statuses(answers) == {200: 1, 412: 49}
    (changed,) = [answer for answer in answers if answer.status_code == 200]
    requirement.refresh_from_db()
    assert (requirement.title, requirement.version) == (changed.json()["title"], 2)


def test_of_100_acceptances_one_counts() -> None:
    connection = make.ConnectionFactory.create()
    client = person(member(organisation=connection.supplier.organisation))
    address = f"/api/v1/connections/{connection.public_id}/accept"

    answers = all_ask([client] * 100, lambda one: one.post(address))

    assert statuses(answers) == {200: 1, 409: 99}
    assert codes(answers) == {"connection_already_decided": 99}
    connection.refresh_from_db()
    assert (connection.state, connection.version) == ("accepted", 2)
    assert Event.objects.filter(topic="connection.accepted").count() == 1
    assert Disclosure.objects.count() == 2


def test_of_acceptances_and_withdrawals_at_once_one_counts() -> None:
    connection = make.ConnectionFactory.create()
    supplier = person(member(organisation=connection.supplier.organisation))
    asker = person(member(organisation=connection.requirement.buyer.organisation))
    address = f"/api/v1/connections/{connection.public_id}"

    answers = at_once(
        [*[lambda: supplier.post(f"{address}/accept")] * 10, *[lambda: asker.post(f"{address}/withdraw")] * 10]
    )

    assert statuses(answers) == {200: 1, 409: 19}
    (counted,) = [answer.json() for answer in answers if answer.status_code == 200]
    connection.refresh_from_db()
    assert connection.state == counted["state"]
    assert Event.objects.filter(topic=f"connection.{connection.state}").count() == 1
    assert Disclosure.objects.count() == (2 if connection.state == "accepted" else 0)


def test_of_20_contacts_opened_at_once_exactly_the_quota_of_the_day_is_shown(settings: Settings) -> None:
    settings.CONTACTS_OPENED_PER_DAY = 5
    owner = buyer()
    asked = make.requirement(Buyer.objects.get(organisation=owner.organisation))
    connections = make.ConnectionFactory.create_batch(
        20, requirement=asked, state="accepted", decided_at=timezone.now()
    )
    for each in connections:
        disclose_contacts(reader=each.requirement.buyer.organisation, subject=each.supplier.organisation, reason="con")
    client = software(owner)

    answers = at_once([partial(client.get, f"/api/v1/connections/{each.public_id}") for each in connections])

    assert statuses(answers) == {200: 5, 429: 15}
    assert ContactReading.objects.filter(is_first=True).count() == ContactReading.objects.count() == 5


def test_one_contact_opened_20_times_at_once_counts_once(settings: Settings) -> None:
    settings.CONTACTS_OPENED_PER_DAY = 1
    owner = buyer()
    asked = make.requirement(Buyer.objects.get(organisation=owner.organisation))
    one = make.ConnectionFactory.create(requirement=asked, state="accepted", decided_at=timezone.now())
    disclose_contacts(reader=one.requirement.buyer.organisation, subject=one.supplier.organisation, reason="con")

    answers = all_ask([software(owner)] * 20, lambda client: client.get(f"/api/v1/connections/{one.public_id}"))

    assert statuses(answers) == {200: 20}
    assert ContactReading.objects.filter(is_first=True).count() == 1
    assert ContactReading.objects.count() == 20


def test_of_20_requests_for_one_connection_one_is_made() -> None:
    requirement, supplier = make.requirement(), make.published_supplier()
    requirement.buyer.organisation.verified_at = requirement.created_at
    requirement.buyer.organisation.save()
    client = software(member(organisation=requirement.buyer.organisation))
    body = {"requirement": requirement.public_id, "supplier": supplier.public_id}

    answers = all_ask([client] * 20, lambda one: one.post("/api/v1/connections", body))

    assert statuses(answers) == {201: 1, 409: 19}
    assert codes(answers) == {"already_exists": 19}
    assert Connection.objects.count() == 1
    assert Event.objects.filter(topic="connection.requested").count() == 1


def test_of_20_publications_one_counts() -> None:
    supplier = SupplierFactory.create(state=Supplier.State.SUBMITTED)
    agency = member("agency")
    officers = [person(member(role="editor", organisation=agency.organisation)) for _ in range(20)]

    answers = all_ask(officers, lambda one: one.post(f"/api/v1/suppliers/{supplier.public_id}/publish"))

    assert statuses(answers) == {200: 1, 409: 19}
    assert codes(answers) == {"transition_not_allowed": 19}
    supplier.refresh_from_db()
    assert (supplier.state, supplier.version) == ("published", 2)
    assert Event.objects.filter(topic="supplier.published").count() == 1


@pytest.mark.parametrize("how", ["remove", "leave", "step down"])
def test_the_last_two_owners_do_not_both_go(how: str) -> None:
    one = member()
    other = member(organisation=one.organisation)
    if how == "leave":
        member(role="viewer", organisation=one.organisation)  # else whoever is left may go, too
    clients = {person(one): one, person(other): other}

    def go(client: APIClient, gone: Principal) -> object:
        assert gone.user is not None
        address = f"/api/v1/memberships/{Membership.objects.get(user=gone.user).public_id}"
        if how == "step down":
            return client.patch(address, {"role": "viewer"}, headers={"if-match": "*"})
        return client.delete(address, headers={"if-match": "*"})

    pairs = list(clients.items())
    if how == "remove":
        pairs = [(client, other if owner is one else one) for client, owner in pairs]
    answers = at_once([lambda pair=pair: go(*pair) for pair in pairs])  # type: ignore[misc]

    assert statuses(answers) in ({204: 1, 409: 1}, {200: 1, 409: 1}, {204: 1, 403: 1}, {204: 1, 404: 1})
    assert Membership.objects.filter(organisation=one.organisation, role="owner").count() == 1


def test_a_tax_code_is_registered_once_however_many_try() -> None:
    clients = [person(Principal(user=UserFactory.create())) for _ in range(20)]
    body = {"kind": "supplier", "legal_name": "Công ty Mới", "tax_code": tax_code(900_001)}

    answers = all_ask(clients, lambda one: one.post("/api/v1/organisations", body))

    assert statuses(answers) == {201: 1, 409: 19}
    assert codes(answers) == {"already_exists": 19}
    organisation = Organisation.objects.get()
    assert organisation.memberships.count() == 1


def test_an_organisation_asks_for_three_exports_however_many_it_tries_at_once() -> None:
    client = software(buyer())

    answers = all_ask([client] * 20, lambda one: one.post("/api/v1/exports", {"kind": "suppliers"}))

    assert statuses(answers) == {202: 3, 409: 17}
    assert codes(answers) == {"too_many_jobs": 17}
    assert Job.objects.count() == 3


def test_a_job_that_is_cancelled_as_workers_claim_it_runs_once_or_not_at_all(ask_for: AskFor) -> None:
    owner = member()
    client, ran = person(owner), []
    begun_though_ended: list[Job] = []

    def work(run: Run) -> Result:
        ran.append(run.job.pk)
        begun_though_ended.extend(Job.objects.filter(pk=run.job.pk).exclude(outcome=""))
        run.report(1)
        return Result()

    jobs = [ask_for(owner, work) for _ in range(10)]
    cancelling: list[Callable[[], Any]] = [partial(client.post, f"/api/v1/jobs/{job.public_id}/cancel") for job in jobs]

    answers = at_once([*cancelling, *[run_due_jobs] * 10])[:10]

    assert len(ran) == len(set(ran))
    assert begun_though_ended == []
    for job, answer in zip(jobs, answers, strict=True):
        job.refresh_from_db()
        told = answer.json()["state"]
        assert answer.status_code in (200, 409)
        if answer.status_code == 409:
            assert (told, job.outcome) == ("succeeded", "succeeded")
        elif told == "cancelled":  # before a worker had it, or by the worker, which has stopped meanwhile
            assert (job.outcome, job.pk in ran and not job.attempts) == ("cancelled", False)
        else:  # what is told is how it stands by then: the worker may have come to its end meanwhile
            assert (told in ("running", "succeeded"), job.cancel_asked_at is not None) == (True, True)
            assert job.outcome in ("cancelled", "succeeded")


def test_ten_workers_do_each_job_once(ask_for: AskFor) -> None:
    ran: list[int] = []

    def work(run: Run) -> Result:
        ran.append(run.job.pk)
        return Result(value={"done": True})

    owner = member()
    jobs = [ask_for(owner, work) for _ in range(20)]

    at_once([run_due_jobs] * 10)

    assert sorted(ran) == sorted(job.pk for job in jobs)
    assert set(Job.objects.values_list("outcome", "attempts")) == {("succeeded", 1)}


def test_a_person_is_invited_once_however_many_owners_try_and_joins_once() -> None:
    one = member()
    owners = [person(member(organisation=one.organisation)) for _ in range(10)]
    newcomer = UserFactory.create(email="newcomer@firm.example")

    answers = all_ask(
        owners, lambda owner: owner.post("/api/v1/invitations", {"email": newcomer.email, "role": "viewer"})
    )

    assert statuses(answers) == {201: 1, 409: 9}
    assert codes(answers) == {"already_exists": 9}
    address = f"/api/v1/invitations/{Invitation.objects.get().public_id}/accept"
    joined = all_ask([person(Principal(user=newcomer)) for _ in range(10)], lambda asks: asks.post(address, {}))
    assert statuses(joined) == {200: 1, 409: 9}
    assert MembershipFactory._meta.model.objects.filter(user=newcomer).count() == 1


def test_of_officers_who_merge_two_firms_both_ways_at_once_one_succeeds() -> None:
    firms = [SupplierFactory.create(organisation__tax_code="") for _ in range(2)]
    SiteFactory.create(supplier=firms[0])
    SiteFactory.create(supplier=firms[1])
    officers = [member("agency") for _ in range(6)]

    def merge(place: int) -> str:
        survivor, merged = firms if place % 2 else firms[::-1]
        try:
            merge_suppliers(survivor_id=survivor.pk, merged_id=merged.pk, reason="One firm.", by=officers[place])
        except SupplierArchivedError:
            return "refused"
        return "merged"

    assert sorted(at_once([partial(merge, place) for place in range(6)])) == ["merged", *["refused"] * 5]
    assert SupplierMerge.objects.get().survivor.sites.count() == 2
    assert Event.objects.filter(topic="supplier.merged").count() == 1
