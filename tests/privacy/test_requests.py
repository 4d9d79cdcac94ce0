"""Requests about personal data: asked by people, answered by officers, within the time."""

import json
import zipfile
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from accounts.errors import LastOwnerError
from accounts.models import ApiKey, Consent, Disclosure, Membership, Organisation, User
from accounts.principals import ANONYMOUS, Principal
from accounts.services import contacts_of, disclose_contacts, issue_api_key, record_consent
from config.errors import InvalidFactError, NotAllowedError, TransitionError
from config.personal_data import references, traces
from jobs.models import Job
from jobs.running import run_due_jobs
from notifications import relay, sending
from notifications.models import Event
from privacy import services
from privacy.errors import OwnRequestError, WrongKindError
from privacy.farewells import send_farewells
from privacy.models import DataRequest, Farewell, working_days_after
from privacy.retention import forget_what_is_no_longer_needed
from suppliers.models import Claim, Evidence
from tests.conftest import ClientFor
from tests.factories.accounts import PASSWORD, OrganisationFactory, member
from tests.factories.suppliers import SupplierFactory
from tests.fixtures.mail import SmtpInbox

pytestmark = pytest.mark.django_db
URL = "/api/v1/me/data-requests"


@pytest.fixture
def officer() -> Principal:
    return member("agency")


def ask(client: APIClient, kind: str, **body: Any) -> Any:
    return client.post(URL, {"kind": kind, **body}, format="json")


def asked(by: Principal, kind: str = "access", **values: Any) -> DataRequest:
    return services.ask_about_data(kind=kind, by=by, **values)


def user_of(principal: Principal) -> User:
    assert principal.user is not None
    return principal.user


def problem_of(response: Any) -> tuple[int, str, list[tuple[str, str]]]:
    body = response.json()
    return response.status_code, body["code"], [(error["pointer"], error["code"]) for error in body["errors"]]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 23), date(2026, 11, 25)),  # Monday
        (date(2026, 11, 26), date(2026, 11, 30)),  # Thursday
        (date(2026, 11, 27), date(2026, 12, 1)),  # Friday
        (date(2026, 11, 28), date(2026, 12, 1)),  # Saturday
    ],
)
def test_two_working_days_pass_over_week_ends(day: date, expected: date) -> None:
    assert working_days_after(day, 2) == expected


def test_a_request_is_received_with_its_due_dates_and_told_to_person_and_agency(
    client_for: ClientFor, officer: Principal, smtp_inbox: SmtpInbox
) -> None:
    person = member()

    made = ask(client_for(person), "rectification", details="My name is Lan.")

    request = DataRequest.objects.get()
    today = timezone.localdate()
    assert (made.status_code, made["Location"]) == (201, f"{URL}/{request.public_id}")
    assert {name: made.json()[name] for name in ("kind", "state", "due_on", "acknowledge_by", "job")} == {
        "kind": "rectification",
        "state": "received",
        "due_on": str(today + timedelta(days=10)),
        "acknowledge_by": str(working_days_after(today, 2)),
        "job": None,
    }
    relay.fan_out_all()
    sending.send_due()
    (receipt,) = smtp_inbox.to(user_of(person).email)
    assert receipt["Subject"] == "We have your request: correction of your data"
    (notice,) = smtp_inbox.to(user_of(officer).email)
    assert notice["Subject"] == "Request about personal data: correction of your data"
    assert user_of(person).email not in str(notice.get_body(("plain",)))


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"kind": "oblivion"}, "/kind", "invalid_choice"),
        ({"kind": "rectification"}, "/details", "required"),
        ({"kind": "erasure"}, "/password", "incorrect_password"),
        ({"kind": "erasure", "password": "wrong"}, "/password", "incorrect_password"),
        ({"kind": "restriction", "password": 0}, "/password", "invalid"),
        ({"kind": "access", "person": "usr_1"}, "/person", "unknown_field"),
    ],
)
def test_a_request_that_cannot_be_meant_is_refused(
    body: dict[str, Any], pointer: str, code: str, client_for: ClientFor
) -> None:
    refused = client_for(member()).post(URL, body, format="json")

    assert (refused.status_code, problem_of(refused)[2]) == (400, [(pointer, code)])
    assert (DataRequest.objects.count(), Event.objects.count()) == (0, 0)


