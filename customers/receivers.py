"""What customers does when something happens below."""

from datetime import datetime

from django.apps import apps
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from crm.tenancy.models import Business
from crm.tenancy.signals import business_created
from customers.care.ready import create_ready_kinds, create_ready_steps
from customers.duplicates.checking import check_on_commit
from customers.models import Guest, SearchLine, known
from customers.privacy.ready import create_ready_wordings
from customers.profile.ready_tags import create_ready_tags
from customers.searching.lines import rebuild_search
from customers.segments.ready import create_ready_segments
from customers.signals import guests_merged, guests_parted


@receiver(business_created)
def set_up_wordings(business: Business, now: datetime, **_kwargs: object) -> None:
    create_ready_wordings(business, now=now)


@receiver(business_created)
def set_up_tags(business: Business, now: datetime, **_kwargs: object) -> None:
    create_ready_tags(business, now=now)


@receiver(business_created)
def set_up_care(business: Business, now: datetime, **_kwargs: object) -> None:
    create_ready_kinds(business, now=now)
    create_ready_steps(business, now=now)


@receiver(business_created)
def set_up_segments(business: Business, now: datetime, **_kwargs: object) -> None:
    create_ready_segments(business, now=now)


@receiver(post_migrate, sender=apps.get_app_config("customers"))
def derive_search(**_kwargs: object) -> None:
    """Build what search reads, in a register that was there before search read it."""
    if SearchLine.objects.exists():
        return
    for business in Business.objects.filter(known("guests")).distinct():
        rebuild_search(business)


@receiver(guests_merged)
@receiver(guests_parted)
def look_for_duplicates(
    kept: Guest, gone: Guest, now: datetime, **_kwargs: object
) -> None:
    check_on_commit(kept, gone, now=now)
