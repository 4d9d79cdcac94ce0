"""How people wish to be told: at once, once a day, or not at all; and ending e-mails with one click."""

import re
from email.message import EmailMessage

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from accounts.principals import Principal
from notifications import relay
from notifications.models import Delivery, Notification, Preference
from notifications.services import publish
from notifications.tasks import deliver_due
from notifications.topic_names import NAMES, described, name_of
from notifications.topics import TOPICS, topics_for
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.fixtures.mail import SmtpInbox
from tests.notifications.scene import TOPIC, tell, wish

pytestmark = pytest.mark.django_db
URL = "/api/v1/notification-preferences"


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
