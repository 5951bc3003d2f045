"""What happens to the register's rows when a guest is merged, exported, forgotten, old.

Also answers for the apps below, which hold nothing about guests.
"""

from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.audit.models import Event
from crm.files.models import StoredFile
from crm.jobs.models import Job
from crm.tenancy.models import Business, Staff, StaffInvitation, Venue
from customers.care.data import register_care_policies
from customers.duplicates.data import register_duplicate_policies
from customers.imports.data import register_import_policies
from customers.merging.data import register_merge_policies
from customers.models import (
    ConsentEvent,
    ConsentWording,
    ContactPoint,
    Guest,
    GuestSummary,
    NameWord,
    SearchLine,
    Suppression,
    Visit,
)
from customers.policies import (
    GuestDataPolicy,
    OnErase,
    OnMerge,
    register_impersonal,
    register_policy,
)
from customers.profile.data import register_profile_policies
from customers.quality.data import register_quality_policies
from customers.sign_up.data import register_sign_up_policies

# Bookkeeping asks for five years of sales; nothing else is needed that long.
KEEP_SALES_MONTHS = 60


def register_policies() -> None:
    """Answer for every model of this app and of the apps below."""
    _answer_for_guests()
    _answer_for_visits()
    _answer_for_consents()
    register_profile_policies()
    register_care_policies()
    register_quality_policies()
    register_duplicate_policies()
    register_import_policies()
    register_merge_policies()
    register_sign_up_policies()
    _answer_for_the_house()


def _answer_for_guests() -> None:
    register_policy(
        GuestDataPolicy(
            model=Guest,
            title=_("Who you are to us"),
            guest_path="pk",
            on_merge=OnMerge.KEEP,
            export=(
                "display_name", "given_name", "family_name", "language", "country",
                "street", "postal_code", "city", "birthday_day", "birthday_month",
                "company__name", "source", "is_vip", "member_number", "external_id",
                "custom", "created_at", "updated_at",
            ),
            on_erase=OnErase.BLANK,
            blank={
                "external_id": "", "display_name": "–", "given_name": "",
                "family_name": "", "street": "", "postal_code": "", "city": "",
                "birthday_month": None, "birthday_day": None, "company": None,
                "household": None, "photo": None, "custom": {}, "member_number": "",
                "source": "", "is_vip": False, "search_text": "", "name_sort_key": "",
            },
            keep_months=KEEP_SALES_MONTHS,
            reason=(
                "Visits and answers hang on the row, so it stays, without anything "
                "that tells who it was. Country and language are kept for figures."
            ),
        )
    )  # fmt: skip
    register_policy(
        GuestDataPolicy(
            model=ContactPoint,
            called=_("Addresses and numbers"),
            title=_("How we reach you"),
            guest_path="guest",
            on_merge=OnMerge.MOVE_IF_ABSENT,
            export=("kind", "raw", "normalized", "is_primary", "created_at"),
            on_erase=OnErase.DELETE,
            reason="Only the fingerprint stays, so that nobody is written to again.",
        )
    )
    register_policy(
        GuestDataPolicy(
            model=GuestSummary,
            title=_("Your visits added up"),
            guest_path="guest",
            on_merge=OnMerge.RECOMPUTE,
            export=(
                "visits", "nights", "spend", "first_visit_on", "last_visit_on",
                "next_arrival_on", "cancelled_visits", "no_shows",
            ),
            on_erase=OnErase.KEEP,
            reason="Only figures, and the house's totals are added up from them.",
        )
    )  # fmt: skip
    register_policy(
        GuestDataPolicy(
            model=SearchLine,
            title=_("How search finds you"),
            guest_path="guest",
            on_merge=OnMerge.RECOMPUTE,
            export=(),
            on_erase=OnErase.DELETE,
            reason="Derived from the name and the addresses, which are in the copy.",
        )
    )
    register_impersonal(
        NameWord,
        "Words of all names together, counted. One that only the forgotten guest had "
        "goes with their search line.",
    )


def _answer_for_visits() -> None:
    register_policy(
        GuestDataPolicy(
            model=Visit,
            called=_("Visits"),
            title=_("Your visits"),
            guest_path="guest",
            other_guest_paths=("booker",),
            follows=("rebooked_from__visit__guest",),
            on_merge=OnMerge.MOVE,
            export=(
                "venue__name", "kind", "state", "arrival_date", "departure_date",
                "arrival_time", "party_size", "spend", "label", "source",
                "is_employer_paid", "external_id", "created_at",
            ),
            on_erase=OnErase.BLANK,
            blank={"label": "", "source": "", "external_id": ""},
            keep_months=KEEP_SALES_MONTHS,
            reason="That a sale took place stays in the figures; whose it was does not.",
        )
    )  # fmt: skip


def _answer_for_consents() -> None:
    register_policy(
        GuestDataPolicy(
            model=ConsentEvent,
            called=_("Yes and no"),
            title=_("What you have said yes and no to"),
            guest_path="guest",
            on_merge=OnMerge.MOVE,
            export=(
                "purpose", "channel", "is_granted", "basis", "source", "evidence", "at",
                "wording__texts",
            ),
            on_erase=OnErase.KEEP,
            reason="Must prove what was allowed when it was done; names nobody.",
        )
    )  # fmt: skip
    register_impersonal(ConsentWording, "The house's own sentences.")
    register_impersonal(
        Suppression, "A fingerprint without a guest; it must outlive every erasure."
    )


def _answer_for_the_house() -> None:
    register_impersonal(Business, "The house itself.")
    register_impersonal(Venue, "The house's own places.")
    register_impersonal(User, "Colleagues, who sign in. Guests do not.")
    register_impersonal(Staff, "Colleagues and their roles.")
    register_impersonal(StaffInvitation, "Colleagues to be.")
    register_impersonal(Event, "Who did what to which reference: never a value.")
    register_impersonal(
        Job, "References and counts. Copies made for a guest go with them, see erasure."
    )
    register_impersonal(
        StoredFile,
        "Leads to no guest by itself; copies go with the guest and with time.",
    )
