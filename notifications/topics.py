"""Which events people are told of by e-mail, what the message must be given, and where it leads.

This table and one text per language (templates/notifications/<language>/<topic>.txt) are all that a new message needs.
Events of other topics are recorded and sent to nobody.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation
from config.errors import Text

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

    resource: str = ""
    """Path of what it is about in the API, for software; the page itself unless given."""
    summary: Text
    """What happened, for people and for the OpenAPI document."""
    for_software: bool = True
    """Whether software can be told of it too."""
    codes: tuple[str, ...] = ()
    """Those of `words` that are ids or codes, and so go to software too."""
    to: str = ""
    """Kind of organisation to which alone the message goes, whoever else is in the event's audience."""
    is_personal: bool = False
    """Whether of the audience only the named people get the message, as long as they are members. Software is told all
    the same, where it can be."""
    tells_actor: bool = False
    """Whether who did it is told too, as a receipt."""
    is_essential: bool = False
    """Whether it is mailed at once whatever the reader prefers: what a law or one's own request asks for."""

    def payload(self, given: dict[str, Any], subject: Model) -> dict[str, Any]:
        """The given payload, complete.

        Raises:
            MissingWordsError: it lacks one of `words`.
        """
        named = {self.subject_name: str(subject)} if self.subject_name else {}
        complete = {**named, **given}
        if missing := self.missing(complete):
            raise MissingWordsError(f"the payload lacks {', '.join(missing)}")
        return complete

    def missing(self, payload: Mapping[str, Any]) -> list[str]:
        """Words that the payload lacks."""
        return [word for word in self.words if word not in payload]

    def thin(self, *, subject: str, payload: dict[str, Any]) -> dict[str, Any]:
        """What software is sent: the public id of the subject, the address of what it is about, and codes. Names are
        for those who may read them."""
        codes = {code: payload[code] for code in self.codes}
        path = (self.resource or self.page).format_map({**codes, "subject": subject})
        return {"id": subject, "url": settings.SITE_URL.rstrip("/") + path, **codes}


CONNECTION = "/api/v1/connections/{subject}"
CONNECTION_PAGE = "/admin/matchmaking/connection/?q={subject}"
SUPPLIER = "/api/v1/suppliers/{subject}"
API_KEY = "/api/v1/api-keys/{subject}"
CLAIM = "/api/v1/claims/{claim}"
CERTIFICATE = "/api/v1/suppliers/{subject}/certificates/{certificate}"
ASSESSMENT = "/api/v1/suppliers/{subject}/assessments/{assessment}"
BUYER = "/api/v1/buyers/{subject}"
REQUIREMENT = "/api/v1/requirements/{subject}"
BUYERS = Organisation.Kind.BUYER.value
JOB = "/api/v1/jobs/{subject}"
BOTH_SIDES = ("requirement_title", "supplier_name", "buyer_name")  # buyer_name is empty while the buyer is anonymous


def _of_supplier(summary: str, *codes: str, page: str = SUPPLIER, resource: str = SUPPLIER, to: str = "") -> Topic:
    words, name = ("supplier_name", *codes), "supplier_name"
    return Topic(summary=summary, page=page, resource=resource, words=words, codes=codes, subject_name=name, to=to)


def _of_merge(summary: str) -> Topic:
    words, name = ("supplier_name", "other_name", "other"), "supplier_name"
    return Topic(summary=summary, page=SUPPLIER, words=words, codes=("other",), subject_name=name)


def _of_buyer(summary: str, *, page: str = BUYER, to: str = "") -> Topic:
    name = "buyer_name"
    return Topic(summary=summary, page=page, resource=BUYER, words=(name,), subject_name=name, to=to)


def _of_connection(summary: str, *codes: str, page: str = "", below: str = "", to: str = "") -> Topic:
    resource = f"{CONNECTION}/{below}" if below else CONNECTION
    words = (*BOTH_SIDES, *codes)
    return Topic(summary=summary, page=page or resource, resource=resource, words=words, codes=codes, to=to)


def _of_deliveries(summary: str) -> Topic:
    codes, resource = ("report", "month"), f"{CONNECTION}/delivery-reports/{{report}}"
    words = (*BOTH_SIDES, *codes, "deliveries", "good")
    return Topic(summary=summary, page=resource, resource=resource, words=words, codes=codes)


