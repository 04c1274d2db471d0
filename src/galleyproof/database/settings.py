"""Django's settings. Nothing here connects or starts anything."""

from __future__ import annotations

import os

from galleyproof.database.mail import mail_settings

SECRET_KEY = os.environ.get("GALLEY_SECRET_KEY", "not used: there are no sessions yet")
DEBUG = False
USE_TZ = True
TIME_ZONE = os.environ.get("GALLEY_TIME_ZONE", "UTC")
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Person"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "procrastinate.contrib.django",
    "galleyproof.catalog",
    "galleyproof.audit",
    "galleyproof.people",
    "galleyproof.rulebook",
    "galleyproof.permits",
    "galleyproof.runs",
    "galleyproof.signoff",
]

ENGINE = {"ENGINE": "galleyproof.database.backend", "NAME": "galley", "CONN_MAX_AGE": None}
DATABASES = {
    "default": ENGINE | {"ROLE": "governing"},
    "owner": ENGINE | {"ROLE": "owner"},
}
DATABASE_ROUTERS = ["galleyproof.database.router.GoverningRouter"]
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
LOGGING_CONFIG = None

globals().update(mail_settings(os.environ))
