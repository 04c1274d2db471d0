from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "galleyproof.runs"
    label = "runs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from galleyproof.permits.elsewhere import jobs_are_known_by
        from galleyproof.runs.offered import known_to_permits

        jobs_are_known_by(known_to_permits)
