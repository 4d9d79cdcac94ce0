"""Personal data around requirements."""

from config.personal_data import Erasure, Reference, references

references += [
    Reference(
        path="buyers.RequirementVersion.created_by",
        section="requirement_versions",
        shows=("requirement__public_id", "number", "created_at"),
        erasure=Erasure.KEPT,
        because="Suppliers answered to this version; it is the buyer's.",
    ),
    Reference(
        path="buyers.RequirementAttachment.uploaded_by",
        section="requirement_attachments",
        shows=("public_id", "name", "kind", "created_at"),
        erasure=Erasure.KEPT,
        because="The file belongs to what the buyer asks.",
    ),
]
