"""Set up a business for a real installation: asks for what the options leave out."""

from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from crm.accounts.models import User
from crm.core.addresses import InvalidEmail, normalize_email
from crm.core.regions import currency_of, is_country
from crm.tenancy.creation import BusinessFacts, VenueFacts, create_business
from crm.tenancy.invitation_mail import invitation_url, send_invitation
from crm.tenancy.invitations import invite_staff
from crm.tenancy.models import Business, Staff, Venue

KINDS = ", ".join(Venue.Kind.values)


class Command(BaseCommand):
    help = "Create a business with its venues and its owner."
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", help="as guests know it")
        parser.add_argument("--slug", help="first word of the web address: solvik")
        parser.add_argument("--owner-email", help="who may do everything")
        parser.add_argument("--owner-name", help="what to call them")
        parser.add_argument("--country", help="two letters, NO when left out")
        parser.add_argument("--currency", help="three letters, else the country's")
        parser.add_argument("--time-zone", default="Europe/Oslo")
        parser.add_argument("--language", default="nb", help="of guests, when unknown")
        parser.add_argument(
            "--venue",
            action="append",
            metavar="NAME:KIND",
            help=f"may be repeated; kinds: {KINDS}",
        )
        parser.add_argument(
            "--invite",
            action="store_true",
            help="send the owner a link instead of asking for a password",
        )
        parser.add_argument(
            "--no-input", action="store_true", help="never ask; fail instead"
        )

    def handle(self, **options: Any) -> None:
        self.may_ask = not options["no_input"]
        facts = self._facts(options)
        texts = options["venue"] or [self._ask("First venue, as NAME:KIND", "--venue")]
        venues = [_read_venue(text) for text in texts]
        email = self._owner_email(options)
        try:
            with transaction.atomic():
                owner = self._owner(email, options)
                business = create_business(
                    facts=facts, venues=venues, owner=owner, now=timezone.now()
                )
        except ValidationError as error:
            raise CommandError("\n".join(_sentences(error))) from error
        if owner is None:
            self._invite(business, email)
        home = settings.SITE_URL + reverse("frontdesk:front_door", args=[business.slug])
        self.stdout.write(f"{business.name} is ready: {home}")

    def _facts(self, options: dict[str, Any]) -> BusinessFacts:
        name = options["name"] or self._ask("Name of the business", "--name")
        slug = options["slug"] or self._ask(
            "First word of its web address, such as solvik", "--slug"
        )
        country = (options["country"] or "NO").upper()
        currency = options["currency"] or (
            currency_of(country) if is_country(country) else "NOK"
        )
        return BusinessFacts(
            name=name,
            slug=slug.lower(),
            country=country,
            currency=currency.upper(),
            time_zone=options["time_zone"],
            language=options["language"],
        )

    def _owner_email(self, options: dict[str, Any]) -> str:
        typed = options["owner_email"] or self._ask("Owner's email", "--owner-email")
        try:
            return normalize_email(typed)
        except InvalidEmail as error:
            raise CommandError(str(error)) from error

    def _owner(self, email: str, options: dict[str, Any]) -> User | None:
        """Return who signs in with ``email``, new or known; None to invite instead."""
        known = User.objects.filter(email__iexact=email).first()
        if known is not None:
            return known
        if options["invite"]:
            return None
        name = options["owner_name"] or self._ask("Owner's name", "--owner-name")
        password = settings.OWNER_PASSWORD or self._ask_password()
        if not password:
            return None
        validate_password(password, User(email=email, name=name))
        return User.objects.create_user(email, password, name=name)

    def _invite(self, business: Business, email: str) -> None:
        invitation, token = invite_staff(
            business=business,
            email=email,
            role=Staff.Role.OWNER,
            language=settings.LANGUAGE_CODE,
            invited_by=None,
            now=timezone.now(),
        )
        if send_invitation(invitation, token):
            self.stdout.write(f"An invitation is on its way to {email}.")
            return
        self.stdout.write(
            "The mail server did not answer. Give this link to the owner; it works for "
            f"seven days:\n{invitation_url(token)}"
        )

    def _ask(self, question: str, option: str) -> str:
        if self.may_ask:
            try:
                if answer := input(f"{question}: ").strip():
                    return answer
            except EOFError:
                self.stdout.write("")
        raise CommandError(f"{question}? Say it with {option}.")

    def _ask_password(self) -> str:
        if not self.may_ask:
            raise CommandError(
                "The owner needs a password: set GJENSYN_OWNER_PASSWORD, or send a link "
                "with --invite."
            )
        return getpass("Owner's password (leave empty to send a link instead): ")


def _read_venue(text: str) -> VenueFacts:
    name, _colon, kind = text.rpartition(":")
    kind = kind.strip().lower()
    if not name.strip() or kind not in Venue.Kind.values:
        raise CommandError(
            f"Write a venue as NAME:KIND, such as Hotellet:hotel. Kinds: {KINDS}."
        )
    return VenueFacts(name=name.strip(), kind=kind)


def _sentences(error: ValidationError) -> list[str]:
    if not hasattr(error, "error_dict"):
        return error.messages
    return [
        f"{field}: {sentence}"
        for field, sentences in error.message_dict.items()
        for sentence in sentences
    ]
