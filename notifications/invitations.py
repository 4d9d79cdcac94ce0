"""The message to whoever was invited to join an organisation. It goes to an address, which may have no account."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation
from jobs.errors import OutOfReachError
from notifications.mail import composed, filled, one_line
from notifications.models import Event
from notifications.sending import hand_over

PARTED = "\n– – –\n\n"


def send_invitation(event_id: str) -> None:
    """Send it in both languages: which one the reader speaks is not known, or not to be told.

    What has been answered or taken back meanwhile is not sent.
    """
    event = Event.objects.select_related("actor_organisation").get(public_id=event_id)
    rows = Invitation.objects.live().select_related("organisation", "invited_by")
    invitation = rows.filter(public_id=event.subject).first()
    if invitation is None:
        return
    subjects, texts = zip(
        *(_written(invitation, event, language) for language, _name in settings.LANGUAGES), strict=True
    )
    link = settings.SITE_URL.rstrip("/") + reverse("home")
    message = composed(
        to=invitation.email,
        subject=" / ".join(subjects),
        text=PARTED.join(texts),
        key=invitation.public_id,
        links=[link],
    )
    try:
        hand_over(message)
    except OutOfReachError as away:  # other reactions need no mail server
        raise ConnectionError(str(away)) from away


def _written(invitation: Invitation, event: Event, language: str) -> tuple[str, str]:
    """Subject and text in that language."""
    agency = event.actor_organisation if event.actor_organisation_id != invitation.organisation_id else None
    words = {
        "inviter": one_line(invitation.inviter),
        "agency": one_line(agency.legal_name) if agency else "",
        "organisation": one_line(invitation.organisation.legal_name),
        "role": invitation.role,
        "invitation": invitation.public_id,
        "until": timezone.localtime(invitation.expires_at),
        "link": settings.SITE_URL.rstrip("/") + reverse("home"),
        "sign_up": settings.SITE_URL.rstrip("/") + reverse("account_signup"),
    }
    return filled("notifications/{language}/invitation.txt", language, words)
