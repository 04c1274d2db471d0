"""Permits, denials, and permits' days. The environments' roles may read permits, and may ask one
function whether a permit is good for a person; nothing else here."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from galleyproof.database.roles import grant

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
PROTECT = django.db.models.deletion.PROTECT
STANDING = Path(__file__).with_name("standing.sql").read_text(encoding="utf-8")
PERSON_OR_GROUP = models.Q(("group__isnull", True), ("person__isnull", False)) | models.Q(
    ("group__isnull", False), ("person__isnull", True)
)


def person(related_name, null=False):
    return models.ForeignKey(
        null=null, on_delete=PROTECT, related_name=related_name, to=settings.AUTH_USER_MODEL
    )


def group(related_name):
    return models.ForeignKey(
        null=True, on_delete=PROTECT, related_name=related_name, to="people.group"
    )


def let_environments_ask(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(STANDING)
        asked = "FUNCTION governing.permit_is_good(bigint, bigint)"
        for environment in ("production", "sandbox"):
            grant(cursor, "governing.permit", "SELECT", environment)
            grant(cursor, asked, "EXECUTE", environment)
            active = "FUNCTION governing.person_is_active(bigint)"
            grant(cursor, active, "EXECUTE", environment)


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
                ("envelope", models.JSONField(default=dict)),
                ("max_records", models.BigIntegerField(null=True)),
                ("max_per_day", models.BigIntegerField(null=True)),
                ("job_revision", models.IntegerField(default=1)),
                ("starts", models.DateTimeField()),
                ("ends", models.DateTimeField()),
                ("issued_at", models.DateTimeField()),
                ("ticket", models.BigIntegerField(null=True)),
                ("listed_in", models.CharField(blank=True, default="", max_length=300)),
                ("grandfathered", models.BooleanField(default=False)),
                ("waits_for_role", models.BooleanField(default=False)),
                ("role_taken", models.BooleanField(default=False)),
                ("first_run_reviewed", models.BooleanField(default=False)),
                ("suspended_at", models.DateTimeField(null=True)),
                ("suspended_for", models.JSONField(default=list)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("acknowledged_revision", models.IntegerField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True, default="")),
                ("reminded", models.SmallIntegerField(null=True)),
                ("group", group("permits")),
                ("issued_by", person("permits_issued")),
                ("person", person("permits", null=True)),
                ("revoked_by", person("permits_revoked", null=True)),
            ],
            options={
                "db_table": "permit",
                "indexes": [
                    models.Index(
                        fields=["person", "job", "environment"], name="permit_by_person_job"
                    ),
                    models.Index(
                        fields=["group", "job", "environment"], name="permit_by_group_job"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends__gt", models.F("starts"))),
                        name="permit_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=PERSON_OR_GROUP, name="permit_person_or_group"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Denial",
            fields=[
                ("id", ID.clone()),
                ("job", models.CharField(blank=True, default="", max_length=60)),
                ("binding", models.CharField(blank=True, default="", max_length=200)),
                ("environment", models.CharField(blank=True, default="", max_length=20)),
                ("reason", models.TextField()),
                ("denied_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
                ("denied_by", person("denials_made")),
                ("group", group("denials")),
                ("lifted_by", person("denials_lifted", null=True)),
                ("person", person("denials", null=True)),
            ],
            options={
                "db_table": "denial",
                "constraints": [
                    models.CheckConstraint(
                        condition=PERSON_OR_GROUP, name="denial_person_or_group"
                    ),
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
                        on_delete=PROTECT, related_name="days", to="permits.permit"
                    ),
                ),
            ],
            options={"db_table": "permit_day"},
        ),
        migrations.RunPython(let_environments_ask, migrations.RunPython.noop),
    ]
