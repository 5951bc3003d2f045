"""Settings, read from the environment and nowhere else. The table is in docs/operations.md."""

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from crm.core.env import env_bool, env_int, env_list, env_text, env_url
from crm.regular_work import BEAT_SCHEDULE, TASK_ROUTES

BASE_DIR = Path(__file__).resolve().parent.parent

# Where this runs

DEMO = env_bool("GJENSYN_DEMO", default=False)
DEBUG = env_bool("DEBUG", default=False)
DATA_DIR = Path(env_text("GJENSYN_DATA") or BASE_DIR / ".gjensyn")
SITE_URL = env_url(
    "SITE_URL", default="http://localhost:8000", schemes=["http", "https"]
).rstrip("/")
IS_SECURE = SITE_URL.startswith("https://")
# Health checks ask from the machine itself, whatever else is allowed.
ALLOWED_HOSTS = [
    *env_list("ALLOWED_HOSTS", default=[urlsplit(SITE_URL).hostname or ""]),
    *("localhost", "127.0.0.1", "[::1]"),
]
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])

# Secrets

SECRET_KEY = env_text("SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Set it to a long random text, or run the command with "
        "the built-in servers: python -m crm.devtools run -- COMMAND"
    )
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")


def _derived_key(use: str) -> str:
    return hashlib.sha256(f"{use}:{SECRET_KEY}".encode()).hexdigest()


# The first key signs, all of them are read. Links in old mails live as long as their
# key, so these have a life of their own beside SECRET_KEY.
LINK_KEYS = env_list("LINK_KEYS", default=[_derived_key("links")])
HAS_OWN_LINK_KEYS = _derived_key("links") not in LINK_KEYS
ADDRESS_HASH_KEY = env_text("ADDRESS_HASH_KEY") or _derived_key("addresses")
HAS_OWN_ADDRESS_HASH_KEY = _derived_key("addresses") != ADDRESS_HASH_KEY
# Allergies and other health needs are sealed with the first key, opened with any.
# The derived one comes last, so that setting the first key of one's own loses nothing.
FIELD_ENCRYPTION_KEYS = [*env_list("FIELD_ENCRYPTION_KEYS"), _derived_key("fields")]
HAS_OWN_FIELD_ENCRYPTION_KEYS = len(FIELD_ENCRYPTION_KEYS) > 1

# Parts

INSTALLED_APPS = [
    "crm.accounts",
    "crm.tenancy",
    "crm.audit",
    "crm.files",
    "crm.jobs",
    "customers",
    "loyalty",
    "surveys",
    "outreach",
    "crm.frontdesk",
    "crm.dashboards",
    "crm",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "anymail",
    "csp",
    "django_htmx",
    "heroicons",
    "template_partials",
]
if DEMO:
    INSTALLED_APPS.insert(0, "crm.devtools")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crm.accounts.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "crm.core.templatetags.crm"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm.tenancy.context.page_frame",
            ],
        },
    },
]

# Data

DATABASE_URL = env_url("DATABASE_URL", default="", schemes=["postgres", "postgresql"])
if not DATABASE_URL:
    raise ImproperlyConfigured(
        "DATABASE_URL is not set. Point it at a PostgreSQL 18 database, or run the "
        "command with the built-in servers: python -m crm.devtools run -- COMMAND"
    )
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **environ.Env.db_url_config(DATABASE_URL),
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": env_int("CONN_MAX_AGE", default=600, low=0, high=86_400),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5},
    }
}

# A pooler that hands connections around between transactions may have to do without.
PREPARED_STATEMENTS = env_bool("PREPARED_STATEMENTS", default=True)

# Rate limits must hold for every process and survive an empty Redis.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "crm_cache",
        # Beyond this, rows are thrown out: a guesser must not push out the counting.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

PRIVATE_FILES_DIR = DATA_DIR / "files"

# Background work: PostgreSQL remembers, Celery only looks.

REDIS_URL = env_url(
    "REDIS_URL", default="redis://127.0.0.1:6379/0", schemes=["redis", "rediss", "unix"]
)
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 25,
    # A page must not wait for a doorbell that nobody answers.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.2,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_PUBLISH_RETRY = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.2,
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = TASK_ROUTES
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE

# Sending

