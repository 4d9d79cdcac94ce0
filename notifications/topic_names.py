"""What people call what they are told of: a short name for each topic. Its summary says more."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from config.api.wording import CONTEXT
from config.errors import Text
from notifications.topics import TOPICS

NAMES: dict[str, Text] = {
    "api_key.expiring": _("API key ends soon"),
    "api_key.refused": _("API key refused"),
    "assessment.recorded": _("Visit recorded"),
    "assessment.undone": _("Visit taken back"),
    "buyer.registered": _("New buyer"),
    "buyer.reinstated": _("Buyer reinstated"),
    "buyer.rejected": _("Buyer rejected"),
    "buyer.suspended": _("Buyer suspended"),
    "buyer.verified": _("Buyer verified"),
    "capacity.outdated": _("Figures of capacity outdated"),
    "certificate.checked": _("Certificate confirmed"),
    "certificate.expired": _("Certificate has ended"),
    "certificate.expiring": _("Certificate ends soon"),
    "certificate.rejected": _("Certificate rejected"),
    "claim.approved": _("Claim approved"),
    "claim.opened": _("New claim"),
    "claim.rejected": _("Claim rejected"),
    "connection.accepted": _("Connection accepted"),
    "connection.advanced": _("Next stage of a connection"),
    "connection.agreed": _("Proposal agreed to by one side"),
    "connection.contracted": _("Contract made"),
    "connection.declined": _("Connection declined"),
    "connection.expired": _("Connection expired"),
    "connection.late": _("Answer late"),
    "connection.lost": _("Connection lost"),
    "connection.offered": _("Offer of a supplier"),
    "connection.outcome_asked": _("Question about a contract"),
    "connection.outcome_told": _("Outcome of a contract"),
    "connection.proposed": _("Proposal of the agency"),
    "connection.reminded": _("Reminder to answer"),
    "connection.requested": _("Request of a buyer"),
    "connection.requirement_changed": _("Requirement changed"),
    "connection.requirement_ended": _("Requirement ended during a connection"),
    "connection.unattended": _("Request to a firm without people"),
    "connection.withdrawn": _("Connection withdrawn"),
    "data_request.acknowledged": _("Request about personal data confirmed"),
    "data_request.copied": _("Copy of personal data ready"),
    "data_request.done": _("Request about personal data fulfilled"),
    "data_request.extended": _("Request about personal data takes longer"),
    "data_request.opened": _("New request about personal data"),
    "data_request.received": _("Request about personal data received"),
    "data_request.refused": _("Request about personal data refused"),
    "delivery_report.added": _("New delivery report"),
    "delivery_report.confirmed": _("Delivery report confirmed"),
    "delivery_report.disputed": _("Delivery report disputed"),
    "evidence.checked": _("Facts checked"),
    "evidence.undone": _("Check of facts taken back"),
    "export.failed": _("Export failed"),
    "export.finished": _("Export ready"),
    "import.failed": _("Import failed"),
    "import.finished": _("Import finished"),
    "invitation.accepted": _("Invitation accepted"),
    "invitation.created": _("New invitation"),
    "invitation.declined": _("Invitation declined"),
    "invitation.withdrawn": _("Invitation withdrawn"),
    "match.found": _("New matching suppliers"),
    "message.received": _("New message"),
    "opportunity.found": _("New matching requirements"),
    "organisation.name_approved": _("Trade name approved"),
    "organisation.name_proposed": _("Trade name proposed"),
    "organisation.name_refused": _("Trade name refused"),
    "requirement.awarded": _("Requirement awarded"),
    "requirement.closed": _("Requirement closed"),
    "requirement.expired": _("Requirement expired"),
    "requirement.expiring": _("Requirement ends soon"),
    "requirement.opened": _("Requirement opened"),
    "requirement.withdrawn": _("Requirement withdrawn"),
    "saved_search.digest": _("New in saved searches, daily"),
    "saved_search.matched": _("New in a saved search"),
    "supplier.archived": _("Firm archived"),
    "supplier.changes_requested": _("Profile sent back"),
    "supplier.merged": _("Two firms merged"),
    "supplier.published": _("Firm published"),
    "supplier.submitted": _("Firm asks for publication"),
    "supplier.suspended": _("Firm suspended"),
    "supplier.unmerged": _("Two firms parted again"),
    "support_application.approved": _("Support approved"),
    "support_application.declined": _("Support declined"),
    "support_application.finished": _("Support finished"),
    "support_application.received": _("New application for support"),
    "support_application.withdrawn": _("Application for support taken back"),
    "webhook_endpoint.disabled": _("Webhook endpoint switched off"),
}
TOPIC_CHOICES = [(topic, NAMES[topic]) for topic in sorted(TOPICS)]
"""What people are told of, as a field offers it."""


def name_of(topic: str) -> str:
    """In the language of now. Of a topic that is no more, its code."""
    return str(NAMES.get(topic, topic))


def described(topic: str) -> str:
    """What happened, in one sentence, in the language of now. Of a topic that is no more, nothing."""
    return pgettext(CONTEXT, str(TOPICS[topic].summary)) if topic in TOPICS else ""
