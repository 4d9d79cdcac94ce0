"""The daily e-mail: all that a reader wants to be told of once a day, in one message."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Membership, User
from accounts.principals import Principal
from notifications import sending
from notifications.models import Delivery
from notifications.preferences import next_digest
from notifications.services import mark_all_read
from notifications.tasks import deliver_due
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.fixtures.mail import SmtpInbox
from tests.notifications.scene import tell, wish

pytestmark = pytest.mark.django_db
EARLY = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)  # 8:00 in Vietnam: after the day's e-mail


def test_all_of_a_day_comes_in_one_message(reader: Principal, smtp_inbox: SmtpInbox) -> None:
    other = member(organisation=reader.organisation)
    wish(reader, email="daily")
    with time_machine.travel(EARLY, tick=False):
        tell(reader, "Gears")
        tell(reader, "Shafts")
    assert reader.user is not None
    assert other.user is not None
    first = Delivery.objects.filter(channel="digest").earliest("pk")
    assert set(Delivery.objects.filter(channel="digest").values_list("due_at", flat=True)) == {
        EARLY + timedelta(hours=23)
    }
    Delivery.objects.filter(channel="digest").update(due_at=timezone.now())

    deliver_due()
    deliver_due()

    (message,) = smtp_inbox.to(reader.user.email)
    assert len(smtp_inbox.to(other.user.email)) == 2
    assert message["Subject"] == "2 notifications since yesterday"
    assert str(message["Message-ID"]).startswith(f"<{first.public_id}@")
    text, html = (str(part.get_content()) for part in message.iter_parts() if isinstance(part, EmailMessage))
    assert text.index("1. Kyoto Pumps would like to talk to you: Gears") < text.index("2. Kyoto Pumps would like")
    assert text.count("/api/v1/connections/") == 2
    assert html.count("<a href=") == 3
    rows = Delivery.objects.filter(channel="digest")
    assert {(row.state, row.delivered_at is not None) for row in rows} == {("done", True)}


def test_it_is_written_in_the_readers_language(reader: Principal, smtp_inbox: SmtpInbox) -> None:
    assert reader.user is not None
    reader.user.language = "vi"
    reader.user.save()
    wish(reader, email="daily")
    tell(reader)
    Delivery.objects.filter(channel="digest").update(due_at=timezone.now())

    deliver_due()

    (message,) = smtp_inbox.messages
    assert message["Subject"] == "1 thông báo mới từ hôm qua đến nay"


def test_what_was_read_in_the_product_is_not_told_again(reader: Principal, smtp_inbox: SmtpInbox) -> None:
    wish(reader, email="daily")
    tell(reader, "Gears")
    mark_all_read(by=reader)
    tell(reader, "Shafts")
    Delivery.objects.filter(channel="digest").update(due_at=timezone.now())
    deliver_due()
    tell(reader, "Screws")
    mark_all_read(by=reader)
    Delivery.objects.filter(channel="digest").update(due_at=timezone.now())

    deliver_due()

    (message,) = smtp_inbox.messages
    assert message["Subject"] == "1 notification since yesterday"
    text = message.get_body(("plain",))
    assert text is not None
    assert "Shafts" in text.get_content()
    assert set(Delivery.objects.filter(channel="digest").values_list("state", flat=True)) == {"done"}


def test_who_has_left_by_then_is_not_told(reader: Principal, smtp_inbox: SmtpInbox) -> None:
    wish(reader, email="daily")
    tell(reader)
    Membership.objects.filter(user=reader.user).delete()
    Delivery.objects.filter(channel="digest").update(due_at=timezone.now())

    deliver_due()

    assert smtp_inbox.messages == []


def test_what_the_server_cannot_take_now_is_sent_whole_later(reader: Principal, smtp_inbox: SmtpInbox) -> None:
    wish(reader, email="daily")
    tell(reader)
    tell(reader)
    Delivery.objects.filter(channel="digest").update(due_at=timezone.now())
    smtp_inbox.answer = "451 Try later"
    deliver_due()
    states = Delivery.objects.filter(channel="digest").order_by("pk").values_list("state", "attempts")
    assert list(states) == [("due", 1), ("due", 0)]
    smtp_inbox.answer = "250 Kept"
    deliver_due()
    assert smtp_inbox.messages == []

    Delivery.objects.filter(channel="digest").update(due_at=timezone.now())
    deliver_due()

    (message,) = smtp_inbox.messages
    assert message["Subject"] == "2 notifications since yesterday"


def test_who_was_replaced_marks_nothing(reader: Principal) -> None:
    wish(reader, email="daily")
    tell(reader)
    tell(reader)
    rows = list(Delivery.objects.filter(channel="digest").order_by("pk"))

    assert not sending._mark_done(rows[0], rows, delivered_at=timezone.now())  # nobody has claimed it

    assert set(Delivery.objects.filter(channel="digest").values_list("state", flat=True)) == {"due"}


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        ("2026-11-26T00:00+00:00", "Asia/Ho_Chi_Minh", "2026-11-27T00:00+00:00"),  # it is seven: tomorrow
        ("2026-11-25T23:59+00:00", "Asia/Ho_Chi_Minh", "2026-11-26T00:00+00:00"),
        ("2026-11-26T12:00+00:00", "Asia/Tokyo", "2026-11-26T22:00+00:00"),
        ("2026-03-28T12:00+00:00", "Europe/Berlin", "2026-03-29T05:00+00:00"),  # summer time begins that night
        ("2026-10-24T12:00+00:00", "Europe/Berlin", "2026-10-25T06:00+00:00"),  # and ends
    ],
)
def test_it_is_due_in_the_morning_of_the_readers_time_zone(now: str, zone: str, expected: str) -> None:
    assert next_digest(datetime.fromisoformat(now), zone=zone) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("zone", ["Asia/Hanoi", "../../etc/passwd", ""])
def test_a_time_zone_that_is_known_no_more_holds_up_nobodys_messages(reader: Principal, zone: str) -> None:
    wish(reader, email="daily")
    assert reader.user is not None
    User.objects.filter(pk=reader.user.pk).update(time_zone=zone)

    with time_machine.travel(EARLY, tick=False):
        tell(reader)

    there = next_digest(EARLY, zone="Asia/Ho_Chi_Minh")
    assert Delivery.objects.get(channel="digest").due_at == there


def test_the_time_zone_is_the_persons_own(reader: Principal, client_for: ClientFor) -> None:
    client = client_for(reader)

    refused = client.patch("/api/v1/me", {"time_zone": "Hanoi"}, headers={"if-match": "*"})
    machine = client.patch("/api/v1/me", {"time_zone": "localtime"}, headers={"if-match": "*"})
    changed = client.patch("/api/v1/me", {"time_zone": "Asia/Tokyo"}, headers={"if-match": "*"})

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/time_zone")
    assert machine.status_code == 400
    assert changed.json()["time_zone"] == "Asia/Tokyo"
    wish(reader, email="daily")
    with time_machine.travel(EARLY, tick=False):
        tell(reader)
    assert Delivery.objects.get(channel="digest").due_at == EARLY + timedelta(hours=21)
