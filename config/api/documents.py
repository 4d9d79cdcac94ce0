"""The description of the API: for programs, and as a page for people, in the reader's language."""

from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.conditional import tagged
from config.api.schema import DocumentGenerator
from config.api.views import StrictView

CONTENT_SECURITY_POLICY = "; ".join(
    (
        *("default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:"),
        *("connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"),
    )
)
"""Nothing comes from another site, and no script stands in the page. The viewer puts styles on its elements."""


class ReaderView(StrictView):
    """Answers in the language that `lang` names, or Accept-Language."""

    permission_classes = [AllowAny]
    parameters: ClassVar[frozenset[str]] = frozenset({"lang"})

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        languages = dict(settings.LANGUAGES)
        if request.query_params.get("lang", settings.LANGUAGE_CODE) not in languages:
            raise ValidationError({"lang": [_("Any of: %(choices)s.") % {"choices": ", ".join(languages)}]})


@cache
def document_in(language: str) -> Any:
    """Made once by each process: the code that it describes does not change."""
    generator = DocumentGenerator()  # type: ignore[no-untyped-call]
    generator.language = language
    return generator.get_schema(public=True)


class SchemaView(ReaderView, SpectacularJSONAPIView):
    tags_answers = True

    def _get_schema_response(self, request: Request) -> Response:
        return tagged(request, document_in(get_language() or settings.LANGUAGE_CODE), version=1)


class DocsView(ReaderView, SpectacularSwaggerSplitView):
    """The page, and with `script` what runs on it."""

    parameters: ClassVar[frozenset[str]] = frozenset({"lang", "script"})
    bare_parameters: ClassVar[frozenset[str]] = frozenset({"script"})

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        return answer

    def handle_exception(self, exc: Exception) -> Response:
        self.request.accepted_renderer = JSONRenderer()  # a problem is no page
        return super().handle_exception(exc)
