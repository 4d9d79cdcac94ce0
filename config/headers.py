"""What every answer tells browsers to refuse, whatever made it: a view, a file, an error page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from config.api.problems import MEDIA_TYPE, PRIVATE, problem

_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PAGE = (
    "default-src 'none'; script-src 'self'{script}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
POLICIES = (
    ("/api/v1/docs", _PAGE.format(script="")),
    ("/accounts/", _PAGE.format(script="")),
    ("/unsubscribe/", _PAGE.format(script="")),
    ("/admin/", _PAGE.format(script=" 'unsafe-eval'")),  # the admin's Alpine evaluates its attributes
)
"""Content security policies of pages, by the beginning of their paths. Everything else is no page and needs nothing."""
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation"),
        *(
            "gyroscope",
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "picture-in-picture",
            "usb",
            "xr-spatial-tracking",
        ),
    )
)
_FOR_SOFTWARE = ("/api/", "/auth/")


class SecurityHeadersMiddleware:
    """The outermost but for the request's id, so that static files and refusals are covered as well.

    What does not say otherwise no cache keeps. HSTS, nosniff, Referrer-Policy and Cross-Origin-Opener-Policy are
    Django's SecurityMiddleware's. Other origins get no CORS headers at all: keys and session tokens have no place in
    pages of strangers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = _refused_in_the_clear(request) or self.get_response(request)
        response.headers.setdefault("Cache-Control", PRIVATE)
        response.headers.setdefault("Content-Security-Policy", policy_for(request.path))
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        response.headers.setdefault("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY)
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        return response


def policy_for(path: str) -> str:
    """The content security policy of whatever stands at this path."""
    return next((policy for beginning, policy in POLICIES if path.startswith(beginning)), _NOTHING)


def _refused_in_the_clear(request: HttpRequest) -> HttpResponse | None:
    """Software that speaks plain HTTP is told so, not redirected: what it sent has crossed the network for all to read.

    Redirected, it would go on like that with every request.
    """
    if not settings.SECURE_SSL_REDIRECT or request.is_secure() or not request.path.startswith(_FOR_SOFTWARE):
        return None
    detail = _("Use HTTPS. What you sent could be read on its way: replace any key or password that was in it.")
    body = problem(request, status=403, code="https_required", detail=detail)
    return JsonResponse(body, status=403, content_type=MEDIA_TYPE)
