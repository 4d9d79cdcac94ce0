import smtplib

import pytest
from django.core.mail import send_mail

from tests.fixtures.mail import SmtpInbox


def test_a_message_sent_by_the_product_arrives_over_smtp(smtp_inbox: SmtpInbox) -> None:
    send_mail("Chào bạn", "Mã: 1234", None, ["a@firm.example"])

    [message] = smtp_inbox.to("a@firm.example")
    assert message["Subject"] == "Chào bạn"
    assert message.get_content().strip() == "Mã: 1234"
    assert smtp_inbox.to("b@firm.example") == []


def test_a_mail_server_that_refuses_is_seen_by_the_sender(smtp_inbox: SmtpInbox) -> None:
    smtp_inbox.answer = "451 Try later"

    with pytest.raises(smtplib.SMTPDataError):
        send_mail("Hello", "Text", None, ["a@firm.example"])

    assert smtp_inbox.messages == []
    assert smtp_inbox.refused == 1
