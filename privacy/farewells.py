"""Sending the last message to people who were erased, and forgetting their address with it."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from jobs.working import work_off
from notifications.mail import composed
from notifications.sending import hand_over
from privacy.models import Farewell

TEMPLATE = "privacy/{language}/farewell.txt"


def send_farewells() -> None:
    """Send what is due."""
    work_off(Farewell.objects.all(), _send, lease=settings.EMAIL_LEASE)


def _send(farewell: Farewell) -> None:
    with translation.override(farewell.language):
        filled = render_to_string(TEMPLATE.format(language=farewell.language), {})
    subject, _, text = filled.strip().partition("\n")
    message = composed(to=farewell.email, subject=subject.strip(), text=text, key=f"farewell-{farewell.pk}")
    hand_over(message)
    Farewell.objects.held(farewell).delete()
