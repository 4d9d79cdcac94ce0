"""How people wish to be told: at once, with the daily e-mail, or not at all; and ending e-mails with one click."""

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Membership
from accounts.principals import Principal
from notifications import relay, sending
from notifications.models import Delivery, Event, Notification, Preference
from notifications.preferences import next_digest
from notifications.services import change_preferences, mark_all_read, publish
from notifications.tasks import deliver_due
from notifications.topic_names import NAMES, described, name_of
from notifications.topics import TOPICS, topics_for
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.notifications import connection_requested
from tests.fixtures.mail import SmtpInbox

pytestmark = pytest.mark.django_db
URL = "/api/v1/notification-preferences"
TOPIC = "connection.requested"
EARLY = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)  # 8:00 in Vietnam: after the day's e-mail


@pytest.fixture
def reader() -> Principal:
    return member()


def wish(reader: Principal, topic: str = TOPIC, **channels: str) -> None:
    change_preferences(wishes=[{"topic": topic, **channels}], by=reader)


def tell(reader: Principal, title: str = "Gears") -> Event:
    assert reader.organisation is not None
    event = connection_requested(reader.organisation, requirement_title=title)
    relay.fan_out_all()
    return event


def told() -> list[tuple[str, str]]:
    return list(Delivery.objects.order_by("pk").values_list("channel", "state"))


def link_in(message: EmailMessage) -> str:
    """The path of the link in the header that ends such messages."""
    header = str(message["List-Unsubscribe"]).strip()
    found = re.fullmatch(r"<http://localhost:8000(/unsubscribe/[A-Za-z0-9:_-]+)>", header)
    assert found is not None
    return found[1]