def _of_requirement(summary: str, *codes: str, page: str = REQUIREMENT) -> Topic:
    """For the buyer's own people and software."""
    words, name = ("requirement_title", *codes), "requirement_title"
    return Topic(summary=summary, page=page, resource=page, words=words, codes=codes, subject_name=name, to=BUYERS)


def _of_organisation(summary: str, *, page: str = "/api/v1/organisations/{subject}", to: str = "") -> Topic:
    words = ("organisation_name",)
    resource = "/api/v1/organisations/{subject}"
    return Topic(summary=summary, page=page, words=words, subject_name="organisation_name", to=to, resource=resource)


def _of_invitation(summary: str) -> Topic:
    """For owners. The invited address is told by notifications.invitations, account or not; no event holds it."""
    words = ("organisation_name", "role")
    page = "/api/v1/invitations/{subject}"
    return Topic(summary=summary, page=page, words=words, codes=("role",), is_personal=True)


MINE = "/api/v1/me/data-requests/{subject}"


def _of_data_request(summary: Text, *, page: str = MINE, to: str = "", tells_actor: bool = False) -> Topic:
    return Topic(
        summary=summary,
        page=page,
        words=("kind", "due_on"),
        to=to,
        tells_actor=tells_actor,
        is_essential=True,
        for_software=False,
    )


def _of_import(summary: str) -> Topic:
    """For the officer who confirmed it, and the agency's software."""
    return Topic(
        summary=summary,
        page="/admin/suppliers/import/?q={subject}",
        resource="/api/v1/imports/{subject}",
        words=("list", "created", "updated", "skipped"),
        to=AGENCY,
        is_personal=True,
    )


def _of_support(summary: str, *, to: str = "") -> Topic:
    """A programme's name is told in the reader's language."""
    application = "/api/v1/support-applications/{subject}"
    page = "/admin/suppliers/supportapplication/?q={subject}" if to == AGENCY else application
    words = ("supplier_name", "programme", "programme_vi", "programme_en")
    return Topic(summary=summary, page=page, resource=application, words=words, codes=("programme",), to=to)


