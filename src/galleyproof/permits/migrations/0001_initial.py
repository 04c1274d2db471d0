"""Permits and their days. The environments' roles may read permits, and nothing else here."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from galleyproof.database.roles import grant

ID = models.BigAutoField(
    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
)


def let_environments_read(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for environment in ("production", "sandbox"):
            grant(cursor, "governing.permit", "SELECT", environment)


class Migration(migrations.Migration):
    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Permit",
            fields=[
                ("id", ID.clone()),
                ("job", models.CharField(max_length=60)),
                ("binding", models.CharField(blank=True, default="", max_length=200)),
                ("environment", models.CharField(max_length=20)),
                ("max_records", models.BigIntegerField(null=True)),
                ("max_per_day", models.BigIntegerField(null=True)),
                ("starts", models.DateTimeField()),
                ("ends", models.DateTimeField()),
                ("issued_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True, default="")),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="permits_issued",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="permits",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="permits_revoked",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "permit",
                "indexes": [
                    models.Index(
                        fields=["person", "job", "environment"], name="permit_by_person_job"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends__gt", models.F("starts"))),
                        name="permit_ends_after_start",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PermitDay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "permit_id",
                        "day",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day", models.DateField()),
                ("reserved", models.BigIntegerField(default=0)),
                (
                    "permit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="days",
                        to="permits.permit",
                    ),
                ),
            ],
            options={"db_table": "permit_day"},
        ),
        migrations.RunPython(let_environments_read, migrations.RunPython.noop),
    ]
