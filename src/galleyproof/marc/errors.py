"""What is said to a person when something they gave cannot be used."""


class Wrong(ValueError):
    """Wrong use or wrong input. Its text is the sentence that the person reads."""
