"""What a run came to, listed: its members, what followed on other records, and both as files."""
