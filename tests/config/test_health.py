"""Whether the product is ready, and the figures that Prometheus reads."""

import os
from datetime import timedelta

import pytest
from django.conf import settings as given
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from config import readiness
from config.devstack.valkey import free_port
from jobs.health import ages_seconds, queues
from notifications import relay, services
from notifications.models import Delivery, Event, WebhookEndpoint
from tests.factories.accounts import member
from tests.factories.notifications import connection_requested

pytestmark = pytest.mark.django_db
A_WHILE = timedelta(minutes=10)


def ready() -> tuple[int, dict[str, dict[str, object]]]:
    answer = Client().get("/readyz")
    return answer.status_code, answer.json()["checks"]


def figures() -> dict[str, float]:
    """What /metrics says, by name and labels."""
    answer = Client().get("/metrics", headers={"authorization": "Bearer a token for tests"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


@pytest.fixture
def token(settings: Settings) -> None:
    settings.METRICS_TOKEN = "a token for tests"


class TestReady:
    def test_all_is_well(self) -> None:
        status, checks = ready()

        assert status == 200
        assert {name: check["status"] for name, check in checks.items()} == dict.fromkeys(
            ("database", "redis", "migrations", "due_rows"), "ok"
        )
        assert checks["due_rows"]["oldest_seconds"] == 0

    def test_redis_is_away(self, settings: Settings) -> None:
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"

        status, checks = ready()

        assert status == 503
        assert [name for name, check in checks.items() if check["status"] == "failing"] == ["redis"]
        assert checks["redis"]["because"] == "no answer"
        assert str(settings.CELERY_BROKER_URL) not in str(checks)

    def test_a_migration_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(readiness, "_has_all", [])
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'notifications'")
            missing = cursor.rowcount

        status, checks = ready()

        assert status == 503
        assert missing > 3
        assert checks["migrations"]["because"] == f"{missing} migrations are not applied"

    def test_workers_are_behind(self) -> None:
        reader = member()
        assert reader.organisation is not None
        connection_requested(reader.organisation)
        Event.objects.update(due_at=timezone.now() - A_WHILE)

        status, checks = ready()

        assert status == 503
        assert checks["due_rows"]["because"] == "the oldest row has been due for 600 seconds: look at the workers"


class TestAges:
    def test_what_a_dead_worker_held_is_as_old_as_its_lease_is_over(self) -> None:
        reader = member()
        assert reader.organisation is not None
        connection_requested(reader.organisation)
        Event.objects.update(state="running", due_at=Now() - A_WHILE, lease_until=Now() - timedelta(seconds=30))

        assert 30 <= ages_seconds()["event"] < 40

    def test_what_waits_for_a_receiver_is_no_workers_fault(self) -> None:
        owner = member()
        values = {"url": "https://hooks.firm.example/", "topics": ["connection.requested"]}
        endpoint, _ = services.add_endpoint(values=values, by=owner)
        assert owner.organisation is not None
        connection_requested(owner.organisation)
        relay.fan_out_all()
        Delivery.objects.by_email().delete()
        Delivery.objects.update(due_at=Now() - A_WHILE)
        assert ages_seconds()["delivery"] >= 600

        WebhookEndpoint.objects.update(resting_until=Now() + A_WHILE)
        assert ages_seconds()["delivery"] == 0
        WebhookEndpoint.objects.update(resting_until=None)
        services.disable_endpoint(endpoint_id=endpoint.pk, by=owner)
        assert ages_seconds()["delivery"] == 0

    def test_every_kind_of_row_that_workers_work_off_is_watched(self) -> None:
        assert set(queues()) >= {"event", "delivery", "reaction", "job", "farewell"}


class TestMetrics:
    @pytest.mark.parametrize("header", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Bearer "}])
    @pytest.mark.parametrize("secret", ["", "a token for tests"])
    def test_nobody_else_finds_anything(self, header: dict[str, str], secret: str, settings: Settings) -> None:
        settings.METRICS_TOKEN = secret

        assert Client().get("/metrics", headers=header).status_code == 404

    @pytest.mark.usefixtures("token")
    def test_requests_are_counted_under_their_routes_and_not_their_addresses(self) -> None:
        client = Client()
        count = 'http_request_duration_seconds_count{method="GET",route="%s",status="%s"}'
        known, unknown = count % ("healthz", "2xx"), count % ("none", "4xx")
        before = figures()

        client.get("/healthz")
        client.get("/nothing/here")
        client.get("/nothing/there")

        after = figures()
        assert after[known] - before.get(known, 0) == 1
        assert after[unknown] - before.get(unknown, 0) == 2
        assert not any("/nothing" in name for name in after)

    @pytest.mark.usefixtures("token")
    def test_queues_deliveries_and_the_catalogue_are_told(self) -> None:
        reader = member()
        assert reader.organisation is not None
        connection_requested(reader.organisation)
        relay.fan_out_all()
        Delivery.objects.by_email().update(due_at=Now() - A_WHILE)

        told = figures()

        assert told['queue_oldest_seconds{queue="delivery"}'] >= 600
        assert told['queue_due_rows{queue="delivery"}'] == 1
        assert told['queue_dead_rows{queue="delivery"}'] == 0
        assert told['deliveries{channel="email",state="due"}'] == 1
        assert told['deliveries{channel="in_app",state="done"}'] == 1
        assert told['webhook_endpoints{active="true"}'] == 0
        assert "catalogue_version" in told
        assert {told[f'metrics_complete{{part="{part}"}}'] for part in given.METRICS} == {1}
        assert "PROMETHEUS_MULTIPROC_DIR" not in os.environ
