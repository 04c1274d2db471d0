"""The catalogue: environments, records and their versions, keys, sets. The only writer of records."""
