"""Measured against the script that a systems librarian would write today, in the same run."""
