"""One module a screen: its views and their addresses."""
