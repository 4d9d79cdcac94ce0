"""Settings shared by every environment. Secrets and addresses come from the environment."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
import structlog
from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from config.redaction import redact_event

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()

SECRET_KEY: str = env.str("SECRET_KEY", default="")
DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
SITE_URL: str = env.str("SITE_URL", default="http://localhost:8000")
"""Where people reach the site; used for links in e-mail."""

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
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
    "config.middleware.ReadAwayMiddleware",
    "config.headers.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
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

REDIS_URL: str = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL},
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend", "accounts.backends.AgencyBackend"]
AUTH_PASSWORD_VALIDATORS = [
    # Length and being hard to guess count; what signs a password is made of does not.
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name", "phone")},
    },
    {"NAME": "accounts.passwords.NotCommonValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignUpForm"
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # people are told of a new password, address or second factor
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = True  # how long a session lasts is for SESSION_LIMITS alone
HEADLESS_ONLY = False
HEADLESS_SERVE_SPECIFICATION = True
HEADLESS_SPECIFICATION_TEMPLATE_NAME = None  # its page would fetch a viewer from a foreign site
ALLAUTH_TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXY_COUNT", default=0)
"""How many proxies of ours stand before the product. The limits on failed log-ins count by address."""
HEADLESS_CLIENTS = ["app"]
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Supplier matchmaking"
MFA_ADAPTER = "accounts.second_factor.MFAAdapter"
MFA_RECOVERY_CODES_SHOW_ONCE = True
STAFF_MFA_REQUIRED: bool = env.bool("STAFF_MFA_REQUIRED", default=False)
"""Whether the agency's people get in with a second factor only. On in production."""
SESSION_LIMITS = {
    "staff": (
        timedelta(minutes=env.int("STAFF_SESSION_IDLE_MINUTES", default=30)),
        timedelta(hours=env.int("STAFF_SESSION_HOURS", default=12)),
    ),
    "everyone": (
        timedelta(days=env.int("SESSION_IDLE_DAYS", default=14)),
        timedelta(days=env.int("SESSION_DAYS", default=30)),
    ),
}
"""After how long without a request, and how long after signing in, a session ends."""
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

API_KEY_PEPPER: str = env.str("API_KEY_PEPPER", default="") or SECRET_KEY
"""Mixed into the stored hash of API keys, so that a copy of the database alone cannot check a guess."""
API_KEYS_PER_ORGANISATION: int = env.int("API_KEYS_PER_ORGANISATION", default=20)
"""How many keys of an organisation may be live at once."""

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
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

EMAIL: dict[str, Any] = env.email("EMAIL_URL", default="smtp://127.0.0.1:1025")
globals().update(EMAIL)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="Supplier matchmaking <no-reply@matchmaking.example>")

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

IDEMPOTENCY_MODEL = "jobs.IdempotencyKey"
"""Where answers to requests with an Idempotency-Key are kept."""
IDEMPOTENCY_KEYS_KEPT = timedelta(hours=env.float("IDEMPOTENCY_KEYS_KEPT_HOURS", default=24))

