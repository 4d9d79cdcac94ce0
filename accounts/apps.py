"""Django's registration of the app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who people are, the organisations they act for, and how software signs in."""

    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        for listener in ("api.security", "second_factor", "sessions", "sign_in_log"):
            import_module(f"accounts.{listener}")
