"""E-mails that come back: reports as mail servers write them, read from standard input, an mbox file and a Maildir."""

import mailbox
import sys
from email import message_from_string
from email.message import Message
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from notifications.bounces import bounce_in
from notifications.models import Delivery, FailingAddress
from notifications.services import note_bounce
from notifications.tasks import deliver_due
from tests.conftest import ClientFor
from tests.factories.accounts import MembershipFactory, UserFactory, member
from tests.factories.notifications import connection_requested
from tests.fixtures.mail import SmtpInbox

POSTFIX = """\
Return-Path: <>
From: MAILER-DAEMON@mail.agency.example (Mail Delivery System)
To: no-reply@matchmaking.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4Xk2yq0Z"

--4Xk2yq0Z
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.agency.example.

I'm sorry to have to inform you that your message could not be delivered.

<lan@phutung.example>: host mx.phutung.example[192.0.2.25] said: 550 5.1.1
    <lan@phutung.example>: Recipient address rejected: User unknown in virtual
    mailbox table (in reply to RCPT TO command)

--4Xk2yq0Z
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.agency.example
X-Postfix-Queue-ID: 4Xk2yq0Z
Arrival-Date: Thu, 26 Nov 2026 08:30:00 +0700 (+07)

Final-Recipient: rfc822; lan@phutung.example
Original-Recipient: rfc822;lan@phutung.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.phutung.example
Diagnostic-Code: smtp; 550 5.1.1 <lan@phutung.example>: Recipient address
    rejected: User unknown in virtual mailbox table

--4Xk2yq0Z
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <no-reply@matchmaking.example>
Subject: A message
Message-ID:
 <DELIVERY@matchmaking.example>
To: lan@phutung.example

--4Xk2yq0Z--
"""
EXCHANGE = """\
From: postmaster@phutung.onmicrosoft.example
To: no-reply@matchmaking.example
Subject: Undeliverable: A message
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="_000_SG2PR01_"
X-MS-Exchange-Message-Is-Ndr:

--_000_SG2PR01_
Content-Type: multipart/alternative; boundary="_alt_"

--_alt_
Content-Type: text/plain; charset="us-ascii"

Your message to lan@phutung.example couldn't be delivered.

--_alt_--

--_000_SG2PR01_
Content-Type: message/delivery-status

Reporting-MTA: dns;SG2PR01MB4321.apcprd01.prod.exchangelabs.example
Received-From-MTA: dns;mail.agency.example
Arrival-Date: Thu, 26 Nov 2026 01:30:00 +0000

Final-Recipient: rfc822;lan@phutung.example
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup

--_000_SG2PR01_
Content-Type: message/rfc822

From: no-reply@matchmaking.example
To: lan@phutung.example
Subject: A message
Message-ID: <DELIVERY@matchmaking.example>
Content-Type: text/plain

Hello

--_000_SG2PR01_--
"""
FULL = POSTFIX.replace("Status: 5.1.1", "Status: 5.2.2").replace("550 5.1.1", "552 5.2.2")
TOO_LATE = POSTFIX.replace("Status: 5.1.1", "Status: 4.4.1").replace("550 5.1.1", "451 4.4.1")
DELAYED = TOO_LATE.replace("Action: failed", "Action: delayed")
RELAYED = POSTFIX.replace("Action: failed", "Action: relayed").replace("Status: 5.1.1", "Status: 2.0.0")
WITHOUT_ID = POSTFIX.replace("Message-ID:\n <DELIVERY@matchmaking.example>\n", "")
LETTER = "From: lan@phutung.example\nSubject: Re: A message\nIn-Reply-To: <DELIVERY@matchmaking.example>\n\nThank you\n"
BROKEN = POSTFIX.partition("Content-Type: message/delivery-status")[0]


def report(text: str, delivery: str = "dlv_5v2c8n4k1q7t0x3z6m9r") -> Message:
    return message_from_string(text.replace("DELIVERY", delivery))


