"""Routes of this app under /api/v1/."""

from rest_framework.routers import SimpleRouter

from buyers.api.v1.views import BuyerViewSet, PlantViewSet, RequirementViewSet

router = SimpleRouter(trailing_slash=False)
router.register("buyers", BuyerViewSet, basename="buyer")
router.register("plants", PlantViewSet, basename="plant")
router.register("requirements", RequirementViewSet, basename="requirement")

urlpatterns = router.urls
