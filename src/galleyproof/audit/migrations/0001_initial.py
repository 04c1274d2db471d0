"""The log's table. Who writes it may add and read, and a trigger says so to everybody else."""

from django.db import migrations, models

from galleyproof.database.roles import grant, revoke

STAYS = """
CREATE FUNCTION governing.audit_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE ON governing.audit_entry
    FOR EACH ROW EXECUTE FUNCTION governing.audit_entry_stays();
CREATE TRIGGER audit_entry_stays_whole BEFORE TRUNCATE ON governing.audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION governing.audit_entry_stays();
"""


def append_only(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(STAYS)
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
