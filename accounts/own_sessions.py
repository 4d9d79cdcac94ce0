"""One's own sessions: who found an unlocked computer shall not shut out whom it belongs to."""

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.headless.usersessions.views import SessionsView
from django.http import HttpRequest, HttpResponseBase

APP = "allauth.usersessions"
"""For which the proof is asked, as django-allauth names it."""


class OwnSessionsView(SessionsView):
    """Ending sessions takes a fresh proof of who one is, as changing the password does."""

    def delete(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        raise_if_reauthentication_required(request, app=APP)
        response: HttpResponseBase = super().delete(request, *args, **kwargs)
        return response
