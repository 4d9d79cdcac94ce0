"""How the OpenAPI document describes signing in. Loaded when the app is ready."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.ApiKeyAuthentication"
    name = "api_key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key of an organisation, for software."}


class SessionTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.SessionTokenAuthentication"
    name = "session_token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        description = "The session token of a person who signed in at /auth/app/v1/."
        return {"type": "apiKey", "in": "header", "name": "X-Session-Token", "description": description}


class CookieScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.CookieAuthentication"
    name = "cookie"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        description = "The session of a browser that signed in here; changes also need the CSRF token."
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": description}
