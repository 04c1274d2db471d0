"""What the pages keep for people."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
CASCADE = django.db.models.deletion.CASCADE


def person():
    return models.ForeignKey(on_delete=CASCADE, to=settings.AUTH_USER_MODEL)


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("runs", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Sent",
            fields=[
                ("token", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_index=True)),
                ("result", models.TextField(blank=True, default="")),
                ("person", person()),
            ],
            options={"db_table": "form_sent"},
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", ID.clone()),
                ("name", models.CharField(max_length=200)),
                ("content", models.BinaryField()),
                ("at", models.DateTimeField(db_index=True)),
                ("person", person()),
            ],
            options={"db_table": "upload"},
        ),
        migrations.CreateModel(
            name="Unticked",
            fields=[
                ("id", ID.clone()),
                (
                    "ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("shapes", models.JSONField(default=dict)),
                ("person", person()),
                ("plan", models.ForeignKey(on_delete=CASCADE, to="runs.run")),
            ],
            options={
                "db_table": "unticked",
                "constraints": [
                    models.UniqueConstraint(fields=["plan", "person"], name="unticked_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedParameters",
            fields=[
                ("id", ID.clone()),
                ("job", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=100)),
                ("values", models.JSONField(default=dict)),
                ("person", person()),
            ],
            options={
                "db_table": "saved_parameters",
                "constraints": [
                    models.UniqueConstraint(fields=["person", "job", "name"], name="saved_once")
                ],
            },
        ),
    ]
