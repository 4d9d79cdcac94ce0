"""Routes of this app under /api/v1/."""

from rest_framework.routers import SimpleRouter

from privacy.api.v1.views import DataRequestViewSet

router = SimpleRouter(trailing_slash=False)
router.register("me/data-requests", DataRequestViewSet, basename="data-request")

urlpatterns = router.urls
