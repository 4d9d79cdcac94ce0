"""How long a person stays signed in: until nothing was asked for a while, or the time since signing in is up."""

from datetime import timedelta
from time import time
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User

BEGAN, SEEN = "began_at", "seen_at"
SEEN_IS_NOTED_EVERY = timedelta(minutes=1)


@receiver(user_logged_in, dispatch_uid="accounts.sessions.begin")
def begin(request: HttpRequest, user: User, **_signal: Any) -> None:
    """Start the clocks of a session in which somebody signs in."""
    request.session[BEGAN] = time()
    _note(request.session, user)


def keep_alive(session: SessionBase, user: User) -> bool:
    """Note that the session is in use, once a minute at most. False where its time was up: it is no more, then."""
    idle, longest = limits_of(user)
    now = time()
    if now >= session.get(SEEN, 0) + idle.total_seconds() or now >= session.get(BEGAN, 0) + longest.total_seconds():
        session.flush()
        return False
    if now >= session[SEEN] + SEEN_IS_NOTED_EVERY.total_seconds():
        _note(session, user)
        session.save()
    return True


def limits_of(user: User) -> tuple[timedelta, timedelta]:
    """How long a session may be idle, and how long it lasts at most."""
    return settings.SESSION_LIMITS["staff" if user.is_staff else "everyone"]


def _note(session: SessionBase, user: User) -> None:
    """The store itself forgets the session when its time is up, for the doors that do not ask here."""
    idle, longest = limits_of(user)
    session[SEEN] = time()
    left = session[BEGAN] + longest.total_seconds() - session[SEEN]
    session.set_expiry(int(min(idle.total_seconds(), left)) + 1)
