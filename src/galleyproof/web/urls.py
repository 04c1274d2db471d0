"""Every address, screen by screen."""

from __future__ import annotations

from django.conf import settings as configured
from django.urls import include, path

from galleyproof.web.screens import (
    administration,
    audit,
    bundles,
    denials,
    environments,
    home,
    jobs,
    matrix,
    may,
    monitor,
    people,
    permits,
    plan,
    policies,
    readings,
    records,
    refusals,
    review,
    rules,
    run,
    run_a_job,
    run_consequences,
    run_control,
    run_downloads,
    run_records,
    schedules,
    sets,
    signing_in,
    tickets,
    tokens,
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
        run_consequences,
        run_downloads,
        run_control,
        plan,
        sets,
        records,
        rules,
        readings,
        review,
        tickets,
        matrix,
        schedules,
        may,
        denials,
        permits,
        audit,
        bundles,
        administration,
        people,
        tokens,
        environments,
        policies,
    )
    for address in screen.addresses
]

if configured.GALLEY_OIDC_ISSUER:
    urlpatterns.append(
        path("single-sign-on/", include("allauth.socialaccount.providers.openid_connect.urls"))
    )

handler404 = refusals.not_found
handler500 = refusals.broken
