"""The one PostgreSQL: the embedded server, the roles, the connections, Django's settings."""
