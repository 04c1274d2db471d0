"""Runs in the governing schema; the chunk ledger in each environment's own."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import galleyproof.runs.models
from galleyproof.database.roles import grant, revoke

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
TABLES = Path(__file__).with_name("ledger.sql").read_text(encoding="utf-8")
RIGHTS = {
    "chunk": "SELECT, INSERT, UPDATE",
    "outcome": "SELECT, INSERT",
    "given": "SELECT, INSERT",
}
PROTECT = django.db.models.deletion.PROTECT


def make_ledgers(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for environment in ("sandbox", "production"):
            cursor.execute(f"SET LOCAL search_path = {environment}")
            cursor.execute(TABLES)
            cursor.execute("SET LOCAL search_path = governing")
            for table, rights in RIGHTS.items():
                grant(cursor, f"{environment}.{table}", rights, environment)
            joined = f"FUNCTION {environment}.joined(anycompatiblearray)"
            grant(cursor, joined, "EXECUTE", environment)
            grant(cursor, "governing.run", "SELECT", environment)
        grant(cursor, "sandbox.chunk", "SELECT, INSERT", "refresh")
        # Runs, permits and denials are evidence: nobody who works with them can take one away.
        for table in ("run", "permit", "denial"):
            revoke(cursor, f"governing.{table}", "DELETE, TRUNCATE", "governing")


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("catalog", "0001_initial"),
        ("permits", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Schedule",
            fields=[
                ("id", ID.clone()),
                ("job", models.CharField(max_length=60)),
                ("binding", models.CharField(blank=True, default="", max_length=200)),
                ("set_name", models.CharField(max_length=200)),
                ("parameters", models.JSONField(default=dict)),
                ("note", models.TextField(blank=True, default="")),
                ("cron", models.CharField(max_length=100)),
                ("state", models.CharField(default="active", max_length=10)),
                ("made_at", models.DateTimeField()),
                ("next_due", models.DateTimeField(null=True)),
                ("claimed", models.DateTimeField(null=True)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("last_due", models.DateTimeField(null=True)),
                ("said", models.TextField(blank=True, default="")),
                ("environment", models.ForeignKey(on_delete=PROTECT, to="catalog.environment")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=PROTECT, related_name="schedules", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"db_table": "schedule"},
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", ID.clone()),
                ("job", models.CharField(max_length=60)),
                ("job_revision", models.IntegerField()),
                (
                    "program",
                    models.CharField(default=galleyproof.runs.models.program, max_length=40),
                ),
                ("binding", models.CharField(blank=True, default="", max_length=200)),
                ("generation", models.IntegerField(default=1)),
                ("acting", models.CharField(blank=True, default="", max_length=150)),
                ("note", models.TextField(blank=True, default="")),
                ("kind", models.CharField(max_length=20)),
                ("parameters", models.JSONField(default=dict)),
                ("also", models.JSONField(default=dict)),
                ("source", models.JSONField(default=dict)),
                ("ramp", models.CharField(blank=True, default="", max_length=10)),
                ("ramp_step", models.SmallIntegerField(default=0)),
                ("excluded", models.JSONField(default=list)),
                ("dry_run", models.BooleanField(default=False)),
                ("reserved", models.BigIntegerField(default=0)),
                ("reserved_on", models.DateField(null=True)),
                ("state", models.CharField(default="draft", max_length=30)),
                ("requested", models.DateTimeField()),
                ("day", models.DateField()),
                ("finished", models.DateTimeField(null=True)),
                ("size", models.BigIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("shapes", models.JSONField(default=list)),
                ("coverage", models.JSONField(default=list)),
                ("said", models.JSONField(default=list)),
                ("consequences", models.JSONField(default=list)),
                ("digest", models.CharField(blank=True, default="", max_length=64)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True, default="")),
                ("limits", models.JSONField(default=list)),
                ("waits_for", models.JSONField(default=dict)),
                ("due", models.DateTimeField(null=True)),
                (
                    "schedule",
                    models.ForeignKey(
                        null=True, on_delete=PROTECT, related_name="runs", to="runs.schedule"
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=PROTECT,
                        related_name="confirmed",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("environment", models.ForeignKey(on_delete=PROTECT, to="catalog.environment")),
                (
                    "permit",
                    models.ForeignKey(null=True, on_delete=PROTECT, to="permits.permit"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=PROTECT, related_name="runs", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        null=True, on_delete=PROTECT, related_name="used_by", to="runs.run"
                    ),
                ),
                (
                    "undoes",
                    models.ForeignKey(
                        null=True, on_delete=PROTECT, related_name="undos", to="runs.run"
                    ),
                ),
            ],
            options={
                "db_table": "run",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("dry_run", False)),
                        fields=("schedule", "due"),
                        name="run_once_for_a_time",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["state"], name="run_by_state"),
        ),
        migrations.RunPython(make_ledgers, elidable=False),
    ]
