"""What can be done in matchmaking: an act a function."""

from matchmaking.services.audience import close_audiences, refresh_all_audiences, refresh_audience
from matchmaking.services.connections import (
    accept_connection,
    decline_connection,
    expire_lapsed_connections,
    request_connection,
    withdraw_connection,
    withdraw_groundless_connections,
)
from matchmaking.services.matches import Match, facts_of, match, match_requirement

__all__ = [
    "Match",
    "accept_connection",
    "close_audiences",
    "decline_connection",
    "expire_lapsed_connections",
    "facts_of",
    "match",
    "match_requirement",
    "refresh_all_audiences",
    "refresh_audience",
    "request_connection",
    "withdraw_connection",
    "withdraw_groundless_connections",
]
