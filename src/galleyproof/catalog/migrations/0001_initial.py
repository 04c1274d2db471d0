"""Environments and sets in the governing schema; the record tables in each environment's own."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from galleyproof.database.roles import grant

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
TABLES = Path(__file__).with_name("environment.sql").read_text(encoding="utf-8")

# What an environment's role may do to each of its tables. Versions are never changed.
RIGHTS = {
    "record": "SELECT, INSERT, UPDATE",
    "version": "SELECT, INSERT",
    "key": "SELECT, INSERT, DELETE",
    "set_page": "SELECT, INSERT",
    "set_line": "SELECT, INSERT",
    "editing": "SELECT, INSERT, UPDATE, DELETE",
}
# What the role that copies production over the sandbox may do there: no version is changed or
# deleted by it either. Of production it may only read.
REFRESH_RIGHTS = {
    "record": "SELECT, INSERT, UPDATE",
    "version": "SELECT, INSERT",
    "key": "SELECT, INSERT, DELETE",
    "editing": "SELECT, DELETE",
}


def make_environments(apps, schema_editor):
    Environment = apps.get_model("catalog", "Environment")
    alias = schema_editor.connection.alias
    with schema_editor.connection.cursor() as cursor:
        for environment in ("sandbox", "production"):
            cursor.execute(f"SET LOCAL search_path = {environment}")
            cursor.execute(TABLES)
            cursor.execute("SET LOCAL search_path = governing")
            for table, rights in RIGHTS.items():
                grant(cursor, f"{environment}.{table}", rights, environment)
            grant(cursor, f"FUNCTION {environment}.take_statistics()", "EXECUTE", environment)
        for table, rights in REFRESH_RIGHTS.items():
            grant(cursor, f"sandbox.{table}", rights, "refresh")
        grant(cursor, "FUNCTION sandbox.take_statistics()", "EXECUTE", "refresh")
        for table in ("record", "version", "key"):
            grant(cursor, f"production.{table}", "SELECT", "refresh")
    Environment.objects.using(alias).create(name="sandbox", ask_above=None)
    Environment.objects.using(alias).create(name="production", ask_above=5000)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Environment",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("stamp_005", models.BooleanField(default=True)),
                ("ask_above", models.IntegerField(null=True)),
                ("settings", models.JSONField(default=dict)),
                ("trip", models.BooleanField(default=False)),
                ("generation", models.IntegerField(default=1)),
                ("refreshed", models.DateTimeField(null=True)),
                ("refreshing", models.BigIntegerField(null=True)),
            ],
            options={"db_table": "environment"},
        ),
        migrations.CreateModel(
            name="Generation",
            fields=[
                ("id", ID.clone()),
                ("number", models.IntegerField()),
                ("run", models.BigIntegerField()),
                ("began", models.DateTimeField()),
                (
                    "environment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="catalog.environment"
                    ),
                ),
            ],
            options={"db_table": "generation"},
        ),
        migrations.AddConstraint(
            model_name="generation",
            constraint=models.UniqueConstraint(
                fields=("environment", "number"), name="generation_once"
            ),
        ),
        migrations.CreateModel(
            name="RecordSet",
            fields=[
                ("id", ID.clone()),
                ("name", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=20)),
                ("query", models.TextField(blank=True, default="")),
                ("rules", models.JSONField(default=dict)),
                ("origin", models.TextField(blank=True, default="")),
                ("size", models.BigIntegerField(null=True)),
                ("not_found", models.IntegerField(default=0)),
                ("refused_lines", models.IntegerField(default=0)),
                ("generation", models.IntegerField(default=1)),
                ("made_by", models.CharField(max_length=200)),
                ("made", models.DateTimeField()),
                (
                    "environment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="catalog.environment"
                    ),
                ),
            ],
            options={"db_table": "record_set"},
        ),
        migrations.AddConstraint(
            model_name="recordset",
            constraint=models.UniqueConstraint(
                fields=("environment", "name"), name="set_name_once"
            ),
        ),
        migrations.RunPython(make_environments, elidable=False),
    ]
