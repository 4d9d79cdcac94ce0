"""The links with which e-mails are ended, without signing in (RFC 8058)."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User

PURPOSE = "notifications.unsubscribe"
EVERY_DAILY = "*"
"""In such a link, in place of a topic: all that comes with the daily e-mail."""


def unsubscribe_link(reader: User, topic: str) -> str:
    """Where e-mails about this topic to this reader are ended, and nothing else, while its signing key is known."""
    token = signing.dumps([reader.public_id, topic], salt=PURPOSE)
    return settings.SITE_URL.rstrip("/") + reverse("unsubscribe", args=[token])


def subscriber(token: str) -> tuple[User, str]:
    """Whose e-mails about what such a link ends.

    Raises:
        User.DoesNotExist: the link is not ours, or the person is no more.
    """
    try:
        public_id, topic = signing.loads(token, salt=PURPOSE)
    except signing.BadSignature:
        raise User.DoesNotExist from None
    return User.objects.get(public_id=public_id, erased_at=None), topic