TOPICS: dict[str, Topic] = {
    "data_request.received": _of_data_request(
        pgettext_lazy("API document", "Your request about your data has come in"), tells_actor=True
    ),
    "data_request.opened": _of_data_request(
        pgettext_lazy("API document", "A person asks about their own data; for the agency"),
        page="/admin/privacy/datarequest/?q={subject}",
        to=AGENCY,
    ),
    "data_request.acknowledged": _of_data_request(
        pgettext_lazy("API document", "The agency works on your request about your data")
    ),
    "data_request.extended": _of_data_request(
        pgettext_lazy("API document", "Your request about your data takes longer")
    ),
    "data_request.copied": _of_data_request(pgettext_lazy("API document", "The copy of your data is ready")),
    "data_request.done": _of_data_request(pgettext_lazy("API document", "Your request about your data is fulfilled")),
    "data_request.refused": _of_data_request(pgettext_lazy("API document", "Your request about your data is refused")),
    "api_key.expiring": Topic(
        summary="A key ends soon",
        page=API_KEY,
        words=("key_name", "prefix", "expires_on"),
        codes=("expires_on",),
        is_personal=True,
    ),
    "api_key.refused": Topic(
        summary="A key came from a network that it is not for",
        page=API_KEY,
        words=("key_name", "prefix", "address"),
        is_personal=True,
    ),
    "organisation.name_proposed": _of_organisation(
        "An organisation wants another trade name; for the agency",
        page="/admin/accounts/organisation/?q={subject}",
        to=AGENCY,
    ),
    "organisation.name_approved": _of_organisation("Staff approved a trade name"),
    "organisation.name_refused": _of_organisation("Staff refused a trade name"),
    "invitation.created": _of_invitation("Somebody was invited to join the organisation"),
    "invitation.accepted": _of_invitation("An invited person joined the organisation"),
    "invitation.declined": _of_invitation("An invited person declined"),
    "invitation.withdrawn": _of_invitation("An invitation was taken back"),
    "connection.requested": _of_connection("A buyer asks a supplier to talk about a requirement"),
    "connection.offered": _of_connection("A supplier offers to talk about a requirement"),
    "connection.proposed": _of_connection("The agency proposes that a buyer and a supplier talk", "expires_on"),
    "connection.unattended": _of_connection(
        "A buyer asks a firm that nobody has joined; for the agency", page=CONNECTION_PAGE, to=AGENCY
    ),
    "connection.agreed": _of_connection("One side agrees to what the agency proposed", "side"),
    "connection.accepted": _of_connection("A connection is accepted: both sides have agreed", "side"),
    "connection.declined": _of_connection("A side that was asked declines", "reason", "side"),
    "connection.withdrawn": _of_connection("A connection is taken back before it is answered", "initiator"),
    "connection.reminded": _of_connection("An answer is still awaited", "expires_on", "initiator"),
    "connection.late": _of_connection(
        "An answer is late; for the agency", "expires_on", "initiator", page=CONNECTION_PAGE, to=AGENCY
    ),
    "connection.requirement_changed": Topic(
        summary="A buyer changes a requirement that a supplier talks about, or its drawings; for the supplier",
        page="/api/v1/requirements/{requirement}",
        words=(*BOTH_SIDES, "requirement"),
        codes=("requirement",),
        to=Organisation.Kind.SUPPLIER.value,
    ),
    "connection.requirement_ended": Topic(
        summary="A requirement ends about which a supplier is under way with the buyer; for the supplier",
        page=CONNECTION,
        words=(*BOTH_SIDES, "requirement", "requirement_state"),
        codes=("requirement", "requirement_state"),
        to=Organisation.Kind.SUPPLIER.value,
    ),
    "connection.expired": _of_connection("A connection was not answered in time", "initiator"),
    "connection.advanced": _of_connection("A connection came to its next stage", "state", "side"),
    "connection.contracted": _of_connection("A connection led to a contract", "side"),
    "connection.lost": _of_connection("A connection led to nothing", "reason", "side"),
    "connection.outcome_asked": _of_connection("A year of a contract is over: what came of it?"),
    "connection.outcome_told": _of_connection("A side says what came of a contract", "status", "side"),
    "message.received": _of_connection("Somebody wrote a message", "message", "side", below="messages/{message}"),
    "delivery_report.added": _of_deliveries("A supplier reports the deliveries of a month; for the buyer"),
    "delivery_report.confirmed": _of_deliveries("A buyer confirms the deliveries of a month"),
    "delivery_report.disputed": _of_deliveries("A buyer disputes the deliveries of a month"),
    "supplier.submitted": _of_supplier(
        "A firm asks for publication; for the agency", page="/admin/suppliers/supplier/?q={subject}", to=AGENCY
    ),
    "supplier.published": _of_supplier("A firm was published"),
    "supplier.changes_requested": _of_supplier("Staff send a firm's profile back for changes"),
    "supplier.suspended": _of_supplier("A firm was suspended"),
    "supplier.archived": _of_supplier("A firm was archived"),
    "supplier.merged": _of_merge("Staff made one firm of two"),
    "supplier.unmerged": _of_merge("Staff parted two firms again"),
    "certificate.checked": _of_supplier("Staff confirmed a certificate", "standard"),
    "certificate.rejected": _of_supplier("Staff rejected a certificate", "standard"),
    "certificate.expiring": _of_supplier(
        "A certificate ends in 60, 30 or 7 days", "certificate", "standard", "expires_on", resource=CERTIFICATE
    ),
    "certificate.expired": _of_supplier(
        "A certificate has ended", "certificate", "standard", "expires_on", resource=CERTIFICATE
    ),
    "evidence.checked": _of_supplier(
        "Staff checked facts of a firm", "row", "facts", "level", page=f"{SUPPLIER}/evidence", resource=SUPPLIER
    ),
    "evidence.undone": _of_supplier(
        "Staff took back a check of facts of a firm", "row", "facts", page=f"{SUPPLIER}/evidence", resource=SUPPLIER
    ),
    "assessment.recorded": _of_supplier(
        "Staff recorded a visit to a firm", "assessment", "visited_on", "facts", page=ASSESSMENT, resource=ASSESSMENT
    ),
    "assessment.undone": _of_supplier(
        "Staff took back a visit to a firm", "assessment", "visited_on", page=ASSESSMENT, resource=ASSESSMENT
    ),
    "capacity.outdated": _of_supplier(
        "Figures of capacity are older than 90 days: look whether they still hold", "capabilities", "observed_on"
    ),
    "requirement.opened": _of_requirement("A requirement was opened"),
    "requirement.expiring": _of_requirement("The last day for answers to a requirement is near", "answer_by"),
    "requirement.expired": _of_requirement("The last day for answers to a requirement has passed"),
    "requirement.withdrawn": _of_requirement("A requirement was withdrawn"),
    "requirement.awarded": _of_requirement("A requirement was awarded"),
    "requirement.closed": _of_requirement("A requirement was closed without an award"),
    "claim.opened": _of_supplier(
        "A person claims a firm; for the agency",
        "claim",
        page="/admin/suppliers/claim/?q={claim}",
        resource=CLAIM,
        to=AGENCY,
    ),
    "claim.approved": _of_supplier("A claim was approved", "claim", page=CLAIM, resource=CLAIM),
    "claim.rejected": _of_supplier("A claim was rejected", "claim", page=CLAIM, resource=CLAIM),
    "claim.undone": _of_supplier("Staff took back a decision about a claim", "claim", page=CLAIM, resource=CLAIM),
    "support_application.received": _of_support("A firm applies to a support programme; for the agency", to=AGENCY),
    "support_application.approved": _of_support("Staff approved an application for support"),
    "support_application.declined": _of_support("Staff declined an application for support"),
    "support_application.withdrawn": _of_support("An application for support was taken back"),
    "support_application.finished": _of_support("Support has ended, and its result is noted"),
    "buyer.registered": _of_buyer(
        "A buyer registered; for the agency", page="/admin/buyers/buyer/?q={subject}", to=AGENCY
    ),
    "buyer.verified": _of_buyer("A buyer was verified"),
    "buyer.rejected": _of_buyer("A buyer was rejected"),
    "buyer.suspended": _of_buyer("A buyer was suspended"),
    "buyer.reinstated": _of_buyer("A buyer was reinstated"),
    "buyer.undone": _of_buyer("Staff took back a decision about a buyer"),
    "match.found": Topic(
        summary="Suppliers match a requirement that did not before",
        page="/api/v1/requirements/{subject}/matches",
        words=("requirement_title", "count", "names", "suppliers"),
        codes=("suppliers",),
        to=Organisation.Kind.BUYER.value,
        is_personal=True,
    ),
    "opportunity.found": Topic(
        summary="A firm matches open requirements that it did not match before",
        page=f"{SUPPLIER}/opportunities",
        words=("supplier_name", "count", "titles", "requirements"),
        codes=("requirements",),
        subject_name="supplier_name",
        to=Organisation.Kind.SUPPLIER.value,
        is_personal=True,
    ),
    "saved_search.matched": Topic(
        summary=pgettext_lazy("API document", "A saved search finds what it did not find before"),
        page="/api/v1/saved-searches/{subject}",
        words=("search_name", "count", "names"),
        is_personal=True,
        for_software=False,
    ),
    "webhook_endpoint.disabled": Topic(
        summary=pgettext_lazy("API document", "A webhook endpoint was switched off, as it did not answer"),
        page="/api/v1/webhook-endpoints/{subject}",
        words=("url", "reason"),
        is_personal=True,
        for_software=False,
    ),
    "saved_search.digest": Topic(
        summary=pgettext_lazy("API document", "All that saved searches found since yesterday"),
        page="/api/v1/saved-searches",
        words=("lines",),
        is_personal=True,
        for_software=False,
    ),
    "export.finished": Topic(
        summary="An export is ready",
        page=f"{JOB}/result",
        resource=JOB,
        words=("list", "rows"),
        codes=("list",),
        is_personal=True,
    ),
    "import.finished": _of_import("A list of firms was imported; for the agency"),
    "import.failed": _of_import("A list of firms could not be imported, and nothing of it was written; for the agency"),
    "export.failed": Topic(
        summary="An export could not be made", page=JOB, words=("list",), codes=("list",), is_personal=True
    ),
}


def topics_for(kinds: Collection[str]) -> list[str]:
    """Topics of which a person can be told who belongs to organisations of these kinds."""
    return sorted(name for name, topic in TOPICS.items() if topic.to in ("", *kinds))


TEST_TOPIC = "webhook.test"
TEST = Topic(page="/api/v1/webhook-endpoints/{subject}", summary="You asked whether the endpoint listens")
"""Sent to one endpoint when its owner asks for it, whatever topics it wants."""
REPLAYED = "webhook_delivery.replayed"
REVIVED = "dead_letter.replayed"


def webhook_topics(kind: str | None = None) -> list[str]:
    """Topics that endpoints can be told of: by organisations of that kind, or of any."""
    told = {name: topic for name, topic in TOPICS.items() if topic.for_software}
    return sorted(name for name, topic in told.items() if kind is None or topic.to in ("", kind))


WEBHOOK_CHOICES = [(topic, topic) for topic in webhook_topics()]
"""Of all kinds of organisations together, as a field offers them."""
