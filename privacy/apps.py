"""Django's registration of the app."""

from typing import Any

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    """What people may ask about their personal data: a copy, corrections, erasure; and what is forgotten by itself."""

    name = "privacy"
    verbose_name = _("Personal data")

    def ready(self) -> None:
        from jobs import kinds
        from jobs.signals import job_ended
        from privacy.services.copies import EXPORT, make_copy

        autodiscover_modules("personal_data")
        kinds.register(EXPORT, make_copy, is_personal=True)
        job_ended.connect(_copy_ended, dispatch_uid="privacy.copy_ended")


def _copy_ended(job: Any, **_sent: Any) -> None:
    from privacy.services.copies import finish_request

    finish_request(job)
