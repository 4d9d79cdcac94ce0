"""Routes of this app under /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from notifications.api.v1.dead_letters import DeadLetterViewSet
from notifications.api.v1.own import NotificationViewSet, PreferencesView
from notifications.api.v1.views import DeliveryViewSet, WebhookEndpointViewSet

router = SimpleRouter(trailing_slash=False)
router.register("webhook-endpoints", WebhookEndpointViewSet, basename="webhook-endpoints")
router.register("deliveries", DeliveryViewSet, basename="deliveries")
router.register("notifications", NotificationViewSet, basename="notifications")
router.register("dead-letters", DeadLetterViewSet, basename="dead-letters")

urlpatterns = [
    path("notification-preferences", PreferencesView.as_view(), name="notification-preferences"),
    *router.urls,
]
