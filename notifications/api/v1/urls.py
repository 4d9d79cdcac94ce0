"""Routes of this app under /api/v1/."""

from rest_framework.routers import SimpleRouter

from notifications.api.v1.views import DeliveryViewSet, WebhookEndpointViewSet

router = SimpleRouter(trailing_slash=False)
router.register("webhook-endpoints", WebhookEndpointViewSet, basename="webhook-endpoints")
router.register("deliveries", DeliveryViewSet, basename="deliveries")

urlpatterns = router.urls
