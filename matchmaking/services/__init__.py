"""What can be done in matchmaking: an act a function."""

from matchmaking.services.alerts import look_at_changes, send_digests, sweep_searches
from matchmaking.services.audience import (
    close_audiences,
    ranges_of_audiences,
    refresh_all_audiences,
    refresh_audience,
    refresh_audiences,
)
from matchmaking.services.connections import (
    STAGES,
    accept_connection,
    advance_connection,
    decline_connection,
    expire_lapsed_connections,
    offer_connection,
    propose_connection,
    remind_of_unanswered_connections,
    request_connection,
    withdraw_connection,
    withdraw_groundless_connections,
)
from matchmaking.services.match_runs import freeze_matches
from matchmaking.services.matches import (
    Match,
    Relaxed,
    RequirementVersion,
    Wanted,
    facts_of,
    match,
    match_of_firms,
    match_requirement,
    relax_requirement,
)
from matchmaking.services.opportunities import (
    Opportunity,
    Prospects,
    matches_of_supplier,
    prospects_of,
    requirements_seen_by,
)
from matchmaking.services.searches import change_search, remove_search, save_search
from matchmaking.services.shortlists import (
    add_entries,
    change_entry,
    change_shortlist,
    create_shortlist,
    remove_entry,
    remove_shortlist,
)
from matchmaking.services.standing import look_at_open_requirements_anew, update_matches
from matchmaking.services.summaries import forget_ended_summaries, ranges_to_summarise, summarise_matches
from matchmaking.services.telling import tell_of_matches

__all__ = [
    "STAGES",
    "Match",
    "Opportunity",
    "Prospects",
    "Relaxed",
    "RequirementVersion",
    "Wanted",
    "accept_connection",
    "add_entries",
    "advance_connection",
    "change_entry",
    "change_search",
    "change_shortlist",
    "close_audiences",
    "create_shortlist",
    "decline_connection",
    "expire_lapsed_connections",
    "facts_of",
    "forget_ended_summaries",
    "freeze_matches",
    "look_at_changes",
    "look_at_open_requirements_anew",
    "match",
    "match_of_firms",
    "match_requirement",
    "matches_of_supplier",
    "offer_connection",
    "propose_connection",
    "prospects_of",
    "ranges_of_audiences",
    "ranges_to_summarise",
    "refresh_all_audiences",
    "refresh_audience",
    "refresh_audiences",
    "relax_requirement",
    "remind_of_unanswered_connections",
    "remove_entry",
    "remove_search",
    "remove_shortlist",
    "request_connection",
    "requirements_seen_by",
    "save_search",
    "send_digests",
    "summarise_matches",
    "sweep_searches",
    "tell_of_matches",
    "update_matches",
    "withdraw_connection",
    "withdraw_groundless_connections",
]
