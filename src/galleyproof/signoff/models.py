"""What sign-off keeps: readings and who has acknowledged them, tickets with their steps and
proofs, role forms, mail on its way, and the rows of imported lists."""

from __future__ import annotations

from django.db import models

from galleyproof.people.models import Group, Person
from galleyproof.permits.models import Permit
from galleyproof.runs.models import Run


class ReadingText(models.Model):
    """A version of a reading that was written here; the shipped ones are in the package.

    minor: a correction that changes nothing that people must know, so that acknowledgements of
    the version before stand.
    """

    name = models.CharField(max_length=80)
    version = models.IntegerField()
    title = models.CharField(max_length=200)
    job = models.CharField(max_length=60, blank=True, default="")
    body = models.TextField()
    digest = models.CharField(max_length=64)
    minor = models.BooleanField(default=False)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT)
    written_at = models.DateTimeField()

    class Meta:
        db_table = "reading_text"
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="reading_version_once")
        ]


class Acknowledgement(models.Model):
    """A person has read this version of a reading; digest: the SHA-256 of the text they saw."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="acknowledgements")
    reading = models.CharField(max_length=80)
    version = models.IntegerField()
    digest = models.CharField(max_length=64)
    acting = models.CharField(max_length=150, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        db_table = "acknowledgement"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "reading", "version", "digest"], name="acknowledged_once"
            )
        ]


class Ticket(models.Model):
    """One request for a permit, and where it is on its way.

    asked: the limits asked for, as Envelope.stored(). turn: rises each time it is sent back to
    the sandbox or before, from when on new proofs are wanted. decision: the envelope signed.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tickets")
    job = models.CharField(max_length=60)
    binding = models.CharField(max_length=200, blank=True, default="")
    environment = models.CharField(max_length=20, default="production")
    why = models.TextField()
    asked = models.JSONField(default=dict)
    state = models.CharField(max_length=20, default="reading")
    turn = models.IntegerField(default=1)
    opened_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    sandbox_permit = models.ForeignKey(
        Permit, on_delete=models.PROTECT, null=True, related_name="sandbox_tickets"
    )
    permit = models.ForeignKey(
        Permit, on_delete=models.PROTECT, null=True, related_name="tickets_signed"
    )
    decision = models.JSONField(null=True)
    decided_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="tickets_decided"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ticket"
        indexes = [
            models.Index(fields=["state", "moved_at"], name="ticket_by_state"),
            models.Index(fields=["job", "binding"], name="ticket_by_job"),
        ]

    def __str__(self) -> str:
        return f"ticket {self.pk}"


class RoleForm(models.Model):
    """The request that an account be given the library role that a job declares.

    It is filled in by the system: person, roles of which one will do, the library (empty: the
    whole institution), and the permits that wait for it are found by the job.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="role_forms")
    job = models.CharField(max_length=60)
    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, related_name="role_forms")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="role_forms")
    role = models.CharField(max_length=100)
    library = models.CharField(max_length=60, blank=True, default="")
    state = models.CharField(max_length=20, default="opened")
    opened_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="role_forms_confirmed"
    )

    class Meta:
        db_table = "role_form"

    def __str__(self) -> str:
        return f"role form {self.pk}"


class Step(models.Model):
    """A move of a ticket or of its role form: who, when, and the comment or signature.

    acting: who really typed it, under --as. detail: what belongs to the step, such as the
    conditions of a decision. Never changed.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="steps")
    form = models.ForeignKey(RoleForm, on_delete=models.PROTECT, null=True, related_name="steps")
    verb = models.CharField(max_length=20)
    before = models.CharField(max_length=20, blank=True, default="")
    after = models.CharField(max_length=20)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    acting = models.CharField(max_length=150, blank=True, default="")
    comment = models.TextField(blank=True, default="")
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        db_table = "ticket_step"
        ordering = ["pk"]

    @property
    def name(self) -> str:
        return self.person.display_name if self.person else "the system"

    @property
    def by(self) -> str:
        """The name, and under --as who typed it."""
        return f"{self.name} (typed by {self.acting})" if self.acting else self.name


class Proof(models.Model):
    """A sandbox run offered as evidence. kept: its outcome as it was, with examples of every
    shape, whatever becomes of the sandbox later."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="proofs")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="proofs")
    turn = models.IntegerField()
    note = models.TextField()
    kept = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "proof"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["ticket", "run"], name="proof_once")]


class ShapeOpened(models.Model):
    """A reviewer has looked at examples of this shape, in this turn of the ticket."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="shapes_opened")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    turn = models.IntegerField()
    shape = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "shape_opened"
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "person", "turn", "shape"], name="shape_opened_once"
            )
        ]


class Message(models.Model):
    """A mail: written with the step that it tells of, sent after, kept until it is sent.

    to: addresses. unreachable: names of people who have none. failed: why the last attempt did
    not work.
    """

    to = models.JSONField(default=list)
    unreachable = models.JSONField(default=list)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    failed = models.TextField(blank=True, default="")

    class Meta:
        db_table = "message"
        indexes = [
            models.Index(
                fields=["id"], name="message_to_send", condition=models.Q(sent_at__isnull=True)
            )
        ]


class Policy(models.Model):
    """A policy of the institution that was set: its name, and what it is set to."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.JSONField()

    class Meta:
        db_table = "policy"


class ListedRow(models.Model):
    """What one row of an imported list comes to: one holder, one job, one binding.

    state: `granted` (permit says which), `pending` (doubt says why), or `settled` (somebody
    has dealt with what was pending, and settled_why says how). holder: the name in the row, of a
    group where is_group. cures: what a person says who accepts a pending row, of CURES in
    matrix/rows.py. settled_by: who settled or accepted it. key: what tells it from every other
    row, so that importing twice changes nothing.
    """

    key = models.CharField(max_length=64, unique=True)
    list_name = models.CharField(max_length=300)
    line = models.IntegerField()
    scope = models.CharField(max_length=200, blank=True, default="")
    job_as_written = models.TextField(blank=True, default="")
    binding_as_written = models.TextField(blank=True, default="")
    who_as_written = models.TextField(blank=True, default="")
    unit_as_written = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")
    job = models.CharField(max_length=60, blank=True, default="")
    binding = models.CharField(max_length=200, blank=True, default="")
    holder = models.TextField(blank=True, default="")
    is_group = models.BooleanField(default=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True)
    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, null=True)
    state = models.CharField(max_length=10)
    doubt = models.TextField(blank=True, default="")
    cures = models.JSONField(default=list)
    settled_why = models.TextField(blank=True, default="")
    settled_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="rows_settled"
    )
    imported_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="rows_imported")
    imported_at = models.DateTimeField()

    class Meta:
        db_table = "listed_row"
        indexes = [models.Index(fields=["state"], name="listed_row_by_state")]
