"""The description of the API: for programs, and as a page for people."""

from typing import ClassVar

from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from config.api.views import StrictView


class SchemaView(StrictView, SpectacularJSONAPIView):
    permission_classes = [AllowAny]
    parameters: ClassVar[frozenset[str]] = frozenset({"lang"})


class DocsView(StrictView, SpectacularSwaggerSplitView):
    """The page, and with `script` what runs on it."""

    permission_classes = [AllowAny]
    parameters: ClassVar[frozenset[str]] = frozenset({"lang", "script"})

    def handle_exception(self, exc: Exception) -> Response:
        self.request.accepted_renderer = JSONRenderer()  # a problem is no page
        return super().handle_exception(exc)
