"""Whether this process can do its work: /readyz."""

from collections.abc import Callable
from functools import cache
from time import monotonic
from typing import Any

import redis
import structlog
from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils.module_loading import import_string

PATIENCE_SECONDS = 1.0
"""How long Redis may take."""

log = structlog.get_logger(__name__)


class NotReadyError(Exception):
    """Something is not as it must be. The message says what; strangers may read it."""


def readyz(_request: HttpRequest) -> JsonResponse:
    """200 if all checks pass, else 503. Who balances load asks /healthz instead: that one instance is as late as the
    others is no reason to send nobody there."""
    results = {name: _result(check) for name, check in _checks().items()}
    is_ready = all(result["status"] == "ok" for result in results.values())
    body = {"status": "ok" if is_ready else "failing", "checks": results}
    return JsonResponse(body, status=200 if is_ready else 503)


def check_database() -> dict[str, Any]:
    """It answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {}


def check_redis() -> dict[str, Any]:
    """The broker answers."""
    patience = {"socket_timeout": PATIENCE_SECONDS, "socket_connect_timeout": PATIENCE_SECONDS}
    with redis.Redis.from_url(settings.CELERY_BROKER_URL, **patience) as client:
        client.ping()
    return {}


def check_migrations() -> dict[str, Any]:
    """The database has all that this release needs. It may have more: of the next release, while that is rolled out."""
    if missing := unapplied_migrations():
        raise NotReadyError(f"{len(missing)} migrations are not applied")
    return {}


def unapplied_migrations() -> list[str]:
    """Asked until there are none; a running process gets no new ones."""
    if _has_all:
        return []
    executor = MigrationExecutor(connection)
    missing = [str(migration) for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    if not missing:
        _has_all.append(True)
    return missing


_has_all: list[bool] = []


@cache
def _checks() -> dict[str, Callable[[], dict[str, Any]]]:
    own = {"database": check_database, "redis": check_redis, "migrations": check_migrations}
    return {**own, **{name: import_string(path) for name, path in settings.READINESS.items()}}


def _result(check: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    started = monotonic()
    try:
        found = {"status": "ok", **check()}
    except NotReadyError as failure:
        found = {"status": "failing", "because": str(failure)}
    except (DatabaseFailure, redis.RedisError, OSError) as failure:
        log.warning("not_ready", check=getattr(check, "__name__", ""), error=str(failure))
        found = {"status": "failing", "because": "no answer"}
    return {**found, "milliseconds": round((monotonic() - started) * 1000, 1)}