LIMITS: dict[str, str] = {
    "anonymous": env.str("LIMIT_ANONYMOUS", default="600/minute"),
    "read": env.str("LIMIT_READ", default="3000/minute"),
    "write": env.str("LIMIT_WRITE", default="600/minute"),
    "search": env.str("LIMIT_SEARCH", default="300/minute;10000/day"),
    "preview": env.str("LIMIT_PREVIEW", default="120/minute;2000/day"),
    "contact_request": env.str("LIMIT_CONTACT_REQUEST", default="60/minute;300/day"),
    "register": env.str("LIMIT_REGISTER", default="10/hour;30/day"),
    "claim": env.str("LIMIT_CLAIM", default="10/hour;20/day"),
    "invitation": env.str("LIMIT_INVITATION", default="20/hour;50/day"),
    "propose_name": env.str("LIMIT_PROPOSE_NAME", default="5/day"),
    "sign_in": env.str("LIMIT_SIGN_IN", default="60/minute"),
    "confirm": env.str("LIMIT_CONFIRM", default="5/minute;20/day"),
}
"""How much each API key or person may ask, and who is neither by address: several limits are parted by semicolons."""
LIMITS_OF_ORGANISATIONS = frozenset({"search", "preview", "contact_request", "invitation"})
"""Names under which an organisation's people and keys count together, so that more keys bring no more: how much of the
catalogue is carried off, what many previews tell of a firm's free capacity, and whom it writes to."""
CLAIMS_WAITING_PER_PERSON: int = env.int("CLAIMS_WAITING_PER_PERSON", default=3)
"""How many claims of one person may wait for a decision."""
CONTACTS_OPENED_PER_DAY: int = env.int("CONTACTS_OPENED_PER_DAY", default=100)
"""How many organisations' contacts an organisation may see for the first time within 24 hours."""
LIMITS_THAT_CLOSE = frozenset({"sign_in", "confirm", "invitation"})
"""Names under which nothing is done while Redis, where it would be counted, is away."""
LIMITS_KEY_PREFIX = "limits"
LIMITS_PATIENCE_SECONDS = 0.3
"""How long a request waits for Redis before it goes on uncounted."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ApiKeyAuthentication",
        "accounts.authentication.SessionTokenAuthentication",
        "accounts.authentication.CookieAuthentication",
    ],
    "UNAUTHENTICATED_TOKEN": "accounts.principals.anonymous",
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.SignedIn"],
    "DEFAULT_THROTTLE_CLASSES": ["config.api.throttling.NamedLimits"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.api.negotiation.JsonOrNothing",
    "DEFAULT_PARSER_CLASSES": ["config.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "config.api.pagination.CursorPages",
    "DEFAULT_FILTER_BACKENDS": ["config.api.filtering.DeclaredFilters"],
    "DEFAULT_SCHEMA_CLASS": "config.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "config.api.problems.handle",
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": True,
    "UNICODE_JSON": True,
}

API_DESCRIPTION = """\
What suppliers can do, what buyers need, and how well one meets the other.

**Signing in.** Software sends an API key of its organisation, `Authorization: Bearer mk_…`. People sign in at \
`/auth/app/v1/` and send the session token as `X-Session-Token`; a browser that signed in here needs nothing but its \
cookie. Whoever belongs to several organisations chooses one with `X-Organisation`. What you may not see is answered \
as if it did not exist: 404.

**Errors** are `application/problem+json` (RFC 9457): `code` is for programs and stable, `detail` is for people, \
`errors` names every fault with the JSON pointer of its field. Each operation lists all that it can answer; what none \
of them lists is 405 with `Allow` for a method that an address does not have (`MethodNotAllowed` below), and 404 \
elsewhere.

**Changes** need the `ETag` that you read, as `If-Match`: without it 428, and 412 where somebody else was faster. \
Give each POST an `Idempotency-Key` of your own, and it is safe to send again.

**Lists** come in pages: follow `next` until it is null. An unknown parameter or member is refused, not passed over.

**Limits** count for a key, a person or a whole organisation; searching, previews and requests for connections count \
apart. `RateLimit` says what remains, and a 429 with `Retry-After` how long to wait.

**Language.** `Accept-Language: vi` or `en` chooses the language of messages and of this document; codes never change.

