"""The chance of each trial, and what the tests say at their beginning."""

from __future__ import annotations

import random

import pytest
from chances import SEED, TRIALS


def pytest_report_header() -> str:
    return f"chaos: {TRIALS} trials a case, GALLEY_CHAOS_SEED={SEED}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "trial" in metafunc.fixturenames:
        metafunc.parametrize("trial", range(TRIALS))


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """The chance of one trial: the same for the same seed and test."""
    return random.Random(f"{SEED} {request.node.name}")
