"""Settings shared by every environment. Secrets and addresses come from the environment."""

from pathlib import Path
from typing import Any

from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from config.settings.api import *  # noqa: F403
from config.settings.environment import *  # noqa: F403
from config.settings.environment import BASE_DIR, REDIS_URL, VAR_DIR, env
from config.settings.logs import *  # noqa: F403
from config.settings.signing_in import *  # noqa: F403
from config.settings.workers import *  # noqa: F403

DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
SITE_URL: str = env.str("SITE_URL", default="http://localhost:8000")
"""Where people reach the site; used for links in e-mail."""

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "accounts.admin_site.AgencyAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # for the page of one's sessions
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "config",
    "accounts",  # before allauth, whose templates it replaces
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "allauth.usersessions",
    "django_structlog",
    "taxonomy",
    "jobs",
    "notifications",
    "privacy",
    "suppliers",
    "buyers",
    "matchmaking",
]

MIDDLEWARE = [
    "config.middleware.RequestIdMiddleware",
    "config.metrics.RequestTimesMiddleware",
    "matchmaking.middleware.AskedAgainMiddleware",  # what it answers itself costs nothing of what follows
    "config.middleware.ReadAwayMiddleware",
    "config.headers.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SessionLimitsMiddleware",
    "accounts.middleware.SigningInMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES: dict[str, dict[str, Any]] = {"default": env.db("DATABASE_URL", default="postgres://app@/app")}
DATABASES["default"].update(
    ENGINE="django.db.backends.postgresql",
    CONN_MAX_AGE=60,
    CONN_HEALTH_CHECKS=True,
)
DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
    f"-c statement_timeout={env.int('STATEMENT_TIMEOUT_MS', default=5000)} -c lock_timeout=2000"
)
WORKER_STATEMENT_TIMEOUT_MS: int = env.int("WORKER_STATEMENT_TIMEOUT_MS", default=60_000)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL},
}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT: Path | None = VAR_DIR / "static"
UPLOADS: dict[str, Any] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {
        "location": env.str("UPLOADS_FOLDER", default=str(VAR_DIR / "uploads")),
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    },
}
"""Where files that people sent lie: a folder that no web server serves, shared by all web processes and workers."""
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "uploads": UPLOADS,
}
DOCUMENTS_PER_FIRM: int = env.int("DOCUMENTS_PER_FIRM", default=200)
DOCUMENT_BYTES_PER_FIRM: int = env.int("DOCUMENT_BYTES_PER_FIRM", default=500 * 1024 * 1024)
ATTACHMENTS_PER_REQUIREMENT: int = env.int("ATTACHMENTS_PER_REQUIREMENT", default=50)
ATTACHMENT_BYTES_PER_REQUIREMENT: int = env.int("ATTACHMENT_BYTES_PER_REQUIREMENT", default=200 * 1024 * 1024)
ATTACHMENTS_PER_CONNECTION: int = env.int("ATTACHMENTS_PER_CONNECTION", default=100)
ATTACHMENT_BYTES_PER_CONNECTION: int = env.int("ATTACHMENT_BYTES_PER_CONNECTION", default=200 * 1024 * 1024)

CATALOGUE_DIR: str = env.str("CATALOGUE_DIR", default=str(VAR_DIR / "catalogue"))
"""A folder for the facts that rankings read, shared by the processes of this machine. It may be emptied: they are read
from the database anew."""

EMAIL: dict[str, Any] = env.email("EMAIL_URL", default="smtp://127.0.0.1:1025")
globals().update(EMAIL)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="Supplier matchmaking <no-reply@matchmaking.example>")
RETURN_ADDRESS: str = env.str("RETURN_ADDRESS", default="") or DEFAULT_FROM_EMAIL
"""Where mail servers write to when an e-mail does not arrive, the envelope's sender; for `manage.py read_bounces`."""

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
CSRF_FAILURE_VIEW = "config.api.problems.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # links in e-mails lead into the admin
SESSION_COOKIE_AGE = 30 * 24 * 3600
CSRF_COOKIE_SAMESITE = "Strict"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # not in a cookie of its own
DEFAULT_EXCEPTION_REPORTER_FILTER = "config.redaction.RedactingReportFilter"

WARM_UP = [
    "accounts.admin_pages.read_ahead",
    "taxonomy.questions.read_ahead",
    "suppliers.admin.firms.read_ahead",
    "matchmaking.catalogue.current",
    "matchmaking.catalogue.demand.read_ahead",
]
"""Called by each new web process, so that the first requests do not wait for what is kept in memory."""
LATE_CODE = ["scipy.optimize"]
"""Modules that take long to import, so that only who asks for them does: a web server reads them at its start."""
READINESS = {"due_rows": "jobs.health.check_due_rows"}
"""What /readyz asks besides database, Redis and migrations."""
METRICS = [
    "jobs.health.queue_metrics",
    "notifications.metrics.delivery_metrics",
    "matchmaking.metrics.catalogue_metrics",
]
"""What /metrics tells besides request times."""
METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="")
"""Who sends it as `Authorization: Bearer …` may read /metrics; where there is none, nobody may."""
METRICS_ARE_OPEN = False

PROGRAMME_SHARE_GOAL_PCT: int = env.int("PROGRAMME_SHARE_GOAL_PCT", default=40)
PROGRAMME_FIRMS_GOAL: int = env.int("PROGRAMME_FIRMS_GOAL", default=1200)
"""What the city aims at: the share of its firms at international standard, and how many firms there shall be."""

UNFOLD = {
    "DASHBOARD_CALLBACK": "matchmaking.programme.page.start_page",
    "SITE_TITLE": _("Supplier matchmaking"),
    "SITE_HEADER": _("Supplier matchmaking"),
    "SITE_URL": "/api/v1/docs",
    "SHOW_LANGUAGES": True,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("config/favicon.svg")},
    ],
}
