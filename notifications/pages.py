"""The page on which e-mails are ended, for whoever has the link: nobody need sign in for that (RFC 8058)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from notifications import services
from notifications.mail import language_of
from notifications.topic_names import described, name_of
from notifications.unsubscribing import EVERY_DAILY, subscriber


@csrf_exempt  # mail programs post without cookies; the token in the address is what counts
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, for programs that look into e-mails follow every link; POST ends them."""
    try:
        person, topic = services.unsubscribe(token=token) if request.method == "POST" else subscriber(token)
    except User.DoesNotExist:
        raise Http404 from None
    language = language_of(person)
    with translation.override(language):
        context = {
            "is_done": request.method == "POST",
            "is_daily": topic == EVERY_DAILY,
            "name": name_of(topic),
            "description": described(topic),
        }
        response = render(request, "notifications/unsubscribe.html", context)
    response["Content-Language"] = language
    return response
