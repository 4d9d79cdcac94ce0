"""Acts on connections, from the first word to what came of it."""

from matchmaking.services.connections.answering import accept_connection, decline_connection, withdraw_connection
from matchmaking.services.connections.opening import offer_connection, propose_connection, request_connection
from matchmaking.services.connections.stages import STAGES, advance_connection
from matchmaking.services.connections.time import (
    expire_lapsed_connections,
    remind_of_unanswered_connections,
    withdraw_groundless_connections,
)

__all__ = [
    "STAGES",
    "accept_connection",
    "advance_connection",
    "decline_connection",
    "expire_lapsed_connections",
    "offer_connection",
    "propose_connection",
    "remind_of_unanswered_connections",
    "request_connection",
    "withdraw_connection",
    "withdraw_groundless_connections",
]
