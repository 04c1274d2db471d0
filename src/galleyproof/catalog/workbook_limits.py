"""What one workbook may take of the machine that reads it."""

from __future__ import annotations

MB = 1 << 20
UNPACKED = 500 * MB
"""Bytes of all its parts, unpacked: some 8 million filled cells."""
CELLS = 20_000_000
"""Of the rectangle from the first cell to the last, the empty ones too: room is made for each."""
MEMORY = 1536 * MB
"""Addresses (RLIMIT_AS) of the process that reads it."""
SECONDS = 60
"""Of computing, not of waiting."""
INSTEAD = "save the columns that are needed as CSV UTF-8, and give that file"
