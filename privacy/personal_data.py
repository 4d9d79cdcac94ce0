"""Personal data in the requests about personal data."""

from config.personal_data import Erasure, Reference, references

PROOF = "That a request was answered, and when, must be provable."

references += [
    Reference(
        path="privacy.DataRequest.person",
        section="data_requests",
        shows=("public_id", "kind", "state", "state_reason", "details", "created_at", "due_on", "decided_at"),
        erasure=Erasure.BLANKED,
        blanks={"details": ""},
        because=PROOF,
    ),
    Reference(
        path="privacy.DataRequest.decided_by",
        section="data_requests_decided",
        shows=("public_id", "kind", "state", "decided_at"),
        erasure=Erasure.KEPT,
        because=PROOF,
    ),
]
