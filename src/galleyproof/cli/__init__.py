"""The command line: a face over the same calls as every other; no logic of its own."""
