"""How often and by which chance the trials are made: GALLEY_CHAOS trials of each case (1), with
GALLEY_CHAOS_SEED (that of the tests). A trial that failed is made again with its seed."""

from __future__ import annotations

import os
import random

TRIALS = int(os.environ.get("GALLEY_CHAOS", "1"))
SEED = os.environ.get("GALLEY_CHAOS_SEED") or (
    "galley" if TRIALS == 1 else str(random.SystemRandom().randrange(10**6))
)
os.environ["GALLEY_CHAOS_SEED"] = SEED  # the processes that share the tests use the same