The API changes only by addition. Moments are in UTC, days are days in Vietnam, units are part of the names."""

API_WEBHOOKS = "notifications.api.v1.webhooks.described"
"""Tells the OpenAPI document what is sent to software by itself."""
SPECTACULAR_SETTINGS = {
    "TITLE": "Supplier–FDI matchmaking",
    "DESCRIPTION": API_DESCRIPTION,
    "CONTACT": {"name": "The agency that runs this service", "email": "api@matchmaking.example"},
    "SERVERS": [{"url": "/", "description": "The server that this document was read from."}],
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "DEFAULT_GENERATOR_CLASS": "config.api.schema.DocumentGenerator",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums"],
    "ENUM_NAME_OVERRIDES": {
        "BuyerStateEnum": "buyers.models.Buyer.State",
        "RequirementStateEnum": "buyers.models.Requirement.State",
        "CriterionModeEnum": "buyers.models.Criterion.Mode",
        "UnitEnum": "taxonomy.units.CHOICES",
        "SupplierStateEnum": "suppliers.models.Supplier.State",
        "CertificateStateEnum": "suppliers.models.Certificate.State",
        "ClaimStateEnum": "suppliers.models.Claim.State",
        "SiteRoleEnum": "suppliers.models.Site.Role",
        "DocumentKindEnum": "suppliers.models.Document.Kind",
        "CapabilityRoleEnum": "suppliers.models.Capability.Role",
        "EvidenceLevelEnum": "suppliers.models.EvidenceLevel",
        "DueStateEnum": "jobs.models.DueRow.State",
        "WebhookTopicEnum": "notifications.topics.WEBHOOK_CHOICES",
        "WebhookDisabledReasonEnum": "notifications.models.WebhookEndpoint.DisabledReason",
        "SavedSearchKindEnum": "matchmaking.models.SavedSearch.Kind",
        "SearchAlertEnum": "matchmaking.models.SavedSearch.Alert",
        "ConnectionStateEnum": "matchmaking.models.Connection.State",
        "DeclineReasonEnum": "matchmaking.models.Connection.DeclineReason",
        "ProvinceEditionEnum": "taxonomy.models.Province.Edition",
        "JobStateEnum": "jobs.models.Job.Standing",
        "OrganisationKindEnum": "accounts.models.Organisation.Kind",
        "MembershipRoleEnum": "accounts.models.Membership.Role",
        "InvitationStateEnum": "accounts.models.Invitation.State",
        "ConsentPurposeEnum": "accounts.models.Consent.Purpose",
        "DataRequestKindEnum": "privacy.models.DataRequest.Kind",
        "DataRequestStateEnum": "privacy.models.DataRequest.State",
        "ApiKeyScopeEnum": "accounts.models.ApiKey.Scope",
        "LanguageEnum": "accounts.models.Language",
    },
}

WARM_UP = ["matchmaking.catalogue.current"]
"""Called by each new web process, so that the first match request does not wait for the catalogue."""

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": 600,  # longer than any task may run, or a task would run a second time beside itself
    "unacked_restore_interval": 5,  # what a killed worker held is back this soon after the visibility timeout
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,  # a request that pokes the workers waits no longer than this
    "socket_timeout": 5,
    "socket_keepalive": True,
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_BEAT_SCHEDULE = {
    "deliver what is due": {
        "task": "notifications.tasks.deliver_due",
        "schedule": timedelta(seconds=env.float("DELIVER_EVERY_SECONDS", default=5)),
        "options": {"expires": 5},
    },
    "react to what is due": {
        "task": "notifications.tasks.react_due",
        "schedule": timedelta(seconds=env.float("DELIVER_EVERY_SECONDS", default=5)),
        "options": {"expires": 5},
    },
    "do the jobs that are due": {
        "task": "jobs.tasks.run_due",
        "schedule": timedelta(seconds=env.float("DELIVER_EVERY_SECONDS", default=5)),
        "options": {"expires": 5},
    },
    "delete what came of jobs and has expired": {
        "task": "jobs.tasks.delete_expired",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "tell endpoints": {
        "task": "notifications.tasks.tell_endpoints",
        "schedule": timedelta(seconds=env.float("DELIVER_EVERY_SECONDS", default=5)),
        "options": {"expires": 5},
    },
    "end connections": {
        "task": "matchmaking.tasks.end_connections",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    "refresh audiences": {
        "task": "matchmaking.tasks.refresh_audiences",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "forget answered requests": {
        "task": "jobs.tasks.forget_answered_requests",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "look at changes for saved searches": {
        "task": "matchmaking.tasks.look_at_changes",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
    "tell of findings": {
        "task": "matchmaking.tasks.tell_of_findings",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    "warn of expiring API keys": {
        "task": "accounts.tasks.warn_of_expiring_keys",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "expire invitations": {
        "task": "accounts.tasks.expire_invitations",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    "expire requirements": {
        # Just after midnight in Vietnam, and every hour, so that a night without a scheduler is made up for soon.
        "task": "buyers.tasks.expire_overdue_requirements",
        "schedule": crontab(minute=1),
        "options": {"expires": 3600},
    },
    "send farewells": {
        "task": "privacy.tasks.send_farewells",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "forget": {
        "task": "privacy.tasks.forget",
        "schedule": crontab(hour=3, minute=15),
        "options": {"expires": 3600},
    },
    "sweep documents": {
        "task": "suppliers.tasks.sweep_documents",
        "schedule": crontab(hour=2, minute=30),
        "options": {"expires": 3600},
    },
}

EMAIL_LEASE = timedelta(seconds=env.float("EMAIL_LEASE_SECONDS", default=120))
"""After this long another worker sends a message that a worker has claimed but not finished. Longer than sending can
take: a handful of SMTP commands of EMAIL_TIMEOUT each."""
WEBHOOK_TIMEOUT_SECONDS = 15.0
"""How long a receiver of webhooks may take."""
WEBHOOK_LEASE = timedelta(seconds=60)
"""The same as EMAIL_LEASE for telling an endpoint: longer than resolving its name and WEBHOOK_TIMEOUT_SECONDS."""
WEBHOOKS_MAY_GO_TO_LOOPBACK = False
"""Whether http://127.0.0.1 is told too: only for tests with a receiver of their own."""
REACTION_LEASE = timedelta(seconds=env.float("REACTION_LEASE_SECONDS", default=330))
"""The same for what apps do in reaction to an event. Longer than CELERY_TASK_TIME_LIMIT."""
JOB_LEASE = timedelta(seconds=env.float("JOB_LEASE_SECONDS", default=120))
"""The same for long work, which renews it between batches. Longer than any batch can take."""
JOB_RESULTS_KEPT = timedelta(days=env.int("JOB_RESULTS_KEPT_DAYS", default=7))
"""How long the file that a job made can be fetched."""
JOBS_KEPT = timedelta(days=env.int("KEEP_JOBS_DAYS", default=90))
KEPT_DAYS: dict[str, int] = {
    "messages": env.int("KEEP_MESSAGES_DAYS", default=180),
    "webhook_deliveries": env.int("KEEP_WEBHOOK_DELIVERIES_DAYS", default=90),
    "reactions": env.int("KEEP_REACTIONS_DAYS", default=30),
    "unconfirmed_accounts": env.int("KEEP_UNCONFIRMED_ACCOUNTS_DAYS", default=30),
    "request_details": env.int("KEEP_REQUEST_DETAILS_DAYS", default=730),
    "invitations": env.int("KEEP_INVITATIONS_DAYS", default=90),
    "farewells": env.int("KEEP_FAREWELLS_DAYS", default=7),
}
"""After how many days `privacy.retention` forgets rows of each kind."""

_LOG_FIELDS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_LOG_FIELDS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
)
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # config.middleware has checked or made it
DJANGO_STRUCTLOG_USER_ID_FIELD = ""  # it would freeze request.user; accounts says who it is
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # it would believe the caller; config.middleware says from where
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # one line a request: how it ended
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DEBUG  # the schedule runs a task every few seconds
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redact_event,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            "foreign_pre_chain": _LOG_FIELDS,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}

UNFOLD = {
    "SITE_TITLE": _("Supplier matchmaking"),
    "SITE_HEADER": _("Supplier matchmaking"),
    "SITE_URL": "/api/v1/docs",
    "SHOW_LANGUAGES": True,
}
