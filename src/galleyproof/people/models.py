"""Accounts, units, groups, library roles and tokens."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

ROLES = ("staff", "liaison", "systems-librarian", "support", "auditor", "administrator")


class Unit(models.Model):
    """A unit of the institution. A sub-unit is written `ITS-LANGDELL` or `HKS/GUT`."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=200, blank=True, default="")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts")

    class Meta:
        db_table = "unit"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Group(models.Model):
    """People who hold permits together, like "Staff Generic Profiles". A group gives no role."""

    name = models.CharField(max_length=100)
    about = models.CharField(max_length=400, blank=True, default="")
    people = models.ManyToManyField("Person", related_name="groups", blank=True)

    class Meta:
        db_table = "person_group"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="group_name_once")]

    def __str__(self) -> str:
        return self.name


class Person(AbstractBaseUser):
    """An account. What a person may run never follows from a role; it follows from permits.

    password_by: user name of whoever else set their password last; "" where they set it
    themselves, and somebody has vouched for it since. password_waits: it must be changed before
    anything else is done, and until then acts for both.

    Django's own permissions and groups are left out on purpose: there is one door, and it asks
    for a permit.
    """

    username = models.CharField(max_length=150, unique=True)
    display_name = models.CharField(max_length=200)
    email = models.EmailField(blank=True, default="")
    units = models.ManyToManyField(Unit, related_name="people", blank=True)
    liaison_of = models.ManyToManyField(Unit, related_name="liaisons", blank=True)
    roles = ArrayField(
        models.CharField(max_length=20, choices=[(role, role) for role in ROLES]),
        default=list,
        blank=True,
    )
    os_user = models.CharField(max_length=150, unique=True, null=True)
    is_active = models.BooleanField(default=True)
    password_by = models.CharField(max_length=150, blank=True, default="")
    password_waits = models.BooleanField(default=False)

    objects = BaseUserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        db_table = "person"
        constraints = [models.UniqueConstraint(Lower("username"), name="username_once")]

    def __str__(self) -> str:
        return self.display_name

    def get_full_name(self) -> str:
        return self.display_name

    @property
    def has_password(self) -> bool:
        """Whether they can sign in with a password at all."""
        return bool(self.password) and bool(self.has_usable_password())

    def has_role(self, *roles: str) -> bool:
        """Whether the person has at least one of these roles."""
        return any(role in self.roles for role in roles)


class LibraryRole(models.Model):
    """A role of the library's own system that an account carries: `catalog manager`, for the
    whole institution (library "") or for one library."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="library_roles")
    role = models.CharField(max_length=100)
    library = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        db_table = "library_role"
        ordering = ["role", "library"]
        constraints = [
            models.UniqueConstraint(fields=["person", "role", "library"], name="library_role_once")
        ]

    def __str__(self) -> str:
        return f"{self.role} ({self.library})" if self.library else self.role


class Token(models.Model):
    """What a program shows instead of a password. Only its SHA-256 is kept."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=200, blank=True, default="")
    created = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "token"

    def __str__(self) -> str:
        return f"token {self.pk}"


class SignInFailure(models.Model):
    """A sign-in that failed, kept as long as it counts (people/actions/signing_in.py)."""

    name = models.CharField(max_length=150)
    address = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        db_table = "sign_in_failure"
        indexes = [models.Index(fields=["address", "at"], name="failure_by_address")]
