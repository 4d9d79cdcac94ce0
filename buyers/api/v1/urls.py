"""Routes of this app under /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from buyers.api.v1.attachments import RequirementAttachmentViewSet
from buyers.api.v1.drafting import DraftFromTextView
from buyers.api.v1.views import BuyerViewSet, PlantViewSet, RequirementViewSet

REQUIREMENT = r"requirements/(?P<requirement_id>[a-z]+_[0-9a-z]+)"

router = SimpleRouter(trailing_slash=False)
router.register("buyers", BuyerViewSet, basename="buyer")
router.register("plants", PlantViewSet, basename="plant")
router.register("requirements", RequirementViewSet, basename="requirement")
router.register(f"{REQUIREMENT}/attachments", RequirementAttachmentViewSet, basename="requirement-attachments")

urlpatterns = [
    path("requirements/draft-from-text", DraftFromTextView.as_view(), name="requirement-draft-from-text"),
    *router.urls,
]
