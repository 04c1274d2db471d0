"""The library of rule sets: each with its versions, private to who wrote it, or shared."""
