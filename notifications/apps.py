"""Django's registration of the app."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Events out of the domain, and what people are told of them."""

    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from accounts.events import happened

        happened.connect(record, dispatch_uid="notifications.record")

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