EMAIL_URL = env_url(
    "EMAIL_URL",
    default="smtp://127.0.0.1:25",
    schemes=["smtp", "smtp+tls", "smtp+ssl", "smtps"],
)
_email = environ.Env.email_url_config(EMAIL_URL)
EMAIL_HOST = _email["EMAIL_HOST"] or "127.0.0.1"
EMAIL_PORT = _email["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _email["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = env_int("EMAIL_TIMEOUT", default=20, low=1, high=120)
# Servers inside the operator's own network that businesses may name.
INNER_HOSTS = frozenset(host.casefold() for host in env_list("INNER_HOSTS"))
# Ours also knows how far a conversation came; any Anymail backend may take its place.
EMAIL_BACKEND = env_text("EMAIL_BACKEND") or "outreach.email.smtp.EmailBackend"
DEFAULT_FROM_EMAIL = env_text("DEFAULT_FROM_EMAIL") or "gjensyn@localhost"
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Anymail reads REQUESTS_TIMEOUT as (connect, read); hidden retries would send twice.
ANYMAIL = {
    "REQUESTS_TIMEOUT": (5, 20),
    "AMAZON_SES_CLIENT_PARAMS": {
        "config": {
            "connect_timeout": 5,
            "read_timeout": 20,
            "retries": {"total_max_attempts": 1},
        }
    },
}
# For a whole conversation with a provider of SMS; well within the lease for sending.
SMS_TIMEOUT = env_int("SMS_TIMEOUT", default=25, low=1, high=120)
# In place of every SMS provider's own server, for trying things out.
SMS_STAND_IN_URL = env_url("SMS_STAND_IN_URL", default="", schemes=["http", "https"])

SEND_BATCH_SIZE = env_int("SEND_BATCH_SIZE", default=50, low=1, high=200)
# So many messages a worker hands over side by side.
SEND_THREADS = env_int("SEND_THREADS", default=4, low=1, high=64)
CLAIM_LEASE_SECONDS = env_int("CLAIM_LEASE_SECONDS", default=60, low=1, high=3600)
SEND_LEASE_SECONDS = env_int("SEND_LEASE_SECONDS", default=120, low=1, high=3600)
UNKNOWN_GRACE_SECONDS = env_int(
    "UNKNOWN_GRACE_SECONDS", default=6 * 3600, low=1, high=7 * 86_400
)
SMS_UNKNOWN_GRACE_SECONDS = env_int(
    "SMS_UNKNOWN_GRACE_SECONDS", default=2 * 3600, low=1, high=7 * 86_400
)
# How long a provider's own list may lag behind: so long nobody asks it, and between.
LOOKUP_GRACE_SECONDS = env_int("LOOKUP_GRACE_SECONDS", default=120, low=1, high=86_400)
SEND_ATTEMPTS = env_int("SEND_ATTEMPTS", default=6, low=1, high=50)
# Messages are due and none leaves for so long: the owners are told.
ALERT_AFTER_MINUTES = env_int("ALERT_AFTER_MINUTES", default=30, low=5, high=1440)
# That something was sent is kept for good; what it said, for so long.
BODY_KEEP_DAYS = env_int("BODY_KEEP_DAYS", default=90, low=1, high=3660)
# What providers called us with, word for word: what it meant is kept apart from it.
WEBHOOK_KEEP_DAYS = env_int("WEBHOOK_KEEP_DAYS", default=30, low=8, high=366)
# Mail to guests goes between these hours on the wall of the venue. In the demo nobody
# sleeps, so that a departure late at night shows its mail at once.
EMAIL_FROM_HOUR = env_int("EMAIL_FROM_HOUR", default=0 if DEMO else 7, low=0, high=23)
EMAIL_UNTIL_HOUR = env_int(
    "EMAIL_UNTIL_HOUR", default=24 if DEMO else 22, low=1, high=24
)
# SMS, where the house chose no hours; SMS_RESTS keeps questions and news away from
# Sundays and public holidays.
SMS_FROM_HOUR = env_int("SMS_FROM_HOUR", default=0 if DEMO else 9, low=0, high=23)
SMS_UNTIL_HOUR = env_int("SMS_UNTIL_HOUR", default=24 if DEMO else 20, low=1, high=24)
SMS_RESTS = env_bool("SMS_RESTS", default=not DEMO)

# How long the log says who did what. Whoever must prove a yes or an erasure needs years.
AUDIT_KEEP_DAYS = env_int("AUDIT_KEEP_DAYS", default=3 * 366, low=30, high=36_600)

# Long work that people wait for: the lease must outlast one step.
JOB_LEASE_SECONDS = env_int("JOB_LEASE_SECONDS", default=120, low=1, high=3600)
JOB_SECONDS_PER_TURN = 60

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "crm.accounts.passwords.NotTheDemoPassword"},
]
# What create_business gives the first owner; asked for, or invited by mail, without it.
OWNER_PASSWORD = env_text("GJENSYN_OWNER_PASSWORD")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "tenancy_public:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "crm.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Nobody can sign up, so a stranger's address is not written to.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_SECURE else "http"
MFA_ADAPTER = "allauth.mfa.adapter.DefaultMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Addresses come from invitations and owners, never from whoever signs up.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Gjensyn"
# Browsers treat localhost as a secure place, so passkeys can be tried there.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_SECURE
# A device is noted when it signs in; noting every page would be a write per page.
USERSESSIONS_TRACK_ACTIVITY = False

# Words and time

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("nb", _("Norwegian (bokmål)")),
    ("nn", _("Norwegian (nynorsk)")),
    ("sv", _("Swedish")),
    ("da", _("Danish")),
    ("fi", _("Finnish")),
    ("de", _("German")),
]
GUEST_LANGUAGES = [code for code, _name in LANGUAGES]
STAFF_LANGUAGES = ["en", "nb", "nn", "sv"]
LOCALE_PATHS = [BASE_DIR / "crm" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Pages

STATIC_URL = "/static/"
STATIC_ROOT = Path(env_text("STATIC_ROOT") or DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "crm" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "crm.core.static_files.LeanStaticFilesStorage"},
}
# Nobody else's pages have a use for our styles and scripts.
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = PRIVATE_FILES_DIR
FILE_UPLOAD_PERMISSIONS = 0o600
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_AGE = 14 * 86_400
TRUST_PROXY = env_bool("TRUST_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
# Behind a proxy everybody has its address, and one guesser would lock out the house.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if TRUST_PROXY else 0
# One-click unsubscribe and calls of providers must be answered, never redirected.
SECURE_SSL_REDIRECT = IS_SECURE
SECURE_REDIRECT_EXEMPT = [r"^u/", r"^hooks/", r"^healthz", r"^readyz"]
SECURE_HSTS_SECONDS = env_int(
    "HSTS_SECONDS", default=31_536_000 if IS_SECURE else 0, low=0, high=63_072_000
)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env_text("LOG_LEVEL") or "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security.csrf": {"level": "ERROR"},
    },
}
