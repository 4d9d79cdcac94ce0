"""Personal data around connections, frozen rankings, shortlists and searches."""

from config.personal_data import Erasure, Reference, references

references += [
    Reference(
        path="matchmaking.Connection.requested_by",
        section="connections_requested",
        shows=("public_id", "message", "state", "created_at"),
        erasure=Erasure.KEPT,
        because="The connection is between two organisations.",
    ),
    Reference(
        path="matchmaking.Connection.decided_by",
        section="connections_decided",
        shows=("public_id", "state", "decline_reason", "decline_note", "decided_at"),
        erasure=Erasure.KEPT,
        because="The connection is between two organisations.",
    ),
    Reference(
        path="matchmaking.Message.sent_by",
        section="messages_sent",
        shows=("public_id", "text", "created_at"),
        erasure=Erasure.KEPT,
        because="The message is what one organisation said to another.",
    ),
    Reference(
        path="matchmaking.DeliveryReport.reported_by",
        section="delivery_reports_made",
        shows=("public_id", "month", "note", "created_at"),
        erasure=Erasure.KEPT,
        because="The report is the organisation's.",
    ),
    Reference(
        path="matchmaking.DeliveryReport.decided_by",
        section="delivery_reports_decided",
        shows=("public_id", "state", "state_reason", "decided_at"),
        erasure=Erasure.KEPT,
        because="The decision is the organisation's.",
    ),
    Reference(
        path="matchmaking.Outcome.told_by",
        section="outcomes_told",
        shows=("public_id", "status", "note", "created_at"),
        erasure=Erasure.KEPT,
        because="The statement is the organisation's.",
    ),
    Reference(
        path="matchmaking.MatchRun.created_by",
        section="match_runs",
        shows=("public_id", "requirement__public_id", "created_at"),
        erasure=Erasure.KEPT,
        because="The ranking is the buyer's, and the database refuses to change it before its time.",
    ),
    Reference(
        path="matchmaking.ProgrammeReport.made_by",
        section="programme_reports",
        shows=("public_id", "quarter", "created_at"),
        erasure=Erasure.KEPT,
        because="The report is the agency's, and the database refuses to change it.",
    ),
    Reference(
        path="matchmaking.UpgradeScenario.made_by",
        section="upgrade_scenarios",
        shows=("public_id", "name", "created_at"),
        erasure=Erasure.KEPT,
        because="The scenario is the agency's.",
    ),
    Reference(
        path="matchmaking.Shortlist.created_by",
        section="shortlists",
        shows=("public_id", "name", "created_at"),
        erasure=Erasure.KEPT,
        because="The list is the organisation's.",
    ),
    Reference(
        path="matchmaking.ShortlistEntry.added_by",
        section="shortlist_entries",
        shows=("shortlist__public_id", "note", "created_at"),
        erasure=Erasure.KEPT,
        because="The list is the organisation's.",
    ),
    Reference(
        path="matchmaking.SavedSearch.membership",
        section="saved_searches",
        shows=("public_id", "name", "kind", "filters", "alert", "created_at"),
        erasure=Erasure.DELETED,
        by="membership__user",
    ),
]