def test_the_password_is_not_tried_without_end(client_for: ClientFor, settings: Settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "confirm": "2/minute"}
    client = client_for(member())

    codes = [ask(client, "erasure", password="wrong").status_code for _ in range(3)]

    assert codes == [400, 400, 429]


def test_the_same_is_asked_once_at_a_time(client_for: ClientFor) -> None:
    client = client_for(member())
    first = ask(client, "access")

    again = ask(client, "access")

    assert (problem_of(again)[:2], again.json()["existing"]) == ((409, "already_exists"), first["Location"])
    assert client.post(f"{first['Location']}/withdraw", {}, format="json").json()["state"] == "withdrawn"
    assert ask(client, "access").status_code == 201


def test_requests_are_a_person_s_own(client_for: ClientFor, officer: Principal) -> None:
    request = asked(member())

    for stranger in (member(), officer):
        assert client_for(stranger).get(URL).json()["results"] == []
        assert client_for(stranger).get(f"{URL}/{request.public_id}").status_code == 404
    assert client_for(ANONYMOUS).get(URL).status_code == 401
    software = Principal.of_key(issue_api_key(name="ERP", scopes=["read", "write"], by=member())[0])
    assert problem_of(client_for(software).get(URL))[:2] == (403, "person_required")
    assert problem_of(ask(client_for(software), "export"))[:2] == (403, "person_required")


def test_officers_acknowledge_extend_and_answer_in_this_order_only(officer: Principal) -> None:
    request = asked(member())

    services.acknowledge_request(request_id=request.pk, by=officer)
    with pytest.raises(InvalidFactError):
        services.extend_request(request_id=request.pk, reason=" ", by=officer)
    extended = services.extend_request(request_id=request.pk, reason="Others hold data too.", by=officer)
    assert extended.due_on == timezone.localdate() + timedelta(days=20)
    with pytest.raises(TransitionError):
        services.extend_request(request_id=request.pk, reason="Once more.", by=officer)
    done = services.complete_request(request_id=request.pk, reason="See the letter.", by=officer)
    assert (done.state, done.decided_by, done.state_reason) == ("done", officer.user, "See the letter.")
    with pytest.raises(TransitionError):
        services.refuse_request(request_id=request.pk, reason="No.", by=officer)
    topics = list(Event.objects.order_by("id").values_list("topic", flat=True))
    assert topics[-3:] == ["data_request.acknowledged", "data_request.extended", "data_request.done"]


def test_nobody_handles_their_own_request(officer: Principal) -> None:
    request = asked(officer)

    with pytest.raises(OwnRequestError):
        services.complete_request(request_id=request.pk, by=officer)
    assert DataRequest.objects.get().state == "received"


@pytest.mark.parametrize(
    ("state", "acknowledge_in_days", "due_in_days", "overdue"),
    [
        ("received", 0, 0, False),
        ("received", -1, 5, True),
        ("acknowledged", -1, 0, False),
        ("acknowledged", -5, -1, True),
        ("extended", -5, -1, True),
        ("done", -5, -1, False),
    ],
)
def test_a_request_is_overdue_when_it_is_not_acknowledged_or_not_answered(
    state: str, acknowledge_in_days: int, due_in_days: int, overdue: bool
) -> None:
    today = timezone.localdate()
    days = (today + timedelta(days=count) for count in (acknowledge_in_days, due_in_days))
    acknowledge_by, due_on = days

    request = DataRequest(kind="access", state=state, acknowledge_by=acknowledge_by, due_on=due_on)

    assert request.is_overdue is overdue