class TestWishes:
    def test_what_nobody_has_set_is_told_at_once(self, reader: Principal, client_for: ClientFor) -> None:
        answer = client_for(reader).get(URL).json()

        assert (answer["time_zone"], answer["daily_at"]) == ("Asia/Ho_Chi_Minh", "07:00")
        assert [row["topic"] for row in answer["topics"]] == topics_for({"supplier"})
        assert {(row["email"], row["in_app"]) for row in answer["topics"]} == {("at_once", "at_once")}
        assert {row["topic"] for row in answer["topics"] if row["always_mailed"]} == {
            name for name, topic in TOPICS.items() if topic.is_essential and topic.to == ""
        }

    @pytest.mark.parametrize(
        ("channels", "expected"),
        [
            ({"email": "off"}, [("in_app", "done")]),
            ({"in_app": "off"}, [("email", "due")]),
            ({"email": "off", "in_app": "off"}, []),
            ({"email": "daily"}, [("digest", "due"), ("in_app", "done")]),
            ({"email": "daily", "in_app": "off"}, [("digest", "due")]),
        ],
    )
    def test_each_channel_is_told_as_wished(
        self, channels: dict[str, str], expected: list[tuple[str, str]], reader: Principal, client_for: ClientFor
    ) -> None:
        client = client_for(reader)
        tag = client.get(URL)["ETag"]

        changed = client.patch(URL, {"topics": [{"topic": TOPIC, **channels}]}, headers={"if-match": tag})
        tell(reader)

        assert changed.status_code == 200
        (row,) = (row for row in changed.json()["topics"] if row["topic"] == TOPIC)
        assert {name: row[name] for name in channels} == channels
        assert told() == expected

    @pytest.mark.parametrize(
        ("wishes", "pointer", "code"),
        [
            ([{"topic": TOPIC, "email": "off"}, {"topic": "nothing"}], "/topics/1/topic", "invalid_choice"),
            ([{"topic": TOPIC, "email": "off"}, {"topic": TOPIC, "in_app": "daily"}], "/topics/1/in_app", None),
            (
                [{"topic": TOPIC, "email": "off"}, {"topic": "data_request.done", "email": "off"}],
                "/topics/1/email",
                "always_mailed",
            ),
            ([], "/topics", None),
        ],
    )
    def test_of_wishes_with_a_fault_none_is_taken(
        self, wishes: list[dict[str, str]], pointer: str, code: str | None, reader: Principal, client_for: ClientFor
    ) -> None:
        refused = client_for(reader).patch(URL, {"topics": wishes}, headers={"if-match": "*"})

        assert refused.status_code == 400
        (error,) = refused.json()["errors"]
        assert error["pointer"].startswith(pointer)
        assert code is None or error["code"] == code
        assert not Preference.objects.exists()

    @pytest.mark.parametrize(
        ("second", "pointer"),
        [({"email": "daily"}, "/topics/2/email"), ({"in_app": "off", "email": "off"}, "/topics/2/email")],
    )
    def test_one_wish_given_twice_changes_nothing(
        self, second: dict[str, str], pointer: str, reader: Principal, client_for: ClientFor
    ) -> None:
        client, other = client_for(reader), {"topic": "connection.accepted", "email": "off"}
        tag = client.get(URL)["ETag"]
        wishes = [{"topic": TOPIC, "email": "off"}, other, {"topic": TOPIC, **second}]

        refused = client.patch(URL, {"topics": wishes}, headers={"if-match": tag})

        assert refused.status_code == 400
        assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [(pointer, "duplicate")]
        assert not Preference.objects.exists()
        assert client.get(URL)["ETag"] == tag

    def test_one_topic_may_be_named_once_for_each_channel(self, reader: Principal, client_for: ClientFor) -> None:
        wishes = [{"topic": TOPIC, "email": "off"}, {"topic": TOPIC, "in_app": "off"}]

        changed = client_for(reader).patch(URL, {"topics": wishes}, headers={"if-match": "*"})

        assert changed.status_code == 200
        assert Preference.objects.count() == 2

    @pytest.mark.parametrize(
        ("language", "label", "description"),
        [
            ("en", "Request of a buyer", "A buyer asks a supplier to talk about a requirement"),
            ("vi", "Đề nghị của bên mua", "Bên mua đề nghị nhà cung cấp trao đổi về một nhu cầu"),
        ],
    )
    def test_each_topic_has_a_name_and_a_sentence_in_the_language_of_the_request(
        self, language: str, label: str, description: str, reader: Principal, client_for: ClientFor
    ) -> None:
        rows = client_for(reader).get(URL, headers={"accept-language": language}).json()["topics"]

        (row,) = (row for row in rows if row["topic"] == TOPIC)
        assert (row["label"], row["description"]) == (label, description)
        assert all(each["label"] not in ("", each["topic"]) and each["description"] for each in rows)

    @pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
    def test_no_two_topics_have_one_name(self, language: str) -> None:
        with override(language):
            names = {name_of(topic) for topic in TOPICS}
            sentences = {described(topic) for topic in TOPICS}

        assert set(TOPICS) <= set(NAMES)
        assert len(names) == len(sentences) == len(TOPICS)

    def test_a_change_needs_the_newest_version(self, reader: Principal, client_for: ClientFor) -> None:
        client = client_for(reader)
        tag, body = client.get(URL)["ETag"], {"topics": [{"topic": TOPIC, "email": "off"}]}

        assert client.patch(URL, body).status_code == 428
        assert client.patch(URL, body, headers={"if-match": tag}).status_code == 200
        assert client.patch(URL, body, headers={"if-match": tag}).status_code == 412

    def test_what_is_essential_is_mailed_whatever_was_set_before(self, reader: Principal) -> None:
        assert reader.user is not None
        Preference.objects.create(person=reader.user, topic="data_request.done", channel="email", frequency="off")
        words = {"kind": "access", "due_on": "2026-12-01"}
        people = [reader.user.pk]
        publish("data_request.done", subject=reader.user, actor=member("agency"), people=people, payload=words)
        relay.fan_out_all()

        assert told() == [("email", "due"), ("in_app", "done")]

    def test_what_waits_and_is_no_longer_wanted_is_not_mailed(self, reader: Principal, smtp_inbox: SmtpInbox) -> None:
        tell(reader)
        wish(reader, email="off")

        deliver_due()

        assert smtp_inbox.messages == []
        assert told() == [("email", "done"), ("in_app", "done")]
        assert Delivery.objects.get(channel="email").delivered_at is None


class TestDailyMessages:
    def test_all_of_a_day_comes_in_one_message(self, reader: Principal, smtp_inbox: SmtpInbox) -> None:
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

    def test_it_is_written_in_the_readers_language(self, reader: Principal, smtp_inbox: SmtpInbox) -> None:
        assert reader.user is not None
        reader.user.language = "vi"
        reader.user.save()
        wish(reader, email="daily")
        tell(reader)
        Delivery.objects.filter(channel="digest").update(due_at=timezone.now())

        deliver_due()

        (message,) = smtp_inbox.messages
        assert message["Subject"] == "1 thông báo mới từ hôm qua đến nay"

    def test_what_was_read_in_the_product_is_not_told_again(self, reader: Principal, smtp_inbox: SmtpInbox) -> None:
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

    def test_who_has_left_by_then_is_not_told(self, reader: Principal, smtp_inbox: SmtpInbox) -> None:
        wish(reader, email="daily")
        tell(reader)
        Membership.objects.filter(user=reader.user).delete()
        Delivery.objects.filter(channel="digest").update(due_at=timezone.now())

        deliver_due()

        assert smtp_inbox.messages == []

    def test_what_the_server_cannot_take_now_is_sent_whole_later(
        self, reader: Principal, smtp_inbox: SmtpInbox
    ) -> None:
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

    def test_who_was_replaced_marks_nothing(self, reader: Principal) -> None:
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
    def test_it_is_due_in_the_morning_of_the_readers_time_zone(self, now: str, zone: str, expected: str) -> None:
        assert next_digest(datetime.fromisoformat(now), zone=zone) == datetime.fromisoformat(expected)

    def test_the_time_zone_is_the_persons_own(self, reader: Principal, client_for: ClientFor) -> None:
        client = client_for(reader)

        refused = client.patch("/api/v1/me", {"time_zone": "Hanoi"}, headers={"if-match": "*"})
        changed = client.patch("/api/v1/me", {"time_zone": "Asia/Tokyo"}, headers={"if-match": "*"})

        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/time_zone")
        assert changed.json()["time_zone"] == "Asia/Tokyo"
        wish(reader, email="daily")
        with time_machine.travel(EARLY, tick=False):
            tell(reader)
        assert Delivery.objects.get(channel="digest").due_at == EARLY + timedelta(hours=21)


