"""A synthetic library, made by code, the same every time; and the story told with it."""
