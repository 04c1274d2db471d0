"""The log's table: who writes it may add and read. With it, what its guards do; the last migration
puts them on (signoff)."""

from django.db import migrations, models

from galleyproof.audit import guards
from galleyproof.database.roles import grant, revoke

def append_only(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        guards.put_first(cursor)
        revoke(cursor, "governing.row_changed", "ALL", "governing")
        grant(cursor, "governing.row_changed", "SELECT, DELETE", "governing")
        revoke(cursor, "governing.audit_entry", "ALL", "governing")
        grant(cursor, "governing.audit_entry", "SELECT, INSERT", "governing")


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("person", models.TextField()),
                ("acting", models.TextField(null=True)),
                ("action", models.TextField()),
                ("subject", models.TextField(blank=True, default="")),
                ("reason", models.TextField(blank=True, default="")),
                ("detail", models.JSONField(default=dict)),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "audit_entry",
                "indexes": [
                    models.Index(fields=["action", "number"], name="audit_entry_by_action"),
                    models.Index(fields=["person", "number"], name="audit_entry_by_person"),
                    models.Index(fields=["subject", "number"], name="audit_entry_by_subject"),
                ],
            },
        ),
        migrations.RunPython(append_only, migrations.RunPython.noop),
    ]
