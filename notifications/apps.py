"""Django's registration of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Events out of the domain, and what people are told of them."""

    name = "notifications"
    verbose_name = _("Notifications")
