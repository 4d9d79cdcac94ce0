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


def record(**announced: Any) -> None:
    """Write an event that an app below announced: accounts cannot publish itself."""
    from notifications.services import publish

    publish(**{name: value for name, value in announced.items() if name not in ("signal", "sender")})
