from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "galleyproof.rulebook"
    label = "rulebook"
    default_auto_field = "django.db.models.BigAutoField"
