"""Rules and conditions on MARC records: grammar, abstract form, compiler. Pure."""
