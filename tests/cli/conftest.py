from __future__ import annotations

import pytest
from click.testing import CliRunner
from command_line import Answered, Typed

from galleyproof.cli.main import galley as command_line


@pytest.fixture
def typed(galley) -> Typed:
    """Runs `galley …` in this process; the operating-system user is the administrator."""

    def run(line: str | list[str], *more: str) -> Answered:
        parts = line.split() if isinstance(line, str) else line
        result = CliRunner().invoke(command_line, [*parts, *more])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return Answered(result.exit_code, result.stdout, result.stderr)

    return run
