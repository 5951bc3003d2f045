"""What the house itself adds to a profile: tags, fields of its own, notes."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.tenancy.models import TenantModel, Venue
from customers.models.guests import Guest


class Tag(TenantModel):
    """A word the house puts on guests: by hand, or by a rule over their visits."""

    class Rule(models.TextChoices):
        """When an automatic tag holds; ``rule_number`` or ``rule_word`` says how much."""

        VISITS = "visits", _("has been here at least so many times")
        NIGHTS = "nights", _("has stayed at least so many nights")
        SPEND = "spend", _("has spent at least so much")
        HERE_WITHIN = "here_within", _("was here in the last so many days")
        AWAY_FOR = "away_for", _("has not been here for so many days")
        NEW_WITHIN = "new_within", _("came for the first time in the last so many days")
        NO_SHOWS = "no_shows", _("did not come at least so many times")
        COUNTRY = "country", _("comes from")

    class Tone(models.TextChoices):
        FJORD = "fjord", _("Blue")
        LEAF = "leaf", _("Green")
        BRASS = "brass", _("Gold")
        BRICK = "brick", _("Red")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("Tag"), max_length=40)
    # The name folded as search folds it.
    key = models.CharField(max_length=40, editable=False)
    tone = models.CharField(_("Colour"), max_length=5, choices=Tone, default=Tone.FJORD)
    # Empty for a tag that people give by hand.
    rule = models.CharField(_("Rule"), max_length=11, choices=Rule, blank=True)
    rule_number = models.BigIntegerField(null=True, blank=True)
    rule_word = models.CharField(max_length=2, blank=True)
    created_at = models.DateTimeField()
    # Deleted by hand; undo brings it back, a tick deletes it for good.
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        default_related_name = "tags"
        constraints = (
            models.UniqueConstraint(
                fields=("business", "key"),
                condition=Q(removed_at=None),
                name="customers_tag_once",
                violation_error_message=_("There is a tag with this name already."),
            ),
            models.CheckConstraint(
                condition=Q(rule="", rule_number=None, rule_word="")
                | (Q(rule="country", rule_number=None) & ~Q(rule_word=""))
                | (
                    ~Q(rule__in=("", "country"))
                    & Q(rule_number__isnull=False, rule_number__gte=1, rule_word="")
                ),
                name="customers_tag_rule_is_whole",
                violation_error_message=_("Say how many, or where from."),
            ),
        )

    def __str__(self) -> str:
        return f"tag {self.uuid}"

    @property
    def is_automatic(self) -> bool:
        return bool(self.rule)


class GuestTag(TenantModel):
    """A tag that somebody put on a guest by hand."""

    guest = models.ForeignKey(Guest, models.CASCADE)
    tag = models.ForeignKey(Tag, models.CASCADE)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    given_at = models.DateTimeField()

    class Meta:
        default_related_name = "guest_tags"
        constraints = (
            models.UniqueConstraint(
                fields=("guest", "tag"), name="customers_guesttag_once"
            ),
        )
        indexes = (
            models.Index(
                fields=("business", "tag", "guest"), name="customers_guesttag_by_tag"
            ),
        )

    def __str__(self) -> str:
        return f"tag of guest {self.guest_id}"


class CustomField(TenantModel):
    """A field of the house's own on every profile. Values are in ``Guest.custom``."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", pgettext_lazy("a kind of field", "Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("One of a few")
        YES_NO = "yes_no", _("Yes or no")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    label = models.CharField(_("Name of the field"), max_length=60)
    kind = models.CharField(_("Kind"), max_length=6, choices=Kind, default=Kind.TEXT)
    # What can be chosen, in order; only for a choice.
    choices = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_archived = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        default_related_name = "custom_fields"

    def __str__(self) -> str:
        return f"field {self.uuid}"


class Note(TenantModel):
    """What somebody wrote down about a guest. The text is the newest version."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    guest = models.ForeignKey(Guest, models.CASCADE)
    # For the people of one venue; None for the whole house.
    venue = models.ForeignKey(
        Venue, models.CASCADE, null=True, blank=True, verbose_name=_("For")
    )
    text = models.TextField(_("Note"), max_length=2000)
    is_pinned = models.BooleanField(_("Keep on top"), default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    # When the text was last changed; None while it is as first written.
    edited_at = models.DateTimeField(null=True)
    # Taken away by hand; undo brings it back, a tick deletes it for good.
    removed_at = models.DateTimeField(null=True)

    class Meta:
        default_related_name = "notes"
        indexes = (
            models.Index(fields=("guest", "-created_at"), name="customers_note_newest"),
        )

    def __str__(self) -> str:
        return f"note {self.uuid}"


class NoteVersion(TenantModel):
    """A note as it once read. The first is number 1, the newest is the note's text."""

    note = models.ForeignKey(Note, models.CASCADE)
    number = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=2000)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    written_at = models.DateTimeField()

    class Meta:
        default_related_name = "versions"
        constraints = (
            models.UniqueConstraint(
                fields=("note", "number"), name="customers_noteversion_once"
            ),
        )

    def __str__(self) -> str:
        return f"version {self.number} of note {self.note_id}"
