"""Firms for staff. Facts are written, and states and levels moved, only through the services."""

from suppliers.admin.assessments import AssessmentAdmin
from suppliers.admin.claims import ClaimAdmin
from suppliers.admin.documents import DocumentAdmin
from suppliers.admin.firms import SupplierAdmin
from suppliers.admin.history import EvidenceAdmin, SupplierChangeAdmin
from suppliers.admin.imports import ImportAdmin, ListingAdmin
from suppliers.admin.merging import SupplierMergeAdmin
from suppliers.admin.parts import CapabilityAdmin, CertificateAdmin, SiteAdmin
from suppliers.admin.support import SupportApplicationAdmin, SupportProgrammeAdmin

__all__ = [
    "AssessmentAdmin",
    "CapabilityAdmin",
    "CertificateAdmin",
    "ClaimAdmin",
    "DocumentAdmin",
    "EvidenceAdmin",
    "ImportAdmin",
    "ListingAdmin",
    "SiteAdmin",
    "SupplierAdmin",
    "SupplierChangeAdmin",
    "SupplierMergeAdmin",
    "SupportApplicationAdmin",
    "SupportProgrammeAdmin",
]