@pytest.mark.parametrize(
    ("text", "status", "words", "is_hard"),
    [
        (
            POSTFIX,
            "5.1.1",
            "550 5.1.1 <lan@phutung.example>: Recipient address rejected: User unknown in virtual mailbox table",
            True,
        ),
        (
            EXCHANGE,
            "5.1.10",
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
            True,
        ),
        (
            FULL,
            "5.2.2",
            "552 5.2.2 <lan@phutung.example>: Recipient address rejected: User unknown in virtual mailbox table",
            False,
        ),
        (
            TOO_LATE,
            "4.4.1",
            "451 4.4.1 <lan@phutung.example>: Recipient address rejected: User unknown in virtual mailbox table",
            False,
        ),
    ],
    ids=["postfix", "exchange", "mailbox full", "given up"],
)
def test_a_report_says_which_e_mail_and_why(text: str, status: str, words: str, is_hard: bool) -> None:
    bounce = bounce_in(report(text))

    assert bounce is not None
    assert (bounce.delivery, bounce.status, bounce.words) == ("dlv_5v2c8n4k1q7t0x3z6m9r", status, words)
    assert bounce.to == "lan@phutung.example"
    assert bounce.is_hard is is_hard


@pytest.mark.parametrize("text", [DELAYED, RELAYED, WITHOUT_ID, LETTER, BROKEN, "", "\n\n\x00"])
def test_what_tells_of_no_failure_of_ours_is_passed_over(text: str) -> None:
    assert bounce_in(report(text)) is None


@pytest.fixture
def sent(smtp_inbox: SmtpInbox) -> Delivery:
    """An e-mail that the server has taken."""
    reader = MembershipFactory.create(user=UserFactory.create(email="lan@phutung.example"))
    connection_requested(reader.organisation)
    deliver_due()
    delivery = Delivery.objects.get(channel="email")
    assert delivery.state == "done"
    return delivery


def tell_again(delivery: Delivery) -> Delivery:
    """Another e-mail to the same reader."""
    organisation = delivery.reader.memberships.get().organisation
    connection_requested(organisation)
    deliver_due()
    return Delivery.objects.filter(channel="email").latest("pk")


