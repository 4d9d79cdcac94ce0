"""Routes of this app under /api/v1/."""

from rest_framework.routers import SimpleRouter

from matchmaking.api.v1.connections import ConnectionViewSet

router = SimpleRouter(trailing_slash=False)
router.register("connections", ConnectionViewSet, basename="connections")

urlpatterns = router.urls
