"""Django's registration of the app."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Events out of the domain, and what people are told of them."""

    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from accounts.events import all_happened, happened

        happened.connect(record, dispatch_uid="notifications.record")
        all_happened.connect(record_all, dispatch_uid="notifications.record_all")

        from notifications.invitations import send_invitation
        from notifications.subscriptions import subscribe

        subscribe("invitation.created", "send the invitation", send_invitation)

        from allauth.account.signals import email_confirmed

        email_confirmed.connect(trust, dispatch_uid="notifications.trust")


def trust(**signal: Any) -> None:
    """Write to an address again that its person has just confirmed."""
    from notifications.services import trust_address

    trust_address(email=signal["email_address"].email)


def record(**announced: Any) -> None:
    """Write an event that an app below announced: accounts cannot publish itself."""
    from notifications.services import publish

    publish(**{name: value for name, value in announced.items() if name not in ("signal", "sender")})


def record_all(*, topic: str, subjects: Any, actor: Any, **_signal: Any) -> None:
    """The same for what happened to many."""
    from notifications.services import publish_all

    publish_all(topic, subjects=subjects, actor=actor)
