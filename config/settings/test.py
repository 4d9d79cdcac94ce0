"""Settings for the test suite: the real servers, with each parallel worker in its own databases."""

import os

from config.settings.base import *  # noqa: F403
from config.settings.base import CACHES, CELERY_BROKER_TRANSPORT_OPTIONS, LIMITS, MIDDLEWARE, REDIS_URL, REST_FRAMEWORK

SECRET_KEY = "test-only-" + "0" * 48
API_KEY_PEPPER = "test-pepper-" + "0" * 32
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "uploads": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
}

STATIC_ROOT = None  # nothing is collected

_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
CACHES["default"]["KEY_PREFIX"] = f"gw{_worker}"
LIMITS_KEY_PREFIX = f"gw{_worker}:limits"
LIMITS_PATIENCE_SECONDS = 5
LIMITS = dict.fromkeys(LIMITS, "1000000/minute")
# A database of Valkey's own for each: clearing the cache empties a whole database.
CACHES["default"]["LOCATION"] = f"{REDIS_URL.rpartition('/')[0]}/{1 + int(_worker) % 15}"
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_DEFAULT_QUEUE = f"gw{_worker}"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    **CELERY_BROKER_TRANSPORT_OPTIONS,
    "global_keyprefix": f"gw{_worker}:",
    "visibility_timeout": 10,
}
WEBHOOKS_MAY_GO_TO_LOOPBACK = os.environ.get("WEBHOOKS_MAY_GO_TO_LOOPBACK") == "1"  # of a worker that a test starts
REST_FRAMEWORK["TEST_REQUEST_DEFAULT_FORMAT"] = "json"
MIDDLEWARE.insert(0, "tests.fixtures.contract.CheckedAnswers")
