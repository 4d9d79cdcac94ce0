"""Routes of this app under /api/v1/."""

from django.urls import path, re_path
from rest_framework.routers import SimpleRouter

from matchmaking.api.v1.connection_contracts import DeliveryReportViewSet, OutcomeViewSet
from matchmaking.api.v1.connection_messages import FileViewSet, MessageViewSet
from matchmaking.api.v1.connections import ConnectionViewSet
from matchmaking.api.v1.consortia import AskConsortiumView, ConsortiaView, OwnConsortiaView
from matchmaking.api.v1.exports import ExportView
from matchmaking.api.v1.facets import SupplierFacetsView
from matchmaking.api.v1.gaps import GapsView
from matchmaking.api.v1.insight import RelaxationsView, StabilityView
from matchmaking.api.v1.match_runs import MatchRunViewSet
from matchmaking.api.v1.matches import MatchesView, MatchPreviewView
from matchmaking.api.v1.opportunities import OpportunitiesView
from matchmaking.api.v1.programme import ProgrammeFiguresView
from matchmaking.api.v1.programme_reports import ProgrammeReportViewSet
from matchmaking.api.v1.responsiveness import ResponsivenessView
from matchmaking.api.v1.saved_searches import SavedSearchViewSet
from matchmaking.api.v1.search import SearchView
from matchmaking.api.v1.shortlists import ShortlistEntryViewSet, ShortlistViewSet
from matchmaking.api.v1.upgrade_plan import UpgradePlanView
from matchmaking.api.v1.upgrade_scenarios import UpgradeScenarioViewSet
from matchmaking.api.v1.weighing import WeighingView, WeighView

REQUIREMENT = r"requirements/(?P<id>[a-z]+_[0-9a-z]+)"
CONNECTION = r"connections/(?P<connection_id>[a-z]+_[0-9a-z]+)"
SHORTLIST = r"shortlists/(?P<shortlist_id>[a-z]+_[0-9a-z]+)"

router = SimpleRouter(trailing_slash=False)
router.register("connections", ConnectionViewSet, basename="connections")
router.register(f"{CONNECTION}/messages", MessageViewSet, basename="connection-messages")
router.register(f"{CONNECTION}/files", FileViewSet, basename="connection-files")
router.register(f"{CONNECTION}/delivery-reports", DeliveryReportViewSet, basename="connection-delivery-reports")
router.register(f"{CONNECTION}/outcomes", OutcomeViewSet, basename="connection-outcomes")
router.register("match-runs", MatchRunViewSet, basename="match-runs")
router.register("shortlists", ShortlistViewSet, basename="shortlists")
router.register(f"{SHORTLIST}/entries", ShortlistEntryViewSet, basename="shortlist-entries")
router.register("upgrade-scenarios", UpgradeScenarioViewSet, basename="upgrade-scenarios")
router.register("programme-reports", ProgrammeReportViewSet, basename="programme-reports")
router.register("saved-searches", SavedSearchViewSet, basename="saved-searches")

urlpatterns = [
    *router.urls,
    re_path(rf"^{REQUIREMENT}/matches$", MatchesView.as_view(), name="requirement-matches"),
    re_path(rf"^{REQUIREMENT}/consortia$", ConsortiaView.as_view(), name="requirement-consortia"),
    re_path(rf"^{REQUIREMENT}/ask-consortium$", AskConsortiumView.as_view(), name="requirement-ask-consortium"),
    re_path(rf"^{REQUIREMENT}/relaxations$", RelaxationsView.as_view(), name="requirement-relaxations"),
    re_path(rf"^{REQUIREMENT}/responsiveness$", ResponsivenessView.as_view(), name="requirement-responsiveness"),
    re_path(rf"^{REQUIREMENT}/stability$", StabilityView.as_view(), name="requirement-stability"),
    re_path(rf"^{REQUIREMENT}/weigh$", WeighView.as_view(), name="requirement-weigh"),
    re_path(rf"^{REQUIREMENT}/weighing$", WeighingView.as_view(), name="requirement-weighing"),
    re_path(r"^suppliers/(?P<id>[a-z]+_[0-9a-z]+)/opportunities$", OpportunitiesView.as_view(), name="opportunities"),
    re_path(r"^suppliers/(?P<id>[a-z]+_[0-9a-z]+)/gaps$", GapsView.as_view(), name="gaps"),
    re_path(r"^suppliers/(?P<id>[a-z]+_[0-9a-z]+)/consortia$", OwnConsortiaView.as_view(), name="supplier-consortia"),
    path("suppliers/facets", SupplierFacetsView.as_view(), name="supplier-facets"),
    path("programme/upgrade-plan", UpgradePlanView.as_view(), name="programme-upgrade-plan"),
    path("programme/figures", ProgrammeFiguresView.as_view(), name="programme-figures"),
    path("exports", ExportView.as_view(), name="exports"),
    path("search", SearchView.as_view(), name="search"),
    path("match-preview", MatchPreviewView.as_view(), name="match-preview"),
]
