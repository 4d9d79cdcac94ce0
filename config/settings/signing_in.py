"""Who may sign in, how, and for how long."""

from datetime import timedelta

from config.settings.environment import SECRET_KEY, env

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
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
