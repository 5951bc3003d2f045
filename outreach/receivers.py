"""What outreach does when something happens below."""

from datetime import datetime

from django.dispatch import receiver

from crm.tenancy.models import Business, Venue
from crm.tenancy.signals import business_created, house_changed
from customers.models import DetailsLink, EmailChange, Guest, SignUp, Visit
from customers.signals import (
    details_asked,
    email_change_asked,
    email_changed,
    guest_erased,
    guests_merged,
    guests_parted,
    sign_up_asked,
    sign_up_confirmed,
    visit_saved,
)
from outreach.accounts.choosing import give_installation_accounts
from outreach.automations.doubles import call_off_doubles, let_doubles_wait
from outreach.automations.planning import call_off_guest, call_off_visit, plan_visit
from outreach.automations.ready import create_ready_automation
from outreach.automations.rescheduling import follow_house, follow_venue
from outreach.letters.details import (
    ask_for_details,
    ask_the_new_address,
    tell_the_old_address,
)
from outreach.letters.sign_up import ask_the_address, say_whose_letter_it_was


@receiver(visit_saved)
def follow_up_visit(visit: Visit, now: datetime, **_kwargs: object) -> None:
    call_off_visit(visit)
    plan_visit(visit, now=now)


@receiver(house_changed, sender=Venue)
def keep_to_the_venues_clock(
    subject: Venue, fields: tuple[str, ...], **_kwargs: object
) -> None:
    if "time_zone" in fields:
        follow_venue(subject)


@receiver(house_changed, sender=Business)
def keep_to_the_houses_clock(
    subject: Business, fields: tuple[str, ...], **_kwargs: object
) -> None:
    if "time_zone" in fields:
        follow_house(subject)


@receiver(guest_erased)
def call_off_messages(guest: Guest, **_kwargs: object) -> None:
    call_off_guest(guest)


@receiver(guests_merged)
def send_once(kept: Guest, **_kwargs: object) -> None:
    call_off_doubles(kept)


@receiver(guests_parted)
def send_to_each(kept: Guest, gone: Guest, **_kwargs: object) -> None:
    let_doubles_wait(kept)
    let_doubles_wait(gone)


@receiver(sign_up_asked)
def ask_who_signed_up(sign_up: SignUp, now: datetime, **_kwargs: object) -> None:
    ask_the_address(sign_up, now=now)


@receiver(sign_up_confirmed)
def keep_letter_with_guest(sign_up: SignUp, **_kwargs: object) -> None:
    say_whose_letter_it_was(sign_up)


@receiver(details_asked)
def send_link_to_details(link: DetailsLink, now: datetime, **_kwargs: object) -> None:
    ask_for_details(link, now=now)


@receiver(email_change_asked)
def ask_new_address(change: EmailChange, now: datetime, **_kwargs: object) -> None:
    ask_the_new_address(change, now=now)


@receiver(email_changed)
def tell_old_address(change: EmailChange, now: datetime, **_kwargs: object) -> None:
    tell_the_old_address(change, now=now)


@receiver(business_created)
def set_up_automation(business: Business, now: datetime, **_kwargs: object) -> None:
    create_ready_automation(business, now=now)


@receiver(business_created)
def set_up_mail(now: datetime, **_kwargs: object) -> None:
    give_installation_accounts(now=now)
