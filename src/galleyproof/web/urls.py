"""Every address, screen by screen."""

from __future__ import annotations

from galleyproof.web.screens import (
    administration,
    audit,
    home,
    jobs,
    monitor,
    permits,
    plan,
    records,
    refusals,
    run,
    run_a_job,
    run_control,
    run_downloads,
    run_records,
    sets,
    signing_in,
)

urlpatterns = [
    address
    for screen in (
        signing_in,
        home,
        jobs,
        run_a_job,
        monitor,
        run,
        run_records,
        run_downloads,
        run_control,
        plan,
        sets,
        records,
        permits,
        audit,
        administration,
    )
    for address in screen.addresses
]

handler404 = refusals.not_found
handler500 = refusals.broken
