"""Django's registration of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    """Long work and the claiming of due rows."""

    name = "jobs"
    verbose_name = _("Jobs")

    def ready(self) -> None:
        # Tasks are published through the configured Celery application, so every process must have made it.
        import config.celery  # noqa: F401
        from jobs.list_files import register_list_files

        register_list_files()
