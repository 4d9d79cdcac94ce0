"""What is forgotten by itself: a row past its time goes, one within it stays, and the time is a setting."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings as of_the_product
from django.contrib.sessions.models import Session
from django.db.models import Model
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.principals import Principal
from accounts.services import record_consent
from jobs.expiry import delete_expired
from jobs.models import Job
from matchmaking.models import MatchPair, MatchResult, MatchRun
from notifications import relay, sending
from notifications.models import Attempt, Delivery, Event, Reaction, WebhookEndpoint
from privacy.models import DataRequest, Farewell
from privacy.retention import KINDS, forget_what_is_no_longer_needed
from privacy.services import ask_about_data
from tests.factories.accounts import InvitationFactory, MembershipFactory, OrganisationFactory, UserFactory
from tests.factories.jobs import finished_job
from tests.factories.matchmaking import published_supplier, requirement
from tests.fixtures.mail import SmtpInbox

pytestmark = pytest.mark.django_db
PROJECT = Path(__file__).resolve().parent.parent.parent
Make = Callable[[datetime], Model]


def a_session(moment: datetime) -> Model:
    return Session.objects.create(session_key=moment.isoformat()[-26:], session_data="", expire_date=moment)


def a_note_of_a_session(moment: datetime) -> Model:
    session = Session.objects.create(session_key=moment.isoformat()[-26:], session_data="", expire_date=moment)
    note: Model = UserSession.objects.create(user=UserFactory.create(), ip="192.0.2.1", session_key=session.session_key)
    return note


def an_event(moment: datetime) -> Event:
    event = Event.objects.create(topic="webhook.test", subject="whk_1", state="done")
    Event.objects.filter(pk=event.pk).update(created_at=moment)
    return event


def a_message(moment: datetime) -> Model:
    row = Delivery.objects.create(event=an_event(moment), recipient=UserFactory.create(), channel="email", state="dead")
    Delivery.objects.filter(pk=row.pk).update(created_at=moment)
    return row


def a_webhook_delivery(moment: datetime) -> Model:
    endpoint = WebhookEndpoint.objects.create(
        organisation=OrganisationFactory.create(), url="https://hooks.firm.example/", topics=[], secret="unused"
    )
    row = Delivery.objects.create(
        event=an_event(moment), endpoint=endpoint, channel="webhook", state="done", due_at=moment
    )
    Attempt.objects.create(delivery=row, number=1, started_at=moment, duration_ms=1, reply="personal")
    Delivery.objects.filter(pk=row.pk).update(created_at=moment)
    return row


def a_reaction(moment: datetime) -> Model:
    return Reaction.objects.create(event=an_event(moment), subscriber="tests", state="done")


def an_unconfirmed_account(moment: datetime) -> Model:
    user = UserFactory.create(confirmed=False)
    type(user).objects.filter(pk=user.pk).update(created_at=moment)
    return user


def an_invitation(moment: datetime) -> Model:
    return InvitationFactory.create(state="declined", decided_at=moment)


def a_farewell(moment: datetime) -> Model:
    return Farewell.objects.create(email="lan@firm.example", language="vi", due_at=moment)


def a_match_run(moment: datetime) -> Model:
    """What the database lets nobody change is made as it is meant to be."""
    frozen = MatchRun(requirement=requirement(), requirement_version=1, as_of=moment.date(), kept_until=moment)
    for name in ("asked", "criteria", "counts", "beyond"):
        setattr(frozen, name, {})
    frozen.save()
    MatchResult.objects.create(
        run=frozen, rank=1, supplier_id=1, eligibility="eligible", score=1, potential=1, lines={}
    )
    return frozen


def a_match_pair(moment: datetime) -> Model:
    pair: Model = MatchPair.objects.create(
        requirement=requirement(), supplier=published_supplier(), side="buyer", score=1, since=moment, left_at=moment
    )
    return pair


MAKE: dict[str, Make] = {
    "sessions": a_session,
    "notes_of_sessions": a_note_of_a_session,
    "messages": a_message,
    "webhook_deliveries": a_webhook_delivery,
    "reactions": a_reaction,
    "unconfirmed_accounts": an_unconfirmed_account,
    "invitations": an_invitation,
    "farewells": a_farewell,
    "match_runs": a_match_run,
    "match_pairs": a_match_pair,
}


@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize("days", [None, 3])
def test_what_is_past_its_time_goes_and_what_is_within_it_stays(
    kind: str, days: int | None, settings: Settings
) -> None:
    if days is not None and kind in settings.KEPT_DAYS:
        settings.KEPT_DAYS = {**settings.KEPT_DAYS, kind: days}
    over = timezone.now() - timedelta(days=settings.KEPT_DAYS.get(kind, 0))
    past = MAKE[kind](over - timedelta(minutes=1))
    within = MAKE[kind](over + timedelta(minutes=1))
    rows = type(past)._default_manager

    assert forget_what_is_no_longer_needed()[kind] == 1

    assert list(rows.filter(pk__in=[past.pk, within.pk]).values_list("pk", flat=True)) == [within.pk]
    assert forget_what_is_no_longer_needed()[kind] == 0


def test_details_of_requests_are_emptied_and_the_requests_stay() -> None:
    today, over = timezone.localdate(), timezone.now() - timedelta(days=of_the_product.KEPT_DAYS["request_details"])
    dates = {"acknowledge_by": today, "due_on": today, "kind": "access", "person": UserFactory.create()}
    for minutes in (-1, 1):
        decided_at = over + timedelta(minutes=minutes)
        DataRequest.objects.create(**dates, state="done", details=f"{minutes}", decided_at=decided_at)

    assert forget_what_is_no_longer_needed()["request_details"] == 1
    assert list(DataRequest.objects.order_by("id").values_list("details", flat=True)) == ["", "1"]


def test_what_still_waits_is_never_forgotten() -> None:
    delivery = a_webhook_delivery(timezone.now() - timedelta(days=9999))
    Delivery.objects.update(state="due")

    forget_what_is_no_longer_needed()

    assert list(Delivery.objects.all()) == [delivery]
    assert Attempt.objects.count() == 1


def test_jobs_that_ended_go_after_their_days(settings: Settings) -> None:
    settings.JOBS_KEPT = timedelta(days=5)
    for hours in (-1, 1):
        job = finished_job(organisation=OrganisationFactory.create())
        Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(days=5, hours=hours))

    delete_expired()

    assert Job.objects.count() == 1


def test_every_kind_is_tested_has_its_days_and_a_row_in_the_documentation() -> None:
    page = (PROJECT / "docs" / "personal-data.md").read_text()

    assert KINDS.keys() == {*MAKE, "request_details"}
    assert of_the_product.KEPT_DAYS.keys() <= KINDS.keys()
    assert [name for name in of_the_product.KEPT_DAYS if f"`KEEP_{name.upper()}_DAYS`" not in page] == []
    assert all(days >= 1 for days in of_the_product.KEPT_DAYS.values())


def test_what_is_no_longer_needed_is_forgotten_and_nothing_else(smtp_inbox: SmtpInbox) -> None:
    now = timezone.now()
    long_ago = now - timedelta(days=800)
    kept, stale = UserFactory.create(), UserFactory.create(confirmed=False, email="nobody@firm.example")
    record_consent(stale, purpose="terms", given=True, language="vi", address=None)
    User.objects.update(created_at=long_ago)
    fresh = UserFactory.create(confirmed=False)
    joined = MembershipFactory.create(user=UserFactory.create(confirmed=False)).user
    User.objects.filter(pk=joined.pk).update(created_at=long_ago)
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(seconds=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + timedelta(days=1))
    old = ask_about_data(kind="access", by=Principal(user=kept), details="Old")
    DataRequest.objects.filter(pk=old.pk).update(state="done", decided_at=long_ago)
    ask_about_data(kind="restriction", by=Principal(user=kept), details="Present")
    relay.fan_out_all()
    sending.send_due()
    newest = Delivery.objects.latest("id")
    Delivery.objects.exclude(event=newest.event).update(created_at=long_ago)

    forgotten = forget_what_is_no_longer_needed()

    assert forgotten == {
        "sessions": 1,
        "notes_of_sessions": 0,
        "messages": 2,
        "webhook_deliveries": 0,
        "reactions": 0,
        "unconfirmed_accounts": 1,
        "request_details": 1,
        "invitations": 0,
        "farewells": 0,
        "match_runs": 0,
        "match_pairs": 0,
    }
    assert set(User.objects.values_list("pk", flat=True)) == {kept.pk, fresh.pk, joined.pk}
    assert list(DataRequest.objects.order_by("id").values_list("details", flat=True)) == ["", "Present"]
    assert forget_what_is_no_longer_needed() == dict.fromkeys(forgotten, 0)
