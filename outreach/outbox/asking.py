"""What somebody asks of the list of messages, and the messages that answer it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.urls import reverse

from crm.core.addresses import InvalidEmail, normalize_email
from crm.core.clock import day_bounds
from crm.core.keyset import place_in_time, read_place_in_time, rows_beyond
from crm.core.signing import address_hash
from crm.tenancy.models import Business
from customers.models import Guest
from customers.searching.search import guests_who_match
from outreach.models import Message
from outreach.outbox.filter_form import COMPLAINED, MessageFilterForm

PAGE = 50

_ORDER = ("-send_at", "-pk")


class Stretch(NamedTuple):
    """Some messages, and the place after which the next page begins."""

    messages: list[Message]
    next_place: str


@dataclass(frozen=True, slots=True)
class AskedMessages:
    """A question to the messages of a house. ``wishes`` hold nothing empty.

    They go by the names of ``MessageFilterForm``; ``guest`` is asked by a link alone.
    """

    business: Business
    form: MessageFilterForm
    wishes: Mapping[str, Any]
    guest: Guest | None = None

    @classmethod
    def of(cls, business: Business, words: Mapping[str, str]) -> "AskedMessages":
        """Read the words of an address; what cannot be read is said and left out."""
        form = MessageFilterForm(words, business=business)
        uuid = _uuid(words.get("guest", ""))
        guest = business.guests.filter(uuid=uuid).first() if uuid else None
        return cls(business, form, form.wishes, guest)

    @property
    def words(self) -> dict[str, str]:
        """Return the words of an address that ask just this."""
        words = {name: _word(wish) for name, wish in self.wishes.items()}
        return words | ({"guest": str(self.guest.uuid)} if self.guest else {})

    @property
    def has_more_filters(self) -> bool:
        """Return whether something is asked that stands below the first filters."""
        return bool(self.wishes.keys() - {"q", "state", "fate"} or self.form.errors)

    def address(self, **changes: str) -> str:
        """Return the address that asks this with other words; empty ones are left out."""
        words = {name: text for name, text in {**self.words, **changes}.items() if text}
        path = reverse("outreach:message_list", args=[self.business.slug])
        return f"{path}?{urlencode(words)}" if words else path

    def page(self, place: str, *, size: int = PAGE) -> Stretch:
        """Return a page, what goes or went last first; at the same cost anywhere."""
        wanted = self._wanted()
        if after := read_place_in_time(place):
            wanted &= Q(rows_beyond(("send_at", "pk"), after, descending=True))
        found = self._newest(wanted, size + 1)
        if len(found) <= size:
            return Stretch(found, "")
        last = found[size - 1]
        return Stretch(found[:size], place_in_time(last.send_at, last.pk))

    def _newest(self, wanted: Q, most: int) -> list[Message]:
        # The newest of each state by the index that begins with it, and of those the
        # newest: a house with a million messages is not sorted for a page of fifty.
        states = [self.wishes["state"]] if "state" in self.wishes else Message.Status
        parts = [
            self.business.messages.filter(wanted, status=state)
            .order_by(*_ORDER)
            .values_list("pk", "send_at")[:most]
            for state in states
        ]
        newest = parts[0]
        if parts[1:]:
            newest = newest.union(*parts[1:], all=True).order_by(*_ORDER)[:most]
        pks = [pk for pk, _send_at in newest]
        return list(_shown(Message.objects.filter(pk__in=pks)).order_by(*_ORDER))

    def _wanted(self) -> Q:
        wishes, wanted = self.wishes, Q()
        for name in ("channel", "kind", "automation", "campaign", "account"):
            if name in wishes:
                wanted &= Q(**{name: wishes[name]})
        if fate := wishes.get("fate"):
            is_complaint = fate == COMPLAINED
            wanted &= (
                Q(complained_at__isnull=False) if is_complaint else Q(delivery=fate)
            )
        if self.guest:
            wanted &= Q(guest=self.guest)
        return wanted & self._in_period() & self._to_whom()

    def _in_period(self) -> Q:
        period, zone = Q(), self.business.time_zone
        if first := self.wishes.get("first"):
            period &= Q(send_at__gte=day_bounds(first, zone)[0])
        if last := self.wishes.get("last"):
            period &= Q(send_at__lt=day_bounds(last, zone)[1])
        return period

    def _to_whom(self) -> Q:
        """Ask for guests by what is typed; a whole address also for those forgotten."""
        typed = self.wishes.get("q", "")
        if not typed:
            return Q()
        guests = guests_who_match(self.business, typed).order_by().values("pk")
        to_whom = Q(guest__in=guests)
        try:
            fingerprint = address_hash("email", normalize_email(typed))
        except InvalidEmail:
            return to_whom
        return to_whom | Q(to_hash=fingerprint)


def _shown(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Return messages with what a row shows and without their words, which are long."""
    return messages.select_related("guest", "automation", "campaign").defer(
        "body_text", "body_html", "letter_links"
    )


def _word(wish: Any) -> str:
    if isinstance(wish, Model):
        return str(wish.uuid)  # type: ignore[attr-defined]
    return wish.isoformat() if hasattr(wish, "isoformat") else str(wish)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
