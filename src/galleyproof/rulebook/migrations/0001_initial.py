"""The library of rule sets. Versions are only ever added; of a rule set only `shared` changes, and
that once."""

import django.db.models.deletion
import django.db.models.functions
from django.conf import settings
from django.db import migrations, models

from galleyproof.database.roles import grant, revoke

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
PROTECT = django.db.models.deletion.PROTECT

def append_only(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for table, rights in (
            ("rule_set", "SELECT, INSERT, UPDATE"),
            ("rule_set_version", "SELECT, INSERT"),
        ):
            revoke(cursor, f"governing.{table}", "ALL", "governing")
            grant(cursor, f"governing.{table}", rights, "governing")


class Migration(migrations.Migration):
    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="RuleSet",
            fields=[
                ("id", ID.clone()),
                ("name", models.CharField(max_length=100)),
                ("kind", models.CharField(max_length=20)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=PROTECT,
                        related_name="rule_sets",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("shared", models.BooleanField(default=False)),
                ("made", models.DateTimeField()),
            ],
            options={
                "db_table": "rule_set",
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.Lower("name"), name="rule_set_name_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleSetVersion",
            fields=[
                ("id", ID.clone()),
                (
                    "rule_set",
                    models.ForeignKey(
                        on_delete=PROTECT, related_name="versions", to="rulebook.ruleset"
                    ),
                ),
                ("number", models.IntegerField()),
                ("text", models.TextField()),
                ("rules", models.IntegerField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
                ("note", models.TextField(blank=True, default="")),
            ],
            options={
                "db_table": "rule_set_version",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["rule_set", "number"], name="rule_set_version_once"
                    )
                ],
            },
        ),
        migrations.RunPython(append_only, elidable=False),
    ]
