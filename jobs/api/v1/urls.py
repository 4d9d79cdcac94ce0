"""Routes of this app under /api/v1/."""

from rest_framework.routers import SimpleRouter

from jobs.api.v1.views import JobViewSet

router = SimpleRouter(trailing_slash=False)
router.register("jobs", JobViewSet, basename="job")

urlpatterns = router.urls
