"""Personal data around firms."""

from config.personal_data import Erasure, Reference, references

FACTS_STAY_TRACEABLE = "Facts that buyers rely on must stay traceable to somebody."

references += [
    Reference(
        path="suppliers.Evidence.asserted_by",
        section="evidence",
        shows=("subject", "fact", "act", "value", "level", "observed_on", "source", "note", "created_at"),
        erasure=Erasure.KEPT,
        because=FACTS_STAY_TRACEABLE,
    ),
    Reference(
        path="suppliers.Assessment.recorded_by",
        section="assessments",
        shows=("public_id", "visited_on", "visitors", "created_at"),
        erasure=Erasure.KEPT,
        because=FACTS_STAY_TRACEABLE,
    ),
    Reference(
        path="suppliers.Assessment.undone_by",
        section="assessments_undone",
        shows=("public_id", "undone_at", "undone_reason"),
        erasure=Erasure.KEPT,
        because=FACTS_STAY_TRACEABLE,
    ),
    Reference(
        path="suppliers.SupplierMerge.merged_by",
        section="merges",
        shows=("public_id", "reason", "created_at"),
        erasure=Erasure.KEPT,
        because="Who made one firm of two must stay traceable.",
    ),
    Reference(
        path="suppliers.SupplierMerge.undone_by",
        section="merges_undone",
        shows=("public_id", "undone_at", "undone_reason"),
        erasure=Erasure.KEPT,
        because="Who made one firm of two must stay traceable.",
    ),
    Reference(
        path="suppliers.Supplier.submitted_by",
        section="firms_submitted",
        shows=("public_id", "organisation__legal_name", "submitted_at"),
        erasure=Erasure.KEPT,
        because=FACTS_STAY_TRACEABLE,
    ),
    Reference(
        path="suppliers.Claim.claimant",
        section="claims",
        shows=("public_id", "note", "state", "state_reason", "created_at"),  # the firm may be hidden
        erasure=Erasure.DELETED,
    ),
    Reference(
        path="suppliers.Claim.decided_by",
        section="claims_decided",
        shows=("public_id", "state", "decided_at"),
        erasure=Erasure.KEPT,
        because="Who was given a firm must stay traceable.",
    ),
    Reference(
        path="suppliers.Document.uploaded_by",
        section="documents",
        shows=("public_id", "name", "kind", "created_at"),
        erasure=Erasure.KEPT,
        because="The document is the firm's.",
    ),
    Reference(
        path="suppliers.Import.uploaded_by",
        section="lists_uploaded",
        shows=("public_id", "name", "source", "created_at", "imported_at"),
        erasure=Erasure.KEPT,
        because="Where facts of firms come from must stay traceable; the list itself is deleted after 180 days.",
    ),
    Reference(
        path="suppliers.SupportApplication.applied_by",
        section="support_applied_for",
        shows=("public_id", "programme__name_vi", "created_at"),
        erasure=Erasure.KEPT,
        because="The application is the firm's.",
    ),
    Reference(
        path="suppliers.SupportApplication.decided_by",
        section="support_decided",
        shows=("public_id", "state", "decided_at"),
        erasure=Erasure.KEPT,
        because="Who granted public money must stay traceable.",
    ),
]
