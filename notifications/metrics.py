"""How telling people and software goes, for Prometheus."""

from collections.abc import Iterator

from django.db.models import Count
from prometheus_client.core import GaugeMetricFamily, Metric

from notifications.models import Attempt, Delivery, WebhookEndpoint


def delivery_metrics() -> Iterator[Metric]:
    """Deliveries by channel and result, as far as they are kept; answers of receivers; endpoints."""
    deliveries = GaugeMetricFamily("deliveries", "Deliveries that are kept.", labels=["channel", "state"])
    counted = Delivery.objects.values_list("channel", "state").annotate(number=Count("pk")).order_by()
    for channel, state, number in counted:
        deliveries.add_metric([channel, state], number)
    yield deliveries

    attempts = GaugeMetricFamily("webhook_attempts", "Attempts at webhooks that are kept.", labels=["status"])
    for status, number in Attempt.objects.values_list("status_code").annotate(number=Count("pk")).order_by():
        attempts.add_metric([str(status) if status else "no_reply"], number)
    yield attempts

    endpoints = GaugeMetricFamily("webhook_endpoints", "Webhook endpoints.", labels=["active"])
    for is_active in (True, False):
        endpoints.add_metric([str(is_active).lower()], WebhookEndpoint.objects.filter(is_active=is_active).count())
    yield endpoints
