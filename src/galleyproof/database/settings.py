"""Django's settings. Nothing here connects or starts anything."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from galleyproof.database.mail import mail_settings, pages_address

SECRET_KEY = os.environ.get("GALLEY_SECRET_KEY", "`galley serve` puts the installation's own here")
DEBUG = False
USE_TZ = True
TIME_ZONE = os.environ.get("GALLEY_TIME_ZONE", "UTC")
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Person"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "django_htmx",
    "galleyproof.catalog",
    "galleyproof.audit",
    "galleyproof.people",
    "galleyproof.rulebook",
    "galleyproof.permits",
    "galleyproof.runs",
    "galleyproof.signoff",
    "galleyproof.web",
]

ENGINE = {
    "ENGINE": "galleyproof.database.backend",
    "NAME": "galley",
    "CONN_MAX_AGE": None,
    "CONN_HEALTH_CHECKS": True,
}
DATABASES = {
    "default": ENGINE | {"ROLE": "governing"},
    "owner": ENGINE | {"ROLE": "owner"},
}
DATABASE_ROUTERS = ["galleyproof.database.router.GoverningRouter"]
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
LOGGING_CONFIG = None

# ---- the pages

ROOT_URLCONF = "galleyproof.web.urls"
MIDDLEWARE = [
    "galleyproof.web.middleware.secure_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "galleyproof.web.middleware.without_nul",
    "galleyproof.web.middleware.signed_in",
    "galleyproof.web.middleware.Sentences",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "galleyproof.web.context.everywhere",
            ],
        },
    }
]
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
CSRF_FAILURE_VIEW = "galleyproof.web.screens.refusals.csrf_failed"
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        (
            "UserAttributeSimilarityValidator",
            {"user_attributes": ("username", "display_name", "email")},
        ),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]

GALLEY_URL = pages_address(os.environ)
"""The pages as people reach them: mail begins with it."""
NAMED_HOSTS = [one.strip() for one in os.environ.get("GALLEY_HOSTS", "").split(",") if one.strip()]
if (host := urlsplit(GALLEY_URL).hostname) and host not in NAMED_HOSTS:
    NAMED_HOSTS.append(host)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *NAMED_HOSTS]
if os.environ.get("GALLEY_HTTPS"):
    # Behind a proxy that ends TLS: one of GALLEY_PROXIES (web/proxies.py).
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^health$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in NAMED_HOSTS]

# ---- single sign-on by OpenID Connect, where GALLEY_OIDC_ISSUER names a provider

GALLEY_OIDC_ISSUER = os.environ.get("GALLEY_OIDC_ISSUER", "")
GALLEY_OIDC_CLAIM = os.environ.get("GALLEY_OIDC_CLAIM", "email")
if GALLEY_OIDC_ISSUER:
    INSTALLED_APPS += [
        "allauth",
        "allauth.account",
        "allauth.socialaccount",
        "allauth.socialaccount.providers.openid_connect",
    ]
    MIDDLEWARE.insert(-3, "allauth.account.middleware.AccountMiddleware")
    SOCIALACCOUNT_ADAPTER = "galleyproof.web.single_sign_on.Adapter"
    SOCIALACCOUNT_LOGIN_ON_GET = True
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "institution",
                    "name": os.environ.get("GALLEY_OIDC_NAME", "the institution"),
                    "client_id": os.environ.get("GALLEY_OIDC_CLIENT_ID", ""),
                    "secret": os.environ.get("GALLEY_OIDC_CLIENT_SECRET", ""),
                    "settings": {"server_url": GALLEY_OIDC_ISSUER},
                }
            ],
        }
    }
globals().update(mail_settings(os.environ))
