"""Which events people are told of by e-mail, what the message must be given, and where it leads.

This table and one text per language (templates/notifications/<language>/<topic>.txt) are all that a new message needs.
Events of other topics are recorded and sent to nobody.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from accounts.models import Organisation

AGENCY = Organisation.Kind.AGENCY.value


class MissingWordsError(ValueError):
    """An event lacks words that its message shows."""


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What a message about one kind of event is made of."""

    page: str
    """Path of the page to go on to; `{subject}` is the public id of what the event happened to, others are words."""
    words: tuple[str, ...] = ()
    """Keys that the payload must have. Every reader sees the values, so what one may not see must not be in them."""
    subject_name: str = ""
    """Key that is filled with the name of the event's subject, unless the payload has it."""

    to: str = ""
    """Kind of organisation to which alone the message goes, whoever else is in the event's audience."""
    is_personal: bool = False
    """Whether of the audience only the named people are told, as long as they are members."""

    def payload(self, given: dict[str, Any], subject: Model) -> dict[str, Any]:
        """The given payload, complete.

        Raises:
            MissingWordsError: it lacks one of `words`.
        """
        named = {self.subject_name: str(subject)} if self.subject_name else {}
        complete = {**named, **given}
        if missing := [word for word in self.words if word not in complete]:
            raise MissingWordsError(f"the payload lacks {', '.join(missing)}")
        return complete


CONNECTION = "/api/v1/connections/{subject}"
SUPPLIER = "/api/v1/suppliers/{subject}"
API_KEY = "/api/v1/api-keys/{subject}"
CLAIM = "/api/v1/claims/{claim}"
BUYER = "/api/v1/buyers/{subject}"
JOB = "/api/v1/jobs/{subject}"
BOTH_SIDES = ("requirement_title", "supplier_name", "buyer_name")  # buyer_name is empty while the buyer is anonymous


def _of_supplier(*words: str, page: str = SUPPLIER, to: str = "") -> Topic:
    return Topic(page=page, words=("supplier_name", *words), subject_name="supplier_name", to=to)


def _of_buyer(*, page: str = BUYER, to: str = "") -> Topic:
    return Topic(page=page, words=("buyer_name",), subject_name="buyer_name", to=to)


TOPICS: dict[str, Topic] = {
    "api_key.expiring": Topic(page=API_KEY, words=("key_name", "prefix", "expires_on")),
    "api_key.refused": Topic(page=API_KEY, words=("key_name", "prefix", "address")),
    "connection.requested": Topic(page=CONNECTION, words=BOTH_SIDES),
    "connection.unattended": Topic(page="/admin/matchmaking/connection/?q={subject}", words=BOTH_SIDES, to=AGENCY),
    "connection.accepted": Topic(page=CONNECTION, words=BOTH_SIDES),
    "connection.declined": Topic(page=CONNECTION, words=(*BOTH_SIDES, "reason")),  # a code, put into words by the text
    "connection.withdrawn": Topic(page=CONNECTION, words=BOTH_SIDES),
    "connection.expired": Topic(page=CONNECTION, words=BOTH_SIDES),
    "supplier.submitted": _of_supplier(page="/admin/suppliers/supplier/?q={subject}", to=AGENCY),
    "supplier.published": _of_supplier(),
    "supplier.changes_requested": _of_supplier(),
    "supplier.suspended": _of_supplier(),
    "supplier.archived": _of_supplier(),
    "certificate.checked": _of_supplier("standard"),
    "certificate.rejected": _of_supplier("standard"),
    "claim.opened": _of_supplier("claim", page="/admin/suppliers/claim/?q={claim}", to=AGENCY),
    "claim.approved": _of_supplier("claim", page=CLAIM),
    "claim.rejected": _of_supplier("claim", page=CLAIM),
    "buyer.registered": _of_buyer(page="/admin/buyers/buyer/?q={subject}", to=AGENCY),
    "buyer.verified": _of_buyer(),
    "buyer.rejected": _of_buyer(),
    "buyer.suspended": _of_buyer(),
    "buyer.reinstated": _of_buyer(),
    "saved_search.matched": Topic(
        page="/api/v1/saved-searches/{subject}/results", words=("search_name", "count", "names"), is_personal=True
    ),
    "saved_search.digest": Topic(page="/api/v1/saved-searches", words=("lines",), is_personal=True),
    "export.finished": Topic(page=f"{JOB}/result", words=("list", "rows")),
    "export.failed": Topic(page=JOB, words=("list",)),
}
