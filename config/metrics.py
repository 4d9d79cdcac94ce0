"""Figures for Prometheus: /metrics.

Request times are counted where requests are answered, and added up over the processes of a web server by files of
theirs (PROMETHEUS_MULTIPROC_DIR, see config/gunicorn.py). What the database knows, such as ages of queues, is asked
when somebody looks: the apps name what they know in `settings.METRICS`.
"""

import os
import secrets
from collections.abc import Callable, Iterable
from time import perf_counter

import structlog
from django.conf import settings
from django.db import Error as DatabaseFailure
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

REQUESTS = Histogram(
    "http_request_duration_seconds",
    "Time from the first look at a request to its answer.",
    ["method", "route", "status"],
    registry=None,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "none"
"""For addresses that there are not, of which callers may make up any number, and for what is answered before a route is
looked for: static files, redirects to HTTPS."""

log = structlog.get_logger(__name__)


class RequestTimesMiddleware:
    """Counts each request under its route, with the time that it took."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        method = request.method if request.method in METHODS else "other"
        status = f"{response.status_code // 100}xx"
        REQUESTS.labels(method, match.route if match else NO_ROUTE, status).observe(perf_counter() - started)
        return response


def metrics(request: HttpRequest) -> HttpResponse:
    """Text for Prometheus, for whoever knows `settings.METRICS_TOKEN`. For everybody else there is nothing here."""
    if not _may_look(request):
        raise Http404
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REQUESTS)
    registry.register(_FromTheApps())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _FromTheApps(Collector):
    """What the apps know. Where one cannot say, the others are told all the same."""

    def collect(self) -> Iterable[Metric]:
        complete = GaugeMetricFamily("metrics_complete", "Whether this part could be told.", labels=["part"])
        for path in settings.METRICS:
            try:
                yield from list(import_string(path)())
            except (DatabaseFailure, OSError) as failure:
                log.warning("metrics_missing", part=path, error=str(failure))
                complete.add_metric([path], 0)
            else:
                complete.add_metric([path], 1)
        yield complete

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked of the database when this is registered."""
        return ()


def _may_look(request: HttpRequest) -> bool:
    if settings.METRICS_ARE_OPEN:
        return True
    given = request.headers.get("Authorization", "")
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    return bool(settings.METRICS_TOKEN) and secrets.compare_digest(given.encode(), wanted.encode())
