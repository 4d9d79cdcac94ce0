"""Every message exists in every language, says what it should, and nothing that somebody typed can bend it."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.conf import settings
from django.core import mail as outbox
from pytest_django.fixtures import Settings

from accounts.principals import ANONYMOUS
from matchmaking.models import Connection
from notifications.mail import message_for, written
from notifications.models import Delivery, Event
from notifications.services import publish
from notifications.topics import TOPICS
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.notifications import REQUIREMENT_TITLE, connection_requested

LANGUAGES = [code for code, _ in settings.LANGUAGES]
MISSING = "MISSING-%s"


@pytest.fixture
def show_missing(settings: Settings) -> None:
    """Have templates show a value that they were not given."""
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "OPTIONS": {**engine["OPTIONS"], "string_if_invalid": MISSING}}]


def event_of(topic: str, **payload: Any) -> Event:
    words = {word: f"the {word}" for word in TOPICS[topic].words}
    return Event(topic=topic, subject="con_1", payload={**words, **payload}, reason="Because of the note.")


@pytest.mark.usefixtures("show_missing")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", TOPICS)
def test_every_message_says_all_its_words_in_every_language(topic: str, language: str) -> None:
    reader = UserFactory.build(language=language, full_name="Nguyễn Thị Hạnh")

    subject, text = written(event_of(topic), reader)

    assert subject
    for named in ("requirement_title", "supplier_name", "standard"):
        assert (f"the {named}" in text) == (named in TOPICS[topic].words)
    assert "Nguyễn Thị Hạnh" in text
    assert f"\n\n{settings.SITE_URL}/" in text
    assert "MISSING" not in subject + text
    assert not re.search(r"\n{3}|\{[{%]|&#?\w+;", subject + text)


def test_the_languages_of_a_message_differ() -> None:
    texts = {written(event_of("connection.accepted"), UserFactory.build(language=code)) for code in LANGUAGES}

    assert len(texts) == len(LANGUAGES) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_for_declining_has_words_of_its_own(language: str) -> None:
    reader = UserFactory.build(language=language)
    codes = Connection.DeclineReason.values

    texts = {written(event_of("connection.declined", reason=code), reader)[1] for code in codes}

    assert len(texts) == len(codes)


def test_a_note_is_given_beside_the_coded_reason_but_the_code_is_not_repeated() -> None:
    reader = UserFactory.build(language="en", full_name="")
    event = event_of("connection.declined", reason="price", supplier_name="Mechanics", requirement_title="Gears")
    event.reason = "30 % above our limit"
    assert "Reason given: price – “30 % above our limit”." in written(event, reader)[1]

    event.reason = "price"
    assert "Reason given: price." in written(event, reader)[1]


def test_the_whole_text_of_a_request() -> None:
    reader = UserFactory.build(language="en", full_name="Lê Văn An")
    words = {"requirement_title": "Gears & <shafts>", "supplier_name": "Mechanics", "buyer_name": ""}

    subject, text = written(Event(topic="connection.requested", subject="con_1", payload=words), reader)

    assert subject == "A buyer would like to talk to you: Gears & <shafts>"
    assert text == (
        "Dear Lê Văn An,\n\n"
        "A verified buyer, whose name stays hidden until you accept, asks Mechanics for a connection about the "
        "requirement “Gears & <shafts>”.\n\n"
        "When you accept, both sides see each other's contact persons. You may also decline with a reason. "
        "Without an answer the request expires.\n\n"
        f"{settings.SITE_URL}/api/v1/connections/con_1\n\n"
        "You receive this message because it concerns your organisation. Nobody reads answers to it.\n"
        "Supplier matchmaking, Hanoi\n"
    )


def sent(**payload: Any) -> EmailMessage:
    organisation = OrganisationFactory.create()
    event = connection_requested(organisation, **payload)
    reader = UserFactory.create(language="en", full_name="An\r\nBcc: everybody@firm.example")
    delivery = Delivery.objects.create(event=event, recipient=reader, channel="email")
    message_for(delivery).send()
    return message_from_bytes(outbox.outbox[-1].message().as_bytes(), policy=policy.default)


def parts_of(message: EmailMessage) -> list[str]:
    """The text and the HTML."""
    return [str(part.get_content()) for part in message.iter_parts() if isinstance(part, EmailMessage)]


@pytest.mark.django_db
def test_what_somebody_typed_cannot_add_headers_or_paragraphs() -> None:
    message = sent(
        requirement_title="Gears\r\nBcc: spy@firm.example\n\nDear customer,\u2028pay here: http://bad.example\u202e",
        buyer_name="<script>alert(1)</script>\x08",
    )

    subject = (
        "<script>alert(1)</script> would like to talk to you: Gears Bcc: spy@firm.example Dear customer, pay here:"
    )
    assert str(message["Subject"]).replace("\n", "").startswith(subject)
    assert message["Bcc"] is None
    text, html = parts_of(message)
    assert text.startswith("Dear An Bcc: everybody@firm.example,\n\n")
    assert "\n\nDear customer" not in text
    assert "\u202e" not in text
    assert "<script>" not in html
    assert 'href="http://bad.example' not in html
    assert "&lt;script&gt;" in html


@pytest.mark.django_db
def test_a_message_has_an_id_of_its_own_and_says_that_a_machine_wrote_it(settings: Settings) -> None:
    settings.SITE_URL = "https://matching.hanoi.example:8443/"

    message = sent()

    delivery = Delivery.objects.get()
    assert message["Message-ID"] == f"<{delivery.public_id}@matching.hanoi.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["To"] == delivery.reader.email
    assert message.get_content_type() == "multipart/alternative"
    _, html = parts_of(message)
    link = f"https://matching.hanoi.example:8443/api/v1/connections/{delivery.event.subject}"
    assert f'<a href="{link}"' in html
    assert REQUIREMENT_TITLE in html


@pytest.mark.django_db
def test_a_language_that_is_no_longer_offered_falls_back_to_the_sites_own() -> None:
    organisation = OrganisationFactory.create(trade_name="Kyoto Pumps")
    event = publish("buyer.verified", subject=organisation, actor=ANONYMOUS)

    subject, _ = written(event, UserFactory.build(language="ja"))

    assert subject == "Kyoto Pumps đã được xác minh"


@pytest.mark.django_db
@pytest.mark.parametrize("title", ["Trục thép không gỉ số lượng lớn cho hộp số", "Gears", "Shafts of “S45C” " * 8])
def test_a_subject_of_any_length_begins_where_it_should(title: str) -> None:
    message = sent(requirement_title=title, buyer_name="Công ty TNHH Cơ khí Thử Nghiệm Việt Nam")

    raw = outbox.outbox[-1].message().as_bytes()

    assert str(message["Subject"]).startswith("Công ty TNHH Cơ khí Thử Nghiệm Việt Nam would like to talk to you: ")
    assert str(message["Subject"]).endswith(title.strip())
    assert re.search(rb"^Subject: [^\s]", raw, re.MULTILINE)
