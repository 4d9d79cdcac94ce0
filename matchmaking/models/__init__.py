"""What matchmaking stores: connections, shortlists, saved searches."""

from matchmaking.models.connection import Connection, ConnectionQuerySet
from matchmaking.models.saved_search import SavedSearch, SearchFinding, SearchNote
from matchmaking.models.shortlist import Shortlist, ShortlistEntry, ShortlistQuerySet

__all__ = [
    "Connection",
    "ConnectionQuerySet",
    "SavedSearch",
    "SearchFinding",
    "SearchNote",
    "Shortlist",
    "ShortlistEntry",
    "ShortlistQuerySet",
]
