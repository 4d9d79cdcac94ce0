"""Messages over real SMTP: sent once, tried again where that may help, given up where it cannot."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models.functions import Now
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import Membership
from accounts.principals import Principal
from config.devstack.valkey import free_port
from notifications import sending
from notifications.models import Delivery, Event
from notifications.relay import fan_out
from notifications.sending import send_due
from notifications.tasks import deliver_due
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.notifications import REQUIREMENT_TITLE, connection_requested
from tests.fixtures.mail import SmtpInbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> Principal:
    """A member of a supplier whom a buyer has asked for a connection; nobody has been told yet."""
    principal = member()
    assert principal.organisation is not None
    connection_requested(principal.organisation)
    return principal


def the_delivery() -> Delivery:
    return Delivery.objects.get(channel="email")


def test_each_reader_gets_one_message_in_the_language_of_their_own(smtp_inbox: SmtpInbox) -> None:
    supplier = OrganisationFactory.create()
    english, vietnamese = member(organisation=supplier), member(organisation=supplier)
    assert english.user is not None
    assert vietnamese.user is not None
    vietnamese.user.language = "vi"
    vietnamese.user.save()
    connection_requested(supplier)

    deliver_due()
    deliver_due()

    (in_english,) = smtp_inbox.to(english.user.email)
    (in_vietnamese,) = smtp_inbox.to(vietnamese.user.email)
    assert str(in_english["Subject"]).strip() == f"Kyoto Pumps would like to talk to you: {REQUIREMENT_TITLE}"
    assert str(in_vietnamese["Subject"]).strip() == f"Kyoto Pumps muốn trao đổi với Quý vị: {REQUIREMENT_TITLE}"
    assert len(smtp_inbox.messages) == 2
    assert {delivery.state for delivery in Delivery.objects.all()} == {"done"}
    assert not Delivery.objects.filter(delivered_at=None).exists()


@pytest.mark.usefixtures("reader")
def test_a_message_that_the_server_cannot_take_now_is_sent_later(smtp_inbox: SmtpInbox) -> None:
    smtp_inbox.answer = "451 Try later"
    deliver_due()
    assert (the_delivery().state, the_delivery().attempts) == ("due", 1)
    assert the_delivery().last_error == "SMTPDataError: (451, b'Try later')"
    smtp_inbox.answer = "250 Kept"
    deliver_due()
    assert smtp_inbox.messages == []

    Delivery.objects.update(due_at=Now())
    deliver_due()

    assert len(smtp_inbox.messages) == 1
    assert (the_delivery().state, the_delivery().attempts, the_delivery().last_error) == ("done", 2, "")


@pytest.mark.usefixtures("reader")
def test_an_address_that_the_server_refuses_for_good_is_given_up_at_once(smtp_inbox: SmtpInbox) -> None:
    smtp_inbox.answer_to_address = "550 No such mailbox"

    deliver_due()

    assert (the_delivery().state, the_delivery().last_error) == ("dead", "550 No such mailbox")


@pytest.mark.usefixtures("reader")
def test_an_event_that_lacks_words_of_its_message_is_given_up_and_not_mailed(smtp_inbox: SmtpInbox) -> None:
    Event.objects.update(payload={"requirement_title": "Gears"})

    deliver_due()

    assert smtp_inbox.messages == []
    row = Delivery.objects.get(channel="email")
    assert row.state == "dead"
    assert row.last_error == "The event lacks supplier_name, buyer_name: nothing is sent with a gap."


@pytest.mark.usefixtures("reader")
def test_an_address_that_the_server_refuses_for_now_is_tried_again(smtp_inbox: SmtpInbox) -> None:
    smtp_inbox.answer_to_address = "450 Mailbox busy"

    deliver_due()

    assert the_delivery().state == "due"


@pytest.mark.usefixtures("reader")
def test_a_message_that_the_server_refuses_for_good_is_given_up_at_once(smtp_inbox: SmtpInbox) -> None:
    smtp_inbox.answer = "554 Looks like spam"

    deliver_due()

    assert (the_delivery().state, the_delivery().last_error) == ("dead", "(554, b'Looks like spam')")


def test_without_a_mail_server_one_attempt_is_made_and_all_messages_wait(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = free_port()
    supplier = OrganisationFactory.create()
    member(organisation=supplier)
    member(organisation=supplier)
    connection_requested(supplier)

    deliver_due()

    assert sorted(Delivery.objects.by_email().values_list("state", "attempts")) == [("due", 0), ("due", 1)]


def test_who_has_left_the_organisation_by_now_is_not_told(smtp_inbox: SmtpInbox, reader: Principal) -> None:
    smtp_inbox.answer = "451 Try later"
    deliver_due()
    Membership.objects.filter(user=reader.user).delete()
    smtp_inbox.answer = "250 Kept"
    Delivery.objects.update(due_at=Now())

    deliver_due()

    assert smtp_inbox.messages == []
    assert the_delivery().last_error == "The reader is no longer one of those to be told."
    assert the_delivery().state == "dead"


@pytest.mark.usefixtures("reader")
def test_who_finishes_after_the_lease_does_not_overwrite_who_took_over(
    smtp_inbox: SmtpInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_over = sending.give_to

    def be_overtaken(*arguments: object) -> None:
        hand_over(*arguments)  # type: ignore[arg-type]
        Delivery.objects.update(lease_until=Now() - timedelta(seconds=1))
        Delivery.objects.claim(lease=settings.EMAIL_LEASE, limit=1)

    monkeypatch.setattr(sending, "give_to", be_overtaken)

    deliver_due()

    assert (the_delivery().state, the_delivery().attempts, the_delivery().delivered_at) == ("running", 2, None)


@pytest.mark.usefixtures("smtp_inbox")
@pytest.mark.parametrize("messages", [1, 10])
def test_each_message_costs_the_same_queries(messages: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    supplier = OrganisationFactory.create()
    for _ in range(messages):
        member(organisation=supplier)
    connection_requested(supplier)
    fan_out()

    # Claim: savepoint, rows, mark, read, release. Who may read; whether the address fails; mark. The
    # last claim finds nothing.
    with django_assert_num_queries(8 * messages + 3):
        send_due()
