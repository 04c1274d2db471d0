"""Django's PostgreSQL backend, told its log-in only when it connects."""
