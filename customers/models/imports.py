"""A file from another system on its way into the register, and the way back."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.files.models import StoredFile
from crm.jobs.models import Job
from crm.tenancy.models import Business, TenantModel, Venue
from customers.models.guests import Guest
from customers.models.visits import Visit


class Import(TenantModel):
    """One file, from its upload until it is taken back or has become history."""

    class Kind(models.TextChoices):
        GUESTS = "guests", _("Guests")
        VISITS = "visits", _("Visits")
        BOTH = "both", _("Guests and their visits")

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        READING = "reading", _("Being read")
        READY = "ready", _("Ready to bring in")
        COMMITTING = "committing", _("Being brought in")
        DONE = "done", _("Brought in")
        REVERTING = "reverting", _("Being taken back")
        REVERTED = "reverted", _("Taken back")
        FAILED = "failed", _("Failed")
        DISCARDED = "discarded", _("Not used")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=6, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    # Where visits were, when no column says so.
    venue = models.ForeignKey(Venue, models.SET_NULL, null=True)
    file = models.ForeignKey(StoredFile, models.SET_NULL, null=True, related_name="+")
    file_name = models.CharField(max_length=200)
    # How the file is written, see customers/imports/reading.py.
    told = models.JSONField(default=dict)
    header = models.JSONField(default=list)
    # What each column means, see customers/imports/guessing.py.
    meanings = models.JSONField(default=list)
    # Lines and guests by outcome, see customers/imports/preview.py.
    counts = models.JSONField(default=dict)
    # Firms and tags that nobody had before, by id.
    made = models.JSONField(default=dict)
    problem = models.CharField(max_length=300, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    error_file = models.ForeignKey(
        StoredFile, models.SET_NULL, null=True, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    committed_at = models.DateTimeField(null=True)
    reverted_at = models.DateTimeField(null=True)

    class Meta:
        default_related_name = "imports"
        indexes = (
            models.Index(
                fields=("business", "-created_at", "-id"),
                name="customers_import_newest",
            ),
        )

    def __str__(self) -> str:
        return f"import {self.uuid}"

    @property
    def has_guests(self) -> bool:
        return self.kind != self.Kind.VISITS

    @property
    def has_visits(self) -> bool:
        return self.kind != self.Kind.GUESTS

    @property
    def is_at_work(self) -> bool:
        """Return whether a worker has it, or will have."""
        return self.state in {
            self.State.READING,
            self.State.COMMITTING,
            self.State.REVERTING,
        }


class ImportMapping(TenantModel):
    """What the columns of a header meant the last time, so that nobody says it twice."""

    fingerprint = models.CharField(max_length=64)
    kind = models.CharField(max_length=6, choices=Import.Kind)
    meanings = models.JSONField()
    used_at = models.DateTimeField()

    class Meta:
        default_related_name = "import_mappings"
        constraints = (
            models.UniqueConstraint(
                fields=("business", "fingerprint", "kind"),
                name="customers_importmapping_once",
            ),
        )

    def __str__(self) -> str:
        return f"mapping {self.pk}"


class Staged(models.Model):
    """A row on its way. Written by COPY, a million at a time: the database checks no
    references, and the tables are not logged, so they are empty after it crashed.
    """

    class Outcome(models.TextChoices):
        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        SAME = "same", _("As it was")
        REJECTED = "rejected", _("Left out")

    business = models.ForeignKey(
        Business, models.CASCADE, db_constraint=False, db_index=False
    )
    batch = models.ForeignKey(
        Import, models.CASCADE, db_constraint=False, db_index=False
    )
    # The line of the file that says so first.
    line = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)

    class Meta:
        abstract = True


class StagedGuest(Staged):
    """A guest of the file: all lines with one key are one. Empty means not said."""

    # Fingerprint of the external id; else of name and address.
    key = models.BigIntegerField()
    guest = models.ForeignKey(
        Guest, models.CASCADE, null=True, db_constraint=False, related_name="+"
    )
    # The key of the one whose lines these are as well, told by address and name.
    same_as = models.BigIntegerField(null=True)
    external_id = models.CharField(max_length=80, blank=True)
    display_name = models.CharField(max_length=150, blank=True)
    given_name = models.CharField(max_length=80, blank=True)
    family_name = models.CharField(max_length=80, blank=True)
    # The name as the search line begins.
    name_key = models.TextField(blank=True)
    # As compared, and beside it as written.
    emails = ArrayField(models.TextField(), default=list)
    emails_raw = ArrayField(models.TextField(), default=list)
    phones = ArrayField(models.TextField(), default=list)
    phones_raw = ArrayField(models.TextField(), default=list)
    language = models.CharField(max_length=8, blank=True)
    country = models.CharField(max_length=2, blank=True)
    street = models.CharField(max_length=150, blank=True)
    postal_code = models.CharField(max_length=16, blank=True)
    city = models.CharField(max_length=80, blank=True)
    birthday_month = models.PositiveSmallIntegerField(null=True)
    birthday_day = models.PositiveSmallIntegerField(null=True)
    company = models.CharField(max_length=120, blank=True)
    member_number = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=40, blank=True)
    is_vip = models.BooleanField(null=True)
    note = models.TextField(blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list)
    custom = models.JSONField(default=dict)
    # “purpose.channel” to yes or no.
    consents = models.JSONField(default=dict)

    class Meta:
        default_related_name = "staged_guests"
        constraints = (
            models.UniqueConstraint(
                fields=("batch", "key"), name="customers_stagedguest_once"
            ),
        )
        indexes = (
            models.Index(fields=("batch", "id"), name="customers_stagedguest_in_order"),
        )

    def __str__(self) -> str:
        return f"staged guest {self.pk}"


class StagedVisit(Staged):
    """A visit of the file. None means not said."""

    guest_key = models.BigIntegerField()
    visit = models.ForeignKey(
        Visit,
        models.CASCADE,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    external_id = models.CharField(max_length=80, blank=True)
    venue = models.ForeignKey(
        Venue, models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    kind = models.CharField(max_length=5, choices=Visit.Kind)
    state = models.CharField(max_length=9, choices=Visit.State)
    arrival_date = models.DateField()
    departure_date = models.DateField()
    arrival_time = models.TimeField(null=True)
    party_size = models.PositiveSmallIntegerField(null=True)
    spend = models.BigIntegerField(null=True)
    label = models.CharField(max_length=40, null=True)  # noqa: DJ001 -- None is not said
    source = models.CharField(max_length=40, null=True)  # noqa: DJ001 -- None is not said
    is_employer_paid = models.BooleanField(null=True)

    class Meta:
        default_related_name = "staged_visits"
        indexes = (
            models.Index(
                fields=("batch", "guest_key", "id"),
                name="customers_stagedvisit_of_guest",
            ),
        )

    def __str__(self) -> str:
        return f"staged visit {self.pk}"


class ImportProblem(TenantModel):
    """Something in a line that could not be used. ``value`` is empty for what must not
    be kept, such as a card number.
    """

    batch = models.ForeignKey(Import, models.CASCADE, db_index=False)
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=80, blank=True)
    code = models.CharField(max_length=40)
    value = models.CharField(max_length=80, blank=True)
    # Whether the whole line is left out, and not this cell alone.
    rejects_row = models.BooleanField()

    class Meta:
        default_related_name = "import_problems"
        indexes = (
            models.Index(
                fields=("batch", "line", "id"), name="customers_importproblem_line"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} in line {self.line}"


class ImportChange(TenantModel):
    """What an import made of a guest, or of a visit of theirs that was there before.

    ``before`` is None for a guest who is new. What new visits there are stands with
    them: ``Visit.came_by``.
    """

    batch = models.ForeignKey(Import, models.CASCADE, db_index=False)
    guest = models.ForeignKey(Guest, models.CASCADE)
    visit = models.ForeignKey(Visit, models.CASCADE, null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        default_related_name = "import_changes"
        constraints = (
            models.UniqueConstraint(
                fields=("batch", "guest"),
                condition=Q(visit=None),
                name="customers_importchange_guest_once",
            ),
            models.UniqueConstraint(
                fields=("batch", "visit"),
                condition=Q(visit__isnull=False),
                name="customers_importchange_visit_once",
            ),
        )
        indexes = (
            models.Index(fields=("batch", "-id"), name="customers_importchange_latest"),
        )

    def __str__(self) -> str:
        return f"change {self.pk}"
