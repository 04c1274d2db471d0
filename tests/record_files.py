"""Files of records for tests: written in a format, and read again."""

from __future__ import annotations

import io

from galleyproof.marc.reading import Loaded, read
from galleyproof.marc.writing import writer


def written(form: str, bodies: list[bytes]) -> bytes:
    stream = io.BytesIO()
    out = writer(form, stream)
    for body in bodies:
        out.write(body)
    out.close()
    return stream.getvalue()


def loaded(raw: bytes) -> list[bytes]:
    found = list(read(io.BytesIO(raw)))
    assert all(isinstance(one, Loaded) for one in found), found
    return [one.body for one in found if isinstance(one, Loaded)]
