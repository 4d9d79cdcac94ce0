"""Django's registration of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SuppliersConfig(AppConfig):
    """Supplier firms and what they can make."""

    name = "suppliers"
    verbose_name = _("Suppliers")

    def ready(self) -> None:
        from suppliers.imports.jobs import register_imports

        register_imports()
