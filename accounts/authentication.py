"""How a request says who it is."""

from rest_framework.authentication import BaseAuthentication, SessionAuthentication


class ApiKeyAuthentication(BaseAuthentication):
    pass


class SessionTokenAuthentication(BaseAuthentication):
    pass


class CookieAuthentication(SessionAuthentication):
    pass
