"""From application to result: who may, what is refused, and that a refusal moves nothing."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.principals import Principal
from config.errors import DomainError
from notifications.models import Event
from suppliers.models import Supplier, SupportApplication, SupportProgramme
from suppliers.support import applications, programmes
from tests.conftest import ClientFor
from tests.factories.accounts import MembershipFactory, member
from tests.factories.suppliers import SupplierFactory
from tests.factories.support import SupportApplicationFactory, SupportProgrammeFactory
from tests.fixtures.crowd import at_once, person, statuses

PROGRAMMES, APPLICATIONS = "/api/v1/support-programmes", "/api/v1/support-applications"
pytestmark = pytest.mark.django_db


def post(client: Any, url: str, body: Any = None) -> Any:
    return client.post(url, body, format="json")


def standing() -> tuple[Any, ...]:
    """All that a refusal must leave as it is."""
    return (
        list(SupportProgramme.objects.order_by("pk").values_list("state", "version", "granted_vnd", "updated_at")),
        list(SupportApplication.objects.order_by("pk").values_list("state", "version", "granted_vnd", "updated_at")),
        Event.objects.count(),
    )


def test_a_firm_applies_is_granted_and_what_it_did_not_spend_is_free_again(
    published: Supplier, owner: Principal, officer: Principal, client_for: ClientFor
) -> None:
    programme = SupportProgrammeFactory.create(budget_vnd=1000)
    firm, staff = client_for(owner), client_for(officer)

    applied = post(firm, APPLICATIONS, {"programme": programme.public_id, "note": "ISO 9001", "asked_vnd": "900"})
    assert (applied.status_code, applied.json()["state"], applied.json()["qualifies"]) == (201, "applied", True)
    url = applied["Location"]
    approved = post(staff, f"{url}/approve", {"granted_vnd": "800"})
    assert (approved.status_code, approved.json()["granted_vnd"]) == (200, "800")
    assert staff.get(f"{PROGRAMMES}/{programme.public_id}").json()["granted_vnd"] == "800"
    finished = post(staff, f"{url}/finish", {"result": "reached", "result_note": "Certified.", "spent_vnd": "650"})

    assert (finished.status_code, finished.json()["state"], finished.json()["spent_vnd"]) == (200, "finished", "650")
    assert firm.get(url).json()["result_note"] == "Certified."
    programme.refresh_from_db()
    assert (programme.granted_vnd, programme.left_vnd) == (Decimal(650), Decimal(350))
    told = Event.objects.filter(topic__startswith="support_application").order_by("id")
    assert list(told.values_list("topic", "audience")) == [
        ("support_application.received", [officer.organisation_id]),
        ("support_application.approved", [owner.organisation_id]),
        ("support_application.finished", [owner.organisation_id]),
    ]


def test_a_firm_that_has_finished_or_withdrawn_may_apply_again(published: Supplier, owner: Principal) -> None:
    programme = SupportProgrammeFactory.create()
    first = applications.apply_for_support(programme_id=programme.pk, supplier_id=published.pk, by=owner)
    applications.withdraw_support_application(application_id=first.pk, by=owner)

    second = applications.apply_for_support(programme_id=programme.pk, supplier_id=published.pk, by=owner)

    assert list(SupportApplication.objects.order_by("pk").values_list("state", flat=True)) == ["withdrawn", "applied"]
    assert second.pk != first.pk


def test_a_grant_that_is_taken_back_is_free_again_and_both_sides_are_told(
    published: Supplier, owner: Principal, officer: Principal
) -> None:
    application = SupportApplicationFactory.create(supplier=published)
    applications.approve_support_application(application_id=application.pk, granted_vnd=Decimal(700), by=officer)

    taken = applications.withdraw_support_application(application_id=application.pk, reason="No time.", by=owner)

    programme = SupportProgramme.objects.get()
    assert (taken.state, taken.state_reason, programme.granted_vnd) == ("withdrawn", "No time.", Decimal(0))
    event = Event.objects.get(topic="support_application.withdrawn")
    assert event.audience == sorted([owner.organisation_id or 0, officer.organisation_id or 0])


@pytest.mark.parametrize(
    ("programme", "code", "told"),
    [
        ({"closes_on": -1}, "support_ended", "closes_on"),
        ({"state": "closed"}, "support_ended", "closes_on"),
        ({"opens_on": 2}, "support_not_open", "opens_on"),
        ({"employees_least": 5}, "not_eligible", "conditions"),
        ({"standing": "international"}, "not_eligible", "conditions"),
    ],
)
def test_out_of_time_or_against_a_condition_an_application_is_refused_and_nothing_moves(
    programme: dict[str, Any], code: str, told: str, published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    today = timezone.localdate()
    fields = {
        name: today + timedelta(days=value) if name.endswith("_on") else value for name, value in programme.items()
    }
    offered = SupportProgrammeFactory.create(**{"opens_on": today - timedelta(days=9), **fields})
    before = standing()

    refused = post(client_for(owner), APPLICATIONS, {"programme": offered.public_id})

    assert (refused.status_code, refused.json()["code"]) == (409, code)
    assert refused.json()[told]
    assert standing() == before


def test_a_second_live_application_points_at_the_first(
    published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    first = SupportApplicationFactory.create(supplier=published)
    before = standing()

    refused = post(client_for(owner), APPLICATIONS, {"programme": first.programme.public_id})

    assert (refused.status_code, refused.json()["existing"]) == (409, f"{APPLICATIONS}/{first.public_id}")
    assert standing() == before


@pytest.mark.parametrize(
    "body", [{"asked_vnd": "-1"}, {"asked_vnd": "1.5"}, {"asked_vnd": 9}, {"asked_vnd": "1" * 16}, {"note": "x" * 5001}]
)
def test_impossible_amounts_and_overlong_notes_are_refused(
    body: dict[str, Any], published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    programme = SupportProgrammeFactory.create()

    refused = post(client_for(owner), APPLICATIONS, {"programme": programme.public_id, **body})

    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    assert not SupportApplication.objects.exists()


def test_more_than_is_left_is_not_granted_and_how_much_is_left_is_said(
    officer: Principal, client_for: ClientFor
) -> None:
    programme = SupportProgrammeFactory.create(budget_vnd=1000, granted_vnd=400)
    application = SupportApplicationFactory.create(programme=programme)
    before = standing()

    refused = post(client_for(officer), f"{APPLICATIONS}/{application.public_id}/approve", {"granted_vnd": "601"})

    assert (refused.status_code, refused.json()["code"]) == (409, "support_budget_exceeded")
    assert refused.json()["left_vnd"] == "600"
    assert standing() == before
    taken = post(client_for(officer), f"{APPLICATIONS}/{application.public_id}/approve", {"granted_vnd": "600"})
    assert taken.json()["state"] == "approved"


@pytest.mark.parametrize(
    ("state", "verb", "body"),
    [
        ("approved", "approve", {"granted_vnd": "1"}),
        ("approved", "decline", {"reason": "Late."}),
        ("applied", "finish", {"result": "reached"}),
        ("declined", "withdraw", {}),
        ("withdrawn", "approve", {"granted_vnd": "1"}),
    ],
)
def test_steps_that_are_not_drawn_are_refused_and_nothing_moves(
    state: str, verb: str, body: dict[str, str], officer: Principal, client_for: ClientFor
) -> None:
    granted = 5 if state == "approved" else None
    reason = "Late." if state == "declined" else ""
    row = SupportApplicationFactory.create(state=state, granted_vnd=granted, state_reason=reason)
    before = standing()

    refused = post(client_for(officer), f"{APPLICATIONS}/{row.public_id}/{verb}", body)

    assert (refused.status_code, refused.json()["code"]) == (409, "transition_not_allowed")
    assert standing() == before


def test_suppliers_do_not_learn_from_a_programme_that_others_were_granted_something(
    published: Supplier, owner: Principal, officer: Principal, client_for: ClientFor
) -> None:
    programme = SupportProgrammeFactory.create()
    theirs = SupportApplicationFactory.create(programme=programme)
    firm, staff, url = client_for(owner), client_for(officer), f"{PROGRAMMES}/{programme.public_id}"
    seen, read = firm.get(url), staff.get(url)

    applications.approve_support_application(application_id=theirs.pk, granted_vnd=Decimal(700), by=officer)

    again, reread = firm.get(url), staff.get(url)
    assert (again.json(), again["ETag"]) == (seen.json(), seen["ETag"])
    assert (reread.json()["granted_vnd"], reread["ETag"] == read["ETag"]) == ("700", False)


@pytest.mark.parametrize(("state", "code"), [("archived", "supplier_archived"), ("suspended", "not_eligible")])
def test_a_firm_that_was_shut_out_since_it_applied_is_granted_nothing(
    state: str, code: str, officer: Principal, client_for: ClientFor
) -> None:
    row = SupportApplicationFactory.create()
    Supplier.objects.filter(pk=row.supplier_id).update(state=state)
    before = standing()

    refused = post(client_for(officer), f"{APPLICATIONS}/{row.public_id}/approve", {"granted_vnd": "1"})

    assert (refused.status_code, refused.json()["code"]) == (409, code)
    assert standing() == before
    declined = post(client_for(officer), f"{APPLICATIONS}/{row.public_id}/decline", {"reason": "Shut."})
    assert declined.json()["state"] == "declined"


def test_more_than_was_granted_cannot_have_been_spent(officer: Principal, client_for: ClientFor) -> None:
    row = SupportApplicationFactory.create()
    applications.approve_support_application(application_id=row.pk, granted_vnd=Decimal(10), by=officer)
    before = standing()

    refused = post(
        client_for(officer),
        f"{APPLICATIONS}/{row.public_id}/finish",
        {"result": "partly", "spent_vnd": "11"},
    )

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/spent_vnd")
    assert standing() == before


def test_nobody_decides_what_they_applied_for_or_for_their_own_firm(
    officer: Principal, colleague: Principal, client_for: ClientFor
) -> None:
    programme, firm = SupportProgrammeFactory.create(), SupplierFactory.create(published=True)
    entered = applications.apply_for_support(programme_id=programme.pk, supplier_id=firm.pk, by=officer)
    MembershipFactory.create(organisation=firm.organisation, user=colleague.user)
    before = standing()

    for who in (officer, colleague):
        for verb, body in (("approve", {"granted_vnd": "1"}), ("decline", {"reason": "Late."})):
            refused = post(client_for(who), f"{APPLICATIONS}/{entered.public_id}/{verb}", body)
            assert (refused.status_code, refused.json()["code"]) == (403, "own_entry")

    assert standing() == before


def test_a_decision_on_an_old_copy_is_refused(officer: Principal, owner: Principal, client_for: ClientFor) -> None:
    row, staff = SupportApplicationFactory.create(), client_for(officer)
    tag = staff.get(f"{APPLICATIONS}/{row.public_id}")["ETag"]
    SupportApplication.objects.filter(pk=row.pk).update(version=7, note="Another plan.")

    refused = staff.post(
        f"{APPLICATIONS}/{row.public_id}/approve", {"granted_vnd": "1"}, format="json", headers={"if-match": tag}
    )

    assert (refused.status_code, refused.json()["code"]) == (412, "stale_version")
    assert SupportApplication.objects.get().state == "applied"


def test_staff_say_for_which_firm_and_suppliers_only_for_their_own(
    officer: Principal, owner: Principal, client_for: ClientFor
) -> None:
    programme = SupportProgrammeFactory.create()
    other = SupplierFactory.create(published=True)
    body = {"programme": programme.public_id}

    nobody = post(client_for(officer), APPLICATIONS, body)
    without_profile = post(client_for(owner), APPLICATIONS, body)
    strange = post(client_for(owner), APPLICATIONS, {**body, "supplier": other.public_id})
    on_behalf = post(client_for(officer), APPLICATIONS, {**body, "supplier": other.public_id})

    assert [nobody.status_code, without_profile.status_code, strange.status_code] == [400, 400, 403]
    assert nobody.json()["errors"][0]["pointer"] == "/supplier"
    assert (on_behalf.status_code, on_behalf.json()["supplier"]) == (201, other.public_id)
    assert SupportApplication.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"opens_on": "2027-01-02", "closes_on": "2027-01-01"},
        {"budget_vnd": -1},
        {"granted_vnd": 2_000_000},
        {"employees_least": 5, "employees_most": 4},
        {"name_en": ""},
    ],
)
def test_the_database_refuses_programmes_that_make_no_sense(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SupportProgrammeFactory.create(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"asked_vnd": -1},
        {"state": "approved"},
        {"granted_vnd": 5},
        {"state": "declined"},
        {
            "state": "finished",
            "granted_vnd": 5,
            "spent_vnd": 6,
            "result": "reached",
            "finished_at": "2027-01-01T00:00Z",
        },
        {"state": "finished", "granted_vnd": 5, "spent_vnd": 5, "finished_at": "2027-01-01T00:00Z"},
        {"result": "reached"},
    ],
)
def test_the_database_refuses_applications_that_make_no_sense(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SupportApplicationFactory.create(**fields)


@pytest.mark.django_db(transaction=True)
def test_of_two_applications_at_once_one_is_taken() -> None:
    supplier, programme = SupplierFactory.create(published=True), SupportProgrammeFactory.create()
    members = [member(organisation=supplier.organisation) for _ in range(2)]
    clients = [person(each) for each in members]
    body = {"programme": programme.public_id}

    answers = at_once([partial(post, one, APPLICATIONS, body) for one in clients])

    assert statuses(answers) == {201: 1, 409: 1}
    assert SupportApplication.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_grants_at_once_none_goes_beyond_the_budget() -> None:
    officer, programme = member("agency"), SupportProgrammeFactory.create(budget_vnd=100)
    rows = SupportApplicationFactory.create_batch(4, programme=programme)

    def approve(pk: int) -> str:
        try:
            applications.approve_support_application(application_id=pk, granted_vnd=Decimal(40), by=officer)
        except DomainError as refusal:
            return refusal.code
        return "approved"

    found = at_once([partial(approve, row.pk) for row in rows])

    assert sorted(found) == ["approved", "approved", "support_budget_exceeded", "support_budget_exceeded"]
    programme.refresh_from_db()
    assert programme.granted_vnd == 80


def test_a_programme_that_ended_is_not_published(officer: Principal) -> None:
    today = timezone.localdate()
    dated = {"opens_on": today - timedelta(days=9), "closes_on": today - timedelta(days=1)}
    draft = SupportProgrammeFactory.create(state="draft", **dated)
    before = standing()

    with pytest.raises(DomainError, match="has ended"):
        programmes.publish_support_programme(programme_id=draft.pk, by=officer)

    assert standing() == before
