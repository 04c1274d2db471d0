"""Environments, records and their versions, keys, sets. The only writer of records."""
