"""Sending the last message to people who were erased, and forgetting their address with it."""

from django.conf import settings

from jobs.working import work_off
from notifications.mail import composed, filled
from notifications.sending import hand_over
from privacy.models import Farewell


def send_farewells() -> None:
    """Send what is due."""
    work_off(Farewell.objects.all(), _send, lease=settings.EMAIL_LEASE)


def _send(farewell: Farewell) -> None:
    subject, text = filled("privacy/{language}/farewell.txt", farewell.language, {})
    message = composed(to=farewell.email, subject=subject, text=text, key=f"farewell-{farewell.pk}")
    hand_over(message)
    Farewell.objects.held(farewell).delete()
