"""What is said where a browser's change does not prove that it comes from our pages."""

from django.utils.translation import gettext_noop

NO_CSRF_TOKEN = gettext_noop(
    "A change from a browser that is signed in by its cookie needs X-CSRFToken, and must come from our own pages."
)
