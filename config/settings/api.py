"""The API: what it promises, how much a caller may ask, and its document."""

from datetime import timedelta

from config.settings.environment import env

IDEMPOTENCY_MODEL = "jobs.IdempotencyKey"
"""Where answers to requests with an Idempotency-Key are kept."""
IDEMPOTENCY_KEYS_KEPT = timedelta(hours=env.float("IDEMPOTENCY_KEYS_KEPT_HOURS", default=24))

LIMITS: dict[str, str] = {
    "anonymous": env.str("LIMIT_ANONYMOUS", default="600/minute"),
    "read": env.str("LIMIT_READ", default="3000/minute"),
    "write": env.str("LIMIT_WRITE", default="600/minute"),
    "search": env.str("LIMIT_SEARCH", default="300/minute;10000/day"),
    "preview": env.str("LIMIT_PREVIEW", default="120/minute;2000/day"),
    "consortium": env.str("LIMIT_CONSORTIUM", default="20/minute;200/day"),
    "match_run": env.str("LIMIT_MATCH_RUN", default="30/minute;100/day"),
    "contact_request": env.str("LIMIT_CONTACT_REQUEST", default="60/minute;300/day"),
    "message": env.str("LIMIT_MESSAGE", default="60/minute;1000/day"),
    "register": env.str("LIMIT_REGISTER", default="10/hour;30/day"),
    "claim": env.str("LIMIT_CLAIM", default="10/hour;20/day"),
    "invitation": env.str("LIMIT_INVITATION", default="20/hour;50/day"),
    "propose_name": env.str("LIMIT_PROPOSE_NAME", default="5/day"),
    "sign_in": env.str("LIMIT_SIGN_IN", default="60/minute"),
    "confirm": env.str("LIMIT_CONFIRM", default="5/minute;20/day"),
}
"""How much each API key or person may ask, and who is neither by address: several limits are parted by semicolons."""
LIMITS_OF_ORGANISATIONS = frozenset(
    {"search", "preview", "consortium", "match_run", "contact_request", "message", "invitation"}
)
"""Names under which an organisation's people and keys count together, so that more keys bring no more: how much of the
catalogue is carried off, what many previews tell of a firm's free capacity, how many rankings are kept for years, and
whom it writes to."""
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
        "CriterionKeyEnum": "buyers.models.Criterion.Key",
        "UnitEnum": "taxonomy.units.CHOICES",
        "TermKindEnum": "taxonomy.api.v1.suggest.KINDS",
        "TaughtKindEnum": "suppliers.imports.words.CHOICES",
        "ImportStateEnum": "suppliers.models.Import.State",
        "SupplierStateEnum": "suppliers.models.Supplier.State",
        "CertificateStateEnum": "suppliers.models.Certificate.State",
        "ClaimStateEnum": "suppliers.models.Claim.State",
        "SupportProgrammeStateEnum": "suppliers.models.SupportProgramme.State",
        "SupportKindEnum": "suppliers.models.SupportProgramme.Kind",
        "SupportStandingEnum": "suppliers.models.support.Standing",
        "SupportApplicationStateEnum": "suppliers.models.SupportApplication.State",
        "SupportResultEnum": "suppliers.models.SupportApplication.Result",
        "SupportConditionEnum": "suppliers.support.eligibility.CODES",
        "VerdictEnum": "matchmaking.api.v1.match_serializers.VERDICTS",
        "SupportVerdictEnum": "suppliers.support.eligibility.VERDICTS",
        "SiteRoleEnum": "suppliers.models.Site.Role",
        "RequirementAttachmentKindEnum": "buyers.models.RequirementAttachment.Kind",
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
        "DeliveryReportStateEnum": "matchmaking.models.DeliveryReport.State",
        "OutcomeStatusEnum": "matchmaking.models.Outcome.Status",
        "ContractValueBandEnum": "matchmaking.models.Connection.ValueBand",
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

# Rankings that are told again while nothing has changed: bytes in the memory of each web process, 0 for none.
MATCH_ANSWERS_KEPT_BYTES: int = env.int("MATCH_ANSWERS_KEPT_BYTES", default=32 * 1024 * 1024)
MATCH_LINES_KEPT_BYTES: int = env.int("MATCH_LINES_KEPT_BYTES", default=16 * 1024 * 1024)
"""Beside them lines with their reasons, while neither their requirement nor their supplier has changed."""
