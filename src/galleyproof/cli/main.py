"""`galley`: the entry point and its commands."""

from __future__ import annotations

import click

from galleyproof.cli import (
    catalog_commands,
    code_commands,
    demo_command,
    environment_commands,
    evidence_commands,
    job_commands,
    matrix_commands,
    people_commands,
    permit_commands,
    reading_commands,
    rulebook_commands,
    rules_commands,
    run_commands,
    schedule_commands,
    serve_command,
    set_commands,
    setting_commands,
    system_commands,
    table_commands,
    ticket_commands,
    token_commands,
    unit_commands,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="galleyproof", prog_name="galley")
def galley() -> None:
    """Batch jobs on a library's catalogue: previewed, signed off, undoable.

    GALLEY_HOME is where the embedded database lives (default: your data directory);
    DATABASE_URL names a PostgreSQL server instead. GALLEY_TOKEN says who is asking.

    \b
    Exit codes: 0 done · 1 failed · 2 wrong use or wrong input · 3 not permitted
                4 done, but nothing was changed · 5 paused, cancelled, or waiting
    """


for module in (
    system_commands,
    people_commands,
    unit_commands,
    token_commands,
    catalog_commands,
    environment_commands,
    code_commands,
    table_commands,
    set_commands,
    job_commands,
    rules_commands,
    rulebook_commands,
    run_commands,
    schedule_commands,
    permit_commands,
    serve_command,
    reading_commands,
    ticket_commands,
    matrix_commands,
    evidence_commands,
    setting_commands,
    demo_command,
):
    module.add_to(galley)


def main() -> None:
    galley()


if __name__ == "__main__":
    main()
