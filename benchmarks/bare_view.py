"""Settings and routes of the peer of `benchmarks.http_match`: a view that returns bytes from memory, and nothing else.

`BARE_BYTES` names the file with the bytes. With `BARE_MIDDLEWARE=ours` all our middleware is there, else only the one
without which an installed package refuses to start.
"""

import os
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.settings.development import *  # noqa: F403

ROOT_URLCONF = "benchmarks.bare_view"
if os.environ.get("BARE_MIDDLEWARE") != "ours":
    MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]

_ANSWER = Path(os.environ["BARE_BYTES"]).read_bytes()


def answer(_request: HttpRequest) -> HttpResponse:
    """The same bytes, whatever is asked."""
    return HttpResponse(_ANSWER, content_type="application/json")


urlpatterns = [path("bare", answer)]
