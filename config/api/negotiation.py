"""Which form of an answer the caller takes. There is one, JSON: it takes it or not."""

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request


class JsonOrNothing(DefaultContentNegotiation):
    """As DRF, but a form with a quality of 0 is not taken (RFC 9110, 12.4.2), and an empty Accept takes anything."""

    def get_accept_list(self, request: Request) -> list[str]:
        given = request.META.get("HTTP_ACCEPT", "").strip() or "*/*"
        return [form.strip() for form in given.split(",") if not _is_refused(form)]


def _is_refused(form: str) -> bool:
    _, *parameters = (part.strip().lower() for part in form.split(";"))
    return any(part.startswith("q=") and not part[2:].strip("0.") for part in parameters)
