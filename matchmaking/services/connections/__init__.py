"""Acts on connections, from the first word to what came of it."""

from matchmaking.services.connections.answering import accept_connection, decline_connection, withdraw_connection
from matchmaking.services.connections.deliveries import confirm_deliveries, dispute_deliveries, report_deliveries
from matchmaking.services.connections.doors import move_doors
from matchmaking.services.connections.messages import ATTACHMENTS, send_message
from matchmaking.services.connections.opening import offer_connection, propose_connection, request_connection
from matchmaking.services.connections.outcomes import ask_for_outcomes, tell_outcome
from matchmaking.services.connections.revisions import note_change, tell_of_changed_requirements, tell_of_end
from matchmaking.services.connections.stages import STAGES, advance_connection
from matchmaking.services.connections.time import (
    expire_lapsed_connections,
    remind_of_unanswered_connections,
    withdraw_groundless_connections,
)

__all__ = [
    "ATTACHMENTS",
    "STAGES",
    "accept_connection",
    "advance_connection",
    "ask_for_outcomes",
    "confirm_deliveries",
    "decline_connection",
    "dispute_deliveries",
    "expire_lapsed_connections",
    "move_doors",
    "note_change",
    "offer_connection",
    "propose_connection",
    "remind_of_unanswered_connections",
    "report_deliveries",
    "request_connection",
    "send_message",
    "tell_of_changed_requirements",
    "tell_of_end",
    "tell_outcome",
    "withdraw_connection",
    "withdraw_groundless_connections",
]