@pytest.mark.django_db
class TestNoting:
    def test_after_a_hard_bounce_staff_see_it_and_nothing_more_is_sent_there(
        self, sent: Delivery, smtp_inbox: SmtpInbox, client_for: ClientFor
    ) -> None:
        note_bounce(report=report(POSTFIX, sent.public_id))
        note_bounce(report=report(POSTFIX, sent.public_id))
        later = tell_again(sent)

        letters = client_for(member("agency")).get("/api/v1/dead-letters").json()["results"]
        failing = FailingAddress.objects.get()
        assert [(each["id"], each["person"]) for each in letters] == [
            (later.public_id, sent.reader.public_id),
            (sent.public_id, sent.reader.public_id),
        ]
        assert letters[1]["last_error"].startswith("It came back: 550 5.1.1 <lan@phutung.example>")
        assert (failing.person, failing.email) == (sent.reader, sent.reader.email)
        assert later.last_error.startswith("Nothing is sent to this address since an e-mail came back: 550 5.1.1")
        assert len(smtp_inbox.messages) == 1

    @pytest.mark.parametrize("text", [POSTFIX, EXCHANGE])
    def test_who_has_another_address_by_then_is_written_to_there(
        self, sent: Delivery, smtp_inbox: SmtpInbox, text: str
    ) -> None:
        sent.reader.email = "lan.moi@phutung.example"
        sent.reader.save()

        note_bounce(report=report(text, sent.public_id))
        later = tell_again(sent)

        sent.refresh_from_db()
        assert (sent.state, later.state) == ("dead", "done")
        assert not FailingAddress.objects.exists()
        assert smtp_inbox.messages[1]["To"] == "lan.moi@phutung.example"

    def test_an_address_with_other_letters_than_ascii_fails_as_any_other(self, sent: Delivery) -> None:
        sent.reader.email = "lan@phụtùng.example"
        sent.reader.save()
        spelt = "lan@xn--phtng-3ua2374c.example"

        note_bounce(report=report(POSTFIX.replace("To: lan@phutung.example", f"To: {spelt}"), sent.public_id))

        assert FailingAddress.objects.get().email == "lan@phụtùng.example"

    def test_words_with_a_character_that_the_database_cannot_hold_are_kept_without_it(self, sent: Delivery) -> None:
        note_bounce(report=report(POSTFIX.replace("User unknown", "User\x00unknown"), sent.public_id))

        assert "User unknown in virtual" in FailingAddress.objects.get().reason

    @pytest.mark.parametrize("text", [FULL, TOO_LATE])
    def test_a_soft_bounce_gives_up_the_e_mail_and_not_the_address(
        self, sent: Delivery, smtp_inbox: SmtpInbox, text: str
    ) -> None:
        note_bounce(report=report(text, sent.public_id))
        later = tell_again(sent)

        sent.refresh_from_db()
        assert (sent.state, sent.delivered_at, later.state) == ("dead", None, "done")
        assert not FailingAddress.objects.exists()
        assert len(smtp_inbox.messages) == 2

    @pytest.mark.parametrize("text", [DELAYED, RELAYED, LETTER])
    def test_what_is_no_failure_changes_nothing(self, sent: Delivery, text: str) -> None:
        assert note_bounce(report=report(text, sent.public_id)) is None

        sent.refresh_from_db()
        assert sent.state == "done"
        assert not FailingAddress.objects.exists()

    @pytest.mark.parametrize("how", ["confirmed", "by staff", "another address"])
    def test_it_is_written_to_again_once_somebody_vouches_for_the_address(
        self, sent: Delivery, smtp_inbox: SmtpInbox, how: str
    ) -> None:
        note_bounce(report=report(POSTFIX, sent.public_id))
        reader = sent.reader
        if how == "confirmed":
            email_confirmed.send(EmailAddress, request=None, email_address=EmailAddress.objects.get(user=reader))
        elif how == "by staff":
            client = Client()
            client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
            chosen = {"action": "trust", "_selected_action": [FailingAddress.objects.get().pk]}
            client.post(reverse("admin:notifications_failingaddress_changelist"), chosen)
        else:
            reader.email = "lan.moi@phutung.example"
            reader.save()

        assert tell_again(sent).state == "done"
        assert len(smtp_inbox.messages) == 2

    def test_what_comes_back_goes_to_the_return_address(self, settings: object, smtp_inbox: SmtpInbox) -> None:
        settings.RETURN_ADDRESS = "bounces@matchmaking.example"  # type: ignore[attr-defined]
        reader = member()
        assert reader.organisation is not None
        connection_requested(reader.organisation)

        deliver_due()

        assert smtp_inbox.messages[0]["From"] == "Supplier matchmaking <no-reply@matchmaking.example>"
        assert smtp_inbox.senders == ["bounces@matchmaking.example"]


@pytest.mark.django_db
class TestReading:
    def read(self, *place: str) -> str:
        out = StringIO()
        call_command("read_bounces", *place, stdout=out)
        return out.getvalue().strip()

    def test_one_from_standard_input(self, sent: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
        piped = TextIOWrapper(BytesIO(report(POSTFIX, sent.public_id).as_bytes()))
        monkeypatch.setattr(sys, "stdin", piped)

        assert self.read() == "1 read, 1 of them e-mails that came back"
        assert FailingAddress.objects.count() == 1

    @pytest.mark.parametrize("kind", [mailbox.mbox, mailbox.Maildir])
    def test_all_of_a_mailbox(self, sent: Delivery, tmp_path: Path, kind: type[mailbox.mbox | mailbox.Maildir]) -> None:
        box = kind(tmp_path / "box")
        for text in (LETTER, EXCHANGE, DELAYED):
            box.add(report(text, sent.public_id).as_bytes())
        box.close()

        assert self.read(str(tmp_path / "box")) == "3 read, 1 of them e-mails that came back"
        assert self.read(str(tmp_path / "box")) == "3 read, 1 of them e-mails that came back"
        sent.refresh_from_db()
        assert sent.state == "dead"

    def test_a_mailbox_that_is_not_there_is_said_so(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="is not there"):
            self.read(str(tmp_path / "none"))
        assert not (tmp_path / "none").exists()
