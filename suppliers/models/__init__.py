"""Rows of supplier firms: profile, sites, capabilities, certificates, documents, and the evidence behind each fact."""

from suppliers.models.assessment import CHECKLIST, Assessment
from suppliers.models.capability import Capability
from suppliers.models.certificate import Certificate
from suppliers.models.change import SupplierChange
from suppliers.models.claim import Claim, ClaimQuerySet
from suppliers.models.document import Document
from suppliers.models.evidence import Evidence, EvidenceLevel
from suppliers.models.imported import Import, ImportQuerySet, ImportRow
from suppliers.models.listing import Listing
from suppliers.models.merge import SupplierMerge
from suppliers.models.search import SupplierSearch
from suppliers.models.site import Site
from suppliers.models.supplier import Supplier, SupplierQuerySet
from suppliers.models.support import (
    SupportApplication,
    SupportApplicationQuerySet,
    SupportProgramme,
    SupportProgrammeQuerySet,
)

__all__ = [
    "CHECKLIST",
    "Assessment",
    "Capability",
    "Certificate",
    "Claim",
    "ClaimQuerySet",
    "Document",
    "Evidence",
    "EvidenceLevel",
    "Import",
    "ImportQuerySet",
    "ImportRow",
    "Listing",
    "Site",
    "Supplier",
    "SupplierChange",
    "SupplierMerge",
    "SupplierQuerySet",
    "SupplierSearch",
    "SupportApplication",
    "SupportApplicationQuerySet",
    "SupportProgramme",
    "SupportProgrammeQuerySet",
]
