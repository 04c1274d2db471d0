"""The pages: a face over the same calls as the command line, without logic of its own."""