class TestEndingEmails:
    def test_a_mail_program_ends_them_with_one_post(self, reader: Principal, smtp_inbox: SmtpInbox) -> None:
        tell(reader)
        deliver_due()
        (message,) = smtp_inbox.messages
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        program = Client(enforce_csrf_checks=True)

        answers = [program.post(link_in(message), {"List-Unsubscribe": "One-Click"}).status_code for _ in range(2)]
        tell(reader)
        deliver_due()

        assert answers == [200, 200]
        assert len(smtp_inbox.messages) == 1
        assert Notification.objects.filter(channel="in_app").count() == 2

    def test_opening_the_link_only_asks(self, reader: Principal, smtp_inbox: SmtpInbox) -> None:
        assert reader.user is not None
        reader.user.language = "vi"
        reader.user.save()
        tell(reader)
        deliver_due()

        page = Client(headers={"accept-language": "en"}).get(link_in(smtp_inbox.messages[0]))

        assert page.status_code == 200
        text = page.content.decode()
        assert "Ngừng nhận thư?" in text
        assert "Thao tác này ngừng các thư loại “Đề nghị của bên mua”." in text
        assert "Bên mua đề nghị nhà cung cấp trao đổi về một nhu cầu" in text
        assert TOPIC not in text
        assert "form-action 'self'" in page["Content-Security-Policy"]
        assert not Preference.objects.exists()

    def test_the_link_in_a_daily_message_ends_what_came_daily_and_no_more(
        self, reader: Principal, smtp_inbox: SmtpInbox
    ) -> None:
        wish(reader, email="daily")
        wish(reader, "connection.accepted", email="daily")
        tell(reader)
        Delivery.objects.filter(channel="digest").update(due_at=timezone.now())
        deliver_due()

        Client().post(link_in(smtp_inbox.messages[0]))

        rows = Preference.objects.order_by("topic").values_list("topic", "frequency")
        assert list(rows) == [("connection.accepted", "off"), ("connection.requested", "off")]

    @pytest.mark.parametrize("token", ["nonsense", "WyJ1c3JfMSIsIioiXQ:1x:forged"])
    def test_a_link_that_is_not_ours_is_a_404(self, token: str) -> None:
        assert Client().get(f"/unsubscribe/{token}").status_code == 404
        assert Client().post(f"/unsubscribe/{token}").status_code == 404

    def test_what_is_essential_has_no_such_link(self, reader: Principal, smtp_inbox: SmtpInbox) -> None:
        assert reader.user is not None
        words = {"kind": "access", "due_on": "2026-12-01"}
        people = [reader.user.pk]
        publish("data_request.done", subject=reader.user, actor=member("agency"), people=people, payload=words)

        deliver_due()

        (message,) = smtp_inbox.messages
        assert message["List-Unsubscribe"] is None
        assert "unsubscribe" not in message.as_string()


class TestToldOnce:
    def test_a_fact_that_is_published_twice_is_one_event(self, reader: Principal) -> None:
        def once(fact: str) -> Event:
            assert reader.organisation is not None
            audience = [reader.organisation.pk]
            return publish("buyer.verified", subject=reader.organisation, actor=reader, audience=audience, fact=fact)

        first, again, other = once("verified buy_1"), once("verified buy_1"), once("verified buy_2")

        assert (again.pk, Event.objects.count()) == (first.pk, 2)
        assert other.pk != first.pk

    def test_an_event_that_lacks_words_of_its_message_is_given_up_and_not_mailed(
        self, reader: Principal, smtp_inbox: SmtpInbox
    ) -> None:
        tell(reader)
        Event.objects.update(payload={"requirement_title": "Gears"})

        deliver_due()

        assert smtp_inbox.messages == []
        row = Delivery.objects.get(channel="email")
        assert row.state == "dead"
        assert row.last_error == "The event lacks supplier_name, buyer_name: nothing is sent with a gap."
