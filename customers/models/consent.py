"""What guests have said about being written to, and what else they agreed to."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import TenantModel
from customers.models.channels import Channel, Purpose
from customers.models.guests import Guest
from customers.models.visits import Visit


class ConsentWording(TenantModel):
    """The sentence that guests were shown, so that a yes can be proved later."""

    class Basis(models.TextChoices):
        CONSENT = "consent", _("The guest said yes")
        SOFT_OPT_IN = "soft_opt_in", _("Told at the sale, and did not object")
        CONTRACT = "contract", _("Needed for the visit")

    purpose = models.CharField(max_length=9, choices=Purpose)
    basis = models.CharField(max_length=11, choices=Basis)
    version = models.PositiveSmallIntegerField()
    # Language code to sentence.
    texts = models.JSONField()
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        default_related_name = "consent_wordings"
        constraints = (
            models.UniqueConstraint(
                fields=("business", "purpose", "basis", "version"),
                name="customers_consentwording_version_once",
            ),
            models.UniqueConstraint(
                fields=("business", "purpose", "basis"),
                condition=Q(is_current=True),
                name="customers_consentwording_one_current",
            ),
        )

    def __str__(self) -> str:
        return f"{self.purpose} {self.basis} v{self.version}"


class ConsentEvent(TenantModel):
    """One yes or no of a guest, for one purpose on one channel. Rows never change.

    What holds now is the newest row; see ``customers/consent.py``.
    """

    class Source(models.TextChoices):
        DESK = "desk", _("said at the desk")
        BOOKING = "booking", _("told when booking")
        SIGN_UP = "sign_up", _("signed up")
        PREFERENCES = "preferences", _("own preference page")
        UNSUBSCRIBE = "unsubscribe", _("unsubscribe link in a message")
        IMPORT = "import", _("brought from the old register")
        API = "api", _("from a connected system")
        MERGE = "merge", _("said under another entry of theirs")

    guest = models.ForeignKey(Guest, models.CASCADE)
    purpose = models.CharField(max_length=9, choices=Purpose)
    channel = models.CharField(max_length=5, choices=Channel)
    is_granted = models.BooleanField()
    basis = models.CharField(max_length=11, choices=ConsentWording.Basis)
    source = models.CharField(max_length=11, choices=Source)
    wording = models.ForeignKey(ConsentWording, models.PROTECT, null=True)
    # What a court would be shown: who noted it, which message held the link.
    evidence = models.CharField(max_length=300, blank=True)
    sale_visit = models.ForeignKey(
        Visit, models.SET_NULL, null=True, related_name="consents_from_sale"
    )
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        default_related_name = "consent_events"
        indexes = (
            models.Index(
                fields=("guest", "purpose", "channel", "-at", "-id"),
                name="customers_consent_newest",
            ),
        )

    def __str__(self) -> str:
        return f"{'yes' if self.is_granted else 'no'} {self.purpose} {self.channel}"

    @property
    def is_soft_opt_in(self) -> bool:
        """Return whether silence after a notice at the sale is all there is."""
        return self.is_granted and self.basis == ConsentWording.Basis.SOFT_OPT_IN


class Suppression(TenantModel):
    """An address that is not to be written to, known by its fingerprint alone.

    It outlives the guest: who asked to be left alone is left alone after erasure too.
    """

    class Scope(models.TextChoices):
        ALL = "all", _("everything")
        SURVEY = "survey", _("questions")
        MARKETING = "marketing", _("news and offers")

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", _("asked us to stop")
        BOUNCED = "bounced", _("the address does not exist")
        COMPLAINED = "complained", _("reported the message as spam")
        ERASED = "erased", _("asked to be forgotten")
        MANUAL = "manual", _("blocked by staff")

    channel = models.CharField(max_length=5, choices=Channel)
    address_hash = models.BinaryField(max_length=32)
    scope = models.CharField(max_length=9, choices=Scope)
    reason = models.CharField(max_length=12, choices=Reason)
    created_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        default_related_name = "suppressions"
        constraints = (
            models.UniqueConstraint(
                fields=("business", "channel", "address_hash", "scope"),
                condition=Q(lifted_at=None),
                name="customers_suppression_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.scope} {self.reason}"


class Agreement(TenantModel):
    """A guest's yes or no to something we keep that is not a message. Rows never change.

    What holds now is the newest row of the subject; see ``customers/profile/agreements.py``.
    """

    class Subject(models.TextChoices):
        PHOTO = "photo", _("A photo of them")
        HEALTH = "health", _("Health needs, for next time too")

    guest = models.ForeignKey(Guest, models.CASCADE)
    subject = models.CharField(max_length=6, choices=Subject)
    is_granted = models.BooleanField()
    # The very sentence that was said or shown, and in which language.
    wording = models.CharField(max_length=400)
    language = models.CharField(max_length=8)
    source = models.CharField(max_length=11, choices=ConsentEvent.Source)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        default_related_name = "agreements"
        indexes = (
            models.Index(
                fields=("guest", "subject", "-at", "-id"),
                name="customers_agreement_newest",
            ),
        )

    def __str__(self) -> str:
        return f"{'yes' if self.is_granted else 'no'} {self.subject}"
