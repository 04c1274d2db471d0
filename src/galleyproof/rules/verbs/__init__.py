"""The verbs of normalization rules, a few to a file; table.py names them all."""