def test_a_copy_holds_everything_about_the_person_and_nothing_about_others(client_for: ClientFor) -> None:
    person, stranger = member(), member()
    colleague = member("supplier", "editor", person.organisation)
    client = client_for(person)
    for someone in (person, stranger, colleague):
        record_consent(user_of(someone), purpose="terms", given=True, language="vi", address="192.0.2.7")

    Membership.objects.filter(user=user_of(person)).update(role="editor")
    made = ask(client, "export")
    run_due_jobs()

    job = Job.objects.get()
    assert (made.status_code, made["Location"]) == (202, f"/api/v1/jobs/{job.public_id}")
    assert DataRequest.objects.get().state == "done"
    assert Event.objects.filter(topic="data_request.copied").count() == 1
    file: Any = client.get(f"/api/v1/jobs/{job.public_id}/result")
    assert (file.status_code, file["Content-Type"]) == (200, "application/zip")
    archive = zipfile.ZipFile(BytesIO(b"".join(file.streaming_content)))
    held = {name.removesuffix(".json"): json.loads(archive.read(name)) for name in archive.namelist() if "json" in name}
    assert held.keys() == {reference.section for reference in references} | {trace.section for trace in traces}
    assert [row["email"] for row in held["account"]] == [user_of(person).email]
    assert [row["role"] for row in held["memberships"]] == ["editor"]
    kept = [(row["model"], row["kind"], row["columns"].get("role")) for row in held["changes_kept"]]
    assert kept == [
        ("accounts.Membership", "added", [None, "owner"]),
        ("accounts.Membership", "changed", ["owner", "editor"]),
    ]
    assert [row["address"] for row in held["consents"]] == ["192.0.2.7"]
    everything = json.dumps(held)
    for other in (stranger, colleague):
        assert user_of(other).email not in everything
        assert user_of(other).full_name not in json.dumps(list(held.values()))
    assert client_for(colleague).get(f"/api/v1/jobs/{job.public_id}/result").status_code == 404
    assert client_for(member("agency")).get(f"/api/v1/jobs/{job.public_id}").status_code == 404


def everything_of(person: User) -> None:
    """Rows of the person wherever there may be some."""
    browser = Client()
    browser.force_login(person)
    record_consent(person, purpose="terms", given=True, language="vi", address="192.0.2.7")
    Claim.objects.create(supplier=SupplierFactory.create(), claimant=person, note=f"Call {person.phone}")
    supplier = SupplierFactory.create()
    Evidence.objects.create(
        supplier=supplier,
        subject=supplier.public_id,
        fact="languages",
        act="entered",
        value=["en"],
        observed_on=timezone.localdate(),
        note=f"Ask {person.email.upper()} or {person.phone}.",
        asserted_by=person,
    )


def test_erasure_leaves_nothing_of_the_person_and_what_was_done_stays(
    client_for: ClientFor, officer: Principal, smtp_inbox: SmtpInbox
) -> None:
    owner, buyer = member("supplier"), member("buyer")
    person = member("supplier", "editor", owner.organisation)
    erased, email, phone = user_of(person), user_of(person).email, user_of(person).phone
    assert owner.organisation is not None
    assert buyer.organisation is not None
    Organisation.objects.filter(pk=buyer.organisation.pk).update(contact_email=email, contact_name="Lan")
    disclose_contacts(reader=buyer.organisation, subject=owner.organisation, reason="con_1")
    everything_of(erased)
    asked_first = ask(client_for(person), "erasure", password=PASSWORD)
    assert asked_first.status_code == 201

    services.carry_out_erasure(request_id=DataRequest.objects.get().pk, by=officer)

    gone = User.objects.get(pk=erased.pk)
    assert (gone.email, gone.full_name, gone.phone) == (f"{gone.public_id}@erased.invalid", "", "")
    assert (gone.is_active, gone.has_usable_password(), gone.get_full_name()) == (False, False, "Erased person")
    assert not Membership.objects.filter(user=gone).exists()
    assert not Claim.objects.filter(claimant=gone).exists()
    assert not Session.objects.exists()
    assert not EmailAddress.objects.filter(user=gone).exists()
    assert Consent.objects.get(person=gone).address is None
    assert Evidence.objects.get().note == "Ask […] or […]."
    assert Evidence.objects.get().asserted_by == gone
    assert Organisation.objects.get(pk=buyer.organisation.pk).contact_name == ""
    assert [contact.email for contact in contacts_of(owner.organisation, reader=buyer)] == [user_of(owner).email]
    assert Disclosure.objects.count() == 1
    event = Event.objects.get(topic="user.erased")
    assert (event.subject, event.actor, event.payload) == (gone.public_id, officer.user, {})
    assert DataRequest.objects.get().state == "done"
    assert Farewell.objects.get().email == email
    relay.fan_out_all()
    sending.send_due()
    send_farewells()
    (last,) = smtp_inbox.to(email)
    assert last["Subject"] == "Your personal data have been erased"
    assert Farewell.objects.count() == 0
    assert phone not in json.dumps(list(Evidence.objects.values_list("note", flat=True)))


