"""Settings for production: nothing secret has a default, everything goes over TLS."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import ALLAUTH_TRUSTED_PROXY_COUNT, DATABASES, EMAIL, REDIS_URL, SITE_URL, env
from config.settings.refusals import faults_of

DEBUG = False  # whatever the environment says
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
API_KEY_PEPPER = env.str("API_KEY_PEPPER")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=True)

if _faults := faults_of(
    secrets={"SECRET_KEY": SECRET_KEY, "API_KEY_PEPPER": API_KEY_PEPPER},
    allowed_hosts=ALLOWED_HOSTS,
    site_url=SITE_URL,
    database=DATABASES["default"],
    redis_url=REDIS_URL,
    email_backend=EMAIL["EMAIL_BACKEND"],
):
    raise ImproperlyConfigured("; ".join(_faults))

if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # anybody could send it where no proxy of ours does
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_NAME = "__Host-sessionid"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
CSRF_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
LANGUAGE_COOKIE_NAME = "__Host-language"
LANGUAGE_COOKIE_SECURE = True
