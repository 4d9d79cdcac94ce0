"""What the operations of the OpenAPI document share: problems, headers of answers, headers of requests.

Descriptions are messages: `config.api.wording` puts the whole document into the reader's language.
"""

from typing import Any, NamedTuple

Schema = dict[str, Any]


def ref(kind: str, name: str) -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}


def _text(description: str, *, required: bool = False, example: Any = None, **schema: Any) -> Schema:
    """A header whose value is text, unless the schema says otherwise."""
    header: Schema = {"description": description, "schema": {"type": "string", **schema}}
    if required:
        header["required"] = True
    if example is not None:
        header["example"] = example
    return header


HEADERS: dict[str, tuple[str, Schema]] = {
    "Allow": ("Allow", _text("The methods that are answered here.", example="GET, HEAD, OPTIONS")),
    "ETag": (
        "ETag",
        _text(
            "The version of what is shown. Send it as If-Match to change exactly this version, or as If-None-Match to "
            "fetch it only if it has changed.",
            required=True,
            example='"9f86d081884c7d659a2feaa0c55ad015"',
        ),
    ),
    "IdempotentReplayed": (
        "Idempotent-Replayed",
        _text("`true` where a stored answer is repeated.", enum=["true"]),
    ),
    "Location": ("Location", _text("Address of what was created.", required=True, format="uri-reference")),
    "RequestId": (
        "X-Request-ID",
        _text("The id of this request: the caller's own where it sent one, else a new one. Give it when you ask us."),
    ),
    "RateLimit": (
        "RateLimit",
        _text(
            "What remains of each limit, and after how many seconds more is granted.", example='"read-minute";r=0;t=9'
        ),
    ),
    "RateLimitPolicy": (
        "RateLimit-Policy",
        _text("The limits: how many requests in how many seconds.", example='"read-minute";q=3000;w=60'),
    ),
    "RetryAfter": ("Retry-After", _text("Seconds to wait before trying again.", type="integer", example=5)),
    "Authenticate": ("WWW-Authenticate", _text("How to sign in.", example="Bearer")),
}
"""By name of the component: the header's own name, and its description."""

PARAMETERS: dict[str, Schema] = {
    "AcceptLanguage": {
        "name": "Accept-Language",
        **_text("Language of messages: vi (unless asked otherwise) or en. Codes never change with it."),
    },
    "Organisation": {
        "name": "X-Organisation",
        **_text(
            "Id of the organisation that you act for, where you belong to several. A key acts for its own.",
        ),
    },
    "IfMatch": {
        "name": "If-Match",
        **_text(
            "ETag of the version that the change is based on, or * for any.",
            required=True,
        ),
    },
    "IfMatchIfGiven": {
        "name": "If-Match",
        **_text("ETag of what is judged, as you read it: if it has changed since, or somebody else judged it, a 412."),
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        **_text("ETag of what you have; if it is current the answer is 304."),
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        **_text(
            "Of your choice, new for each request. Sent again within 24 hours, the same request changes nothing more "
            "and gets the stored answer with `Idempotent-Replayed: true`.",
            minLength=1,
            maxLength=255,
            pattern="^[!-~]+$",
        ),
    },
    "WebhookId": {
        "name": "webhook-id",
        **_text("Id of the message, the same each time that it is sent.", required=True),
    },
    "WebhookTimestamp": {
        "name": "webhook-timestamp",
        **_text("When it was sent, in seconds since 1970.", required=True),
    },
    "WebhookSignature": {
        "name": "webhook-signature",
        **_text("Signatures of id, timestamp and body: `v1,` and base64, separated by spaces.", required=True),
    },
}
"""Headers of requests, by name of the component. Without examples: the documentation would send them."""


class Problem(NamedTuple):
    """An error that many operations can answer."""

    name: str
    description: str
    headers: tuple[str, ...] = ()


PROBLEMS: dict[int, Problem] = {
    400: Problem("BadRequest", "The request is not valid; `errors` names every fault and its place."),
    401: Problem("Unauthorized", "Nobody is signed in, or the key or session is not valid.", ("Authenticate",)),
    403: Problem("Forbidden", "You may see this, but not do it."),
    404: Problem("NotFound", "There is no such thing, or you may not see it."),
    405: Problem("MethodNotAllowed", "This address does not answer that method.", ("Allow",)),
    406: Problem("NotAcceptable", "Answers are JSON, which the Accept header rules out."),
    409: Problem("Conflict", "The state of things does not permit this; `code` says what stands against it."),
    410: Problem("Gone", "It was here, and will not come back."),
    411: Problem("LengthRequired", "The body came in chunks: send it with Content-Length."),
    412: Problem("PreconditionFailed", "Someone changed this in the meantime. Read it again and repeat your change."),
    413: Problem("ContentTooLarge", "The body is larger than 2 MB."),
    415: Problem("UnsupportedMediaType", "The body must be JSON."),
    422: Problem("UnprocessableContent", "The Idempotency-Key was used before with another request."),
    428: Problem("PreconditionRequired", "If-Match is missing: say which version your change is based on."),
    429: Problem(
        "TooManyRequests",
        "Too many requests; try again after Retry-After.",
        ("RetryAfter", "RateLimit", "RateLimitPolicy"),
    ),
    500: Problem("InternalServerError", "A fault of ours. It has been recorded under the request id."),
    503: Problem("ServiceUnavailable", "Busy or restarting; try again after Retry-After.", ("RetryAfter",)),
}
"""By status."""

EVERYWHERE = (400, 401, 403, 406, 429, 500, 503)


def header(component: str) -> dict[str, Schema]:
    """A header of an answer, by its own name."""
    return {HEADERS[component][0]: ref("headers", component)}


def headers(*components: str) -> dict[str, Schema]:
    return {name: described for component in components for name, described in header(component).items()}


def shared_components() -> dict[str, dict[str, Schema]]:
    """The parts of the document's `components` that are described here."""
    body = {"application/problem+json": {"schema": ref("schemas", "Problem")}}
    return {
        "responses": {
            problem.name: {
                "description": problem.description,
                "headers": headers("RequestId", *problem.headers),
                "content": body,
            }
            for problem in PROBLEMS.values()
        },
        "parameters": {name: {"in": "header", **described} for name, described in PARAMETERS.items()},
        "headers": {name: described for name, (_header, described) in HEADERS.items()},
    }
