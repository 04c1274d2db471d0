from django.apps import AppConfig


class SignoffConfig(AppConfig):
    name = "galleyproof.signoff"
    label = "signoff"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from galleyproof.permits.elsewhere import readings_are_known_by, tickets_are_known_by
        from galleyproof.signoff.open_tickets import open_ticket
        from galleyproof.signoff.readings import unread_sentences

        tickets_are_known_by(open_ticket)
        readings_are_known_by(unread_sentences)
