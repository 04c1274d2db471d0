"""Accounts, units, groups, library roles and tokens."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions
from django.conf import settings
from django.db import migrations, models

ROLES = ("staff", "liaison", "systems-librarian", "support", "auditor", "administrator")
ID = models.BigAutoField(
    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
)


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("id", ID.clone()),
                ("code", models.CharField(max_length=60, unique=True)),
                ("name", models.CharField(blank=True, default="", max_length=200)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="people.unit",
                    ),
                ),
            ],
            options={"db_table": "unit", "ordering": ["code"]},
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", ID.clone()),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                ("username", models.CharField(max_length=150, unique=True)),
                ("display_name", models.CharField(max_length=200)),
                ("email", models.EmailField(blank=True, default="", max_length=254)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[(role, role) for role in ROLES], max_length=20
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("os_user", models.CharField(max_length=150, null=True, unique=True)),
                ("is_active", models.BooleanField(default=True)),
                ("password_by", models.CharField(blank=True, default="", max_length=150)),
                ("password_waits", models.BooleanField(default=False)),
                (
                    "units",
                    models.ManyToManyField(blank=True, related_name="people", to="people.unit"),
                ),
                (
                    "liaison_of",
                    models.ManyToManyField(blank=True, related_name="liaisons", to="people.unit"),
                ),
            ],
            options={
                "db_table": "person",
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.Lower("username"), name="username_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                ("id", ID.clone()),
                ("name", models.CharField(max_length=100)),
                ("about", models.CharField(blank=True, default="", max_length=400)),
                (
                    "people",
                    models.ManyToManyField(
                        blank=True, related_name="groups", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "person_group",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.Lower("name"), name="group_name_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LibraryRole",
            fields=[
                ("id", ID.clone()),
                ("role", models.CharField(max_length=100)),
                ("library", models.CharField(blank=True, default="", max_length=60)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="library_roles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "library_role",
                "ordering": ["role", "library"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "role", "library"), name="library_role_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", ID.clone()),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("label", models.CharField(blank=True, default="", max_length=200)),
                ("created", models.DateTimeField()),
                ("made_by", models.CharField(max_length=150)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"db_table": "token"},
        ),
        migrations.CreateModel(
            name="SignInFailure",
            fields=[
                ("id", ID.clone()),
                ("name", models.CharField(max_length=150)),
                ("address", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "sign_in_failure"},
        ),
        migrations.AddIndex(
            model_name="signinfailure",
            index=models.Index(fields=["address", "at"], name="failure_by_address"),
        ),
    ]
