"""The jobs: one short file each, pure. A job is given records and answers with proposals."""
