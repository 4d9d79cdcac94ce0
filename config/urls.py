"""Routes of the whole site. Each app adds its own under /api/v1/."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from config.api.documents import DocsView, SchemaView
from config.metrics import metrics
from config.readiness import readyz


def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers. Says nothing about the database."""
    return JsonResponse({"status": "ok"})


handler400 = "config.api.problems.bad_request"
handler403 = "config.api.problems.permission_denied"
handler404 = "config.api.problems.not_found"
handler500 = "config.api.problems.server_error"

api_v1: list[URLPattern | URLResolver] = [
    path("schema", SchemaView.as_view(), name="schema"),
    path("docs", DocsView.as_view(url_name="schema"), name="api-docs"),
    path("", include("taxonomy.api.v1.urls")),
    path("", include("accounts.api.v1.urls")),
    path("", include("jobs.api.v1.urls")),
    path("", include("privacy.api.v1.urls")),
    path("", include("notifications.api.v1.urls")),
    path("", include("suppliers.api.v1.urls")),
    path("", include("buyers.api.v1.urls")),
    path("", include("matchmaking.api.v1.urls")),
]

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="api-docs")),
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("accounts/", include("allauth.urls")),
    path("auth/", include("allauth.headless.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", include(api_v1)),
]