def test_a_farewell_waits_while_the_mail_server_is_away_and_is_forgotten_after_a_week(smtp_inbox: SmtpInbox) -> None:
    Farewell.objects.create(email="lan@firm.example", language="vi")
    smtp_inbox.answer = "451 Try later"

    send_farewells()

    assert (Farewell.objects.get().state, smtp_inbox.messages) == ("due", [])
    Farewell.objects.update(due_at=timezone.now() - timedelta(days=8))
    assert forget_what_is_no_longer_needed()["farewells"] == 1


def test_staff_find_others_an_owner_first_and_the_only_member_leaves_an_empty_organisation(
    client_for: ClientFor, officer: Principal
) -> None:
    owner = member()
    colleague = member("supplier", "editor", owner.organisation)
    assert owner.organisation is not None
    issue_api_key(name="ERP", scopes=["read"], by=owner)

    request = asked(owner, "erasure", password=PASSWORD)
    with pytest.raises(LastOwnerError, match=str(owner.organisation)):
        services.carry_out_erasure(request_id=request.pk, by=officer)
    assert owner.organisation.memberships.count() == 2
    Membership.objects.filter(user=colleague.user).delete()
    services.carry_out_erasure(request_id=request.pk, by=officer)
    assert owner.organisation.memberships.count() == 0
    assert ApiKey.objects.get().revoked_at is not None


def test_a_contact_person_without_an_account_is_erased_on_an_officer_s_note(officer: Principal) -> None:
    firm = OrganisationFactory.create(
        contact_name="Lan", contact_email="lan@firm.example", contact_phone="+84901234567"
    )
    request = services.note_request(organisation=firm, kind="erasure", details="By letter of Lan", by=officer)

    services.carry_out_erasure(request_id=request.pk, by=officer)

    firm.refresh_from_db()
    assert (firm.contact_name, firm.contact_email, firm.contact_phone) == ("", "", "")
    done = DataRequest.objects.get()
    assert (done.state, done.details, done.decided_by) == ("done", "", officer.user)


def test_only_officers_erase_and_only_what_was_asked(officer: Principal) -> None:
    person = member()
    request = asked(person)

    for by in (person, member("agency", "viewer")):
        with pytest.raises(NotAllowedError):
            services.carry_out_erasure(request_id=request.pk, by=by)
    with pytest.raises(WrongKindError):
        services.carry_out_erasure(request_id=request.pk, by=officer)
    assert User.objects.get(pk=user_of(person).pk).erased_at is None


def test_officers_work_the_queue_in_the_admin(officer: Principal) -> None:
    late = asked(member(), "access")
    DataRequest.objects.filter(pk=late.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    firm = OrganisationFactory.create()
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(user_of(officer))
    admin = "/admin/privacy/datarequest"

    page = browser.get(f"{admin}/").content.decode()
    assert late.public_id in page
    assert browser.get(f"{admin}/{late.pk}/change/").status_code == 200
    noted = browser.post(f"{admin}/add/", {"organisation": firm.pk, "kind": "erasure", "details": "Letter"})
    assert (noted.status_code, DataRequest.objects.filter(organisation=firm).count()) == (302, 1)
    refusal = browser.post(f"{admin}/{late.pk}/refuse/", {"reason": "It was answered in May."})
    assert refusal.status_code == 302
    assert DataRequest.objects.get(pk=late.pk).state == "refused"
    assert late.public_id not in browser.get(f"{admin}/").content.decode()
