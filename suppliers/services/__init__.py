"""What can be done with supplier firms: an act a function, each in one transaction."""

from suppliers.facts import Origin
from suppliers.recording import record_facts
from suppliers.services.assessments import record_assessment, undo_assessment
from suppliers.services.capabilities import add_capability, change_capability, remove_capability
from suppliers.services.certificates import (
    add_certificate,
    change_certificate,
    check_certificate,
    reject_certificate,
    remove_certificate,
    state_certificates,
)
from suppliers.services.claims import approve_claim, claim_supplier, reject_claim, undo_claim_decision
from suppliers.services.documents import add_document, change_document, remove_document
from suppliers.services.evidence import set_evidence
from suppliers.services.freshness import ask_for_capacity, warn_of_certificates
from suppliers.services.merging import merge_suppliers, undo_merge
from suppliers.services.profile import change_supplier, create_supplier
from suppliers.services.registration import NewFirm, register_firms
from suppliers.services.sites import add_site, change_site, remove_site
from suppliers.services.states import (
    archive_supplier,
    publish_supplier,
    request_changes,
    submit_supplier,
    suspend_supplier,
)
from suppliers.services.undoing import undo_check

__all__ = [
    "NewFirm",
    "Origin",
    "add_capability",
    "add_certificate",
    "add_document",
    "add_site",
    "approve_claim",
    "archive_supplier",
    "ask_for_capacity",
    "change_capability",
    "change_certificate",
    "change_document",
    "change_site",
    "change_supplier",
    "check_certificate",
    "claim_supplier",
    "create_supplier",
    "merge_suppliers",
    "publish_supplier",
    "record_assessment",
    "record_facts",
    "register_firms",
    "reject_certificate",
    "reject_claim",
    "remove_capability",
    "remove_certificate",
    "remove_document",
    "remove_site",
    "request_changes",
    "set_evidence",
    "state_certificates",
    "submit_supplier",
    "suspend_supplier",
    "undo_assessment",
    "undo_check",
    "undo_claim_decision",
    "undo_merge",
    "warn_of_certificates",
]
