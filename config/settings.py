"""Django's settings. Everything that differs from one machine to another is in `environment`."""

import json

from django.utils.translation import gettext_lazy as _

from .database import database_settings
from .environment import BASE_DIR, env
from .recordings import storage
from .static import NAMED_BY_CONTENT

DEBUG = env.debug
DEMO = env.demo
SECRET_KEY = env.secret("secret_key")
ALLOWED_HOSTS = env.allowed_hosts
PUBLIC_URL = env.public_url
MEDIA_SERVER_URL = env.media_url
#: Signs what web and media say to each other, and the tokens that media accepts.
MEDIA_KEY = env.media_key
MEDIA_INTERNAL_URL = env.media_internal_url
WEB_INTERNAL_URL = env.web_internal_url
ICE_SERVERS = json.loads(env.ice_servers)
DATA_DIR = env.data_dir
#: Written by the media process alone; backups read it.
RECORDINGS_DIR = env.media_dir
RECORDINGS_KEEP_MONTHS = env.recordings_keep_months
#: Names the bucket in what the archive remembers; empty: recordings stay where they are.
ARCHIVE_PLACE = "/".join(
    filter(None, (env.archive_endpoint, env.archive_bucket, env.archive_prefix))
)
ARCHIVE_LOCAL_DAYS = env.archive_local_days
ARCHIVE_REDIRECT = env.archive_redirect
ARCHIVE_WHILE_LIVE = env.archive_while_live
SECURE = PUBLIC_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "portal",
    "moderation",
    "consultations",
    "live",
    "communes",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_tasks",
    "django_tasks_db",
    "django_vite",
    "modelsearch",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.NoNul",
    "portal.middleware.OpenReading",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.ContentSecurityPolicy",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "frontend" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.site",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

DATABASES = {"default": database_settings(env.database_url, env.data_dir)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Without REDIS_URL there is one web process, which needs no bus: nudges come from the database.
REDIS_URL = env.redis_url
CHANNEL_LAYERS = (
    {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
    }
    if REDIS_URL
    else {}
)
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        # Sign-ins under way are kept here: a hall that signs in at once must not evict itself.
        else {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 50_000},
        }
    )
}

# Words are reduced to their stems before they are indexed (portal.search), on both databases.
MODELSEARCH_BACKENDS = {
    "default": {"BACKEND": "modelsearch.backends.database", "SEARCH_CONFIG": "simple"}
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Identity: communes.identity and docs/decisions explain the choices.
AUTH_USER_MODEL = "communes.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "signin"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "communes.identity.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"phone", "email"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "email"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"length": 6, "numeric": True, "dashed": False}
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ALLAUTH_TRUSTED_PROXY_COUNT = env.proxies
MFA_ADAPTER = "communes.identity.second_factor.MFAAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Palabre"
PHONE_HASH_KEYS = env.keys("phone_hash_key")
PHONE_CIPHER_KEYS = env.keys("phone_cipher_key")
SMS_BACKEND = env.sms_backend
SMS_URL = env.sms_url
SMS_SENDER = env.sms_sender
SMS_BODY = env.sms_body
SMS_AUTHORIZATION = env.sms_authorization
EMAIL_BACKEND = "django.core.mail.backends.{}.EmailBackend".format(
    "smtp" if env.email_host else "console"
)
EMAIL_HOST = env.email_host
EMAIL_PORT = env.email_port
EMAIL_HOST_USER = env.email_user
EMAIL_HOST_PASSWORD = env.email_password
EMAIL_USE_TLS = env.email_security == "starttls"
EMAIL_USE_SSL = env.email_security == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.email_from
# Web push: consultations.sending.push.
VAPID_SECRET = env.secret("vapid_secret")
PUSH_CONTACT = env.push_contact or f"mailto:{env.email_from.partition('<')[2].rstrip('>')}"
PUSH_HOSTS = env.push_hosts
SESSION_COOKIE_AGE = 180 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
USE_I18N = True
TIME_ZONE = "Africa/Porto-Novo"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "frontend" / "static", BASE_DIR / "frontend" / "dist"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.StaticStorage"},
    # Read by media as well, which loads no more of Django than this (`live.archive.store`).
    "recordings": storage(env),
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = NAMED_BY_CONTENT
# Uploaded files (arms, documents); not to be confused with the media process.
DOCUMENT_MAX_MB = env.document_max_mb
MEDIA_ROOT = env.data_dir / "uploads"
MEDIA_URL = "/fichiers/"

DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": BASE_DIR / "frontend" / "dist" / "manifest.json",
        "static_url_prefix": "",
    }
}

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "daphne.http_protocol": {"level": "WARNING"},
        # A line per order to media would be all one sees.
        "httpx": {"level": "WARNING"},
    },
}
