"""Fewer cards on Today: those that fit what was typed, or one quick choice."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from crm.core.text import search_key
from crm.frontdesk.asking import Asked
from crm.frontdesk.day import Card

_CHOICES: dict[str, tuple[Promise, Callable[[Card], bool]]] = {
    "expected": (_("Not here yet"), lambda card: card.visit.is_booked),
    "promises": (_("Promised"), lambda card: card.to_do > 0),
    "vip": (_("VIP"), lambda card: card.visit.guest.is_vip),
    "first": (
        pgettext_lazy("several guests", "First visit"),
        lambda card: card.is_first,
    ),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One quick choice of cards, how many there are, and where it leads."""

    label: str
    count: int
    url: str
    is_chosen: bool


def choices_of(cards: Iterable[Card], asked: Asked) -> list[Choice]:
    """Return the choices that would leave some cards out and keep some, all first."""
    cards, narrower = list(cards), []
    for key, (label, fits) in _CHOICES.items():
        count, is_chosen = sum(map(fits, cards)), key == asked.show
        if is_chosen or 0 < count < len(cards):
            url = asked.page_showing(key)
            narrower.append(Choice(str(label), count, url, is_chosen))
    if not narrower:
        return []
    everybody = pgettext("guests", "All"), len(cards), asked.everybody
    return [Choice(*everybody, asked.show not in _CHOICES), *narrower]


def is_shown(card: Card, asked: Asked) -> bool:
    """Return whether the card is among the chosen ones and fits every typed word."""
    if asked.show in _CHOICES and not _CHOICES[asked.show][1](card):
        return False
    words = search_key(asked.find).split()
    if not words:
        return True
    known = _words_of(card)
    return all(word in known for word in words)


def _words_of(card: Card) -> str:
    visit = card.visit
    guest, booker = visit.guest, visit.booker
    return search_key(
        " ".join(
            (
                guest.display_name,
                guest.company.name if guest.company else "",
                visit.label,
                booker.display_name if booker else "",
            )
        )
    )
