"""Django's registration of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BuyersConfig(AppConfig):
    """Buyers and what they need."""

    name = "buyers"
    verbose_name = _("Buyers")
