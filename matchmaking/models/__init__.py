"""What matchmaking stores: connections, frozen rankings, shortlists, saved searches, weighings, reports, scenarios."""

from matchmaking.models.connection import Connection, ConnectionQuerySet
from matchmaking.models.contract import MOST_DELIVERIES, DeliveryReport, Outcome
from matchmaking.models.match_pair import MatchNote, MatchNoteQuerySet, MatchPair, MatchPairQuerySet
from matchmaking.models.match_run import MatchResult, MatchResultQuerySet, MatchRun, MatchRunQuerySet
from matchmaking.models.match_summary import LeadingMatch, MatchSummary
from matchmaking.models.message import Attachment, Message
from matchmaking.models.programme_report import ProgrammeReport, ProgrammeReportQuerySet
from matchmaking.models.saved_search import SavedSearch, SearchFinding, SearchNote
from matchmaking.models.shortlist import Shortlist, ShortlistEntry, ShortlistQuerySet
from matchmaking.models.upgrade_scenario import UpgradeScenario, UpgradeScenarioQuerySet
from matchmaking.models.weighing import Weighing, WeighingQuerySet

__all__ = [
    "MOST_DELIVERIES",
    "Attachment",
    "Connection",
    "ConnectionQuerySet",
    "DeliveryReport",
    "LeadingMatch",
    "MatchNote",
    "MatchNoteQuerySet",
    "MatchPair",
    "MatchPairQuerySet",
    "MatchResult",
    "MatchResultQuerySet",
    "MatchRun",
    "MatchRunQuerySet",
    "MatchSummary",
    "Message",
    "Outcome",
    "ProgrammeReport",
    "ProgrammeReportQuerySet",
    "SavedSearch",
    "SearchFinding",
    "SearchNote",
    "Shortlist",
    "ShortlistEntry",
    "ShortlistQuerySet",
    "UpgradeScenario",
    "UpgradeScenarioQuerySet",
    "Weighing",
    "WeighingQuerySet",
]
