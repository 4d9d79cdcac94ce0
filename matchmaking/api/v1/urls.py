"""Routes of this app under /api/v1/."""

from django.urls import path, re_path
from rest_framework.routers import SimpleRouter

from matchmaking.api.v1.connections import ConnectionViewSet
from matchmaking.api.v1.matches import MatchesView, MatchPreviewView

router = SimpleRouter(trailing_slash=False)
router.register("connections", ConnectionViewSet, basename="connections")

urlpatterns = [
    *router.urls,
    re_path(r"^requirements/(?P<id>[a-z]+_[0-9a-z]+)/matches$", MatchesView.as_view(), name="requirement-matches"),
    path("match-preview", MatchPreviewView.as_view(), name="match-preview"),
]
