"""How the house takes care of its guests: wishes, promises, its checklist, its own words.

All of it drawn after the visits, from chance of its own, so that those stay the same.
"""

from random import Random

from crm.devtools.demo.given_words import give_words
from crm.devtools.demo.houses import House
from crm.devtools.demo.knowing import know_guests
from crm.devtools.demo.serving import tick_off
from crm.devtools.demo.wishes import note_wishes


def care(house: House, *, seed: int) -> None:
    """Write down what is known of the guests and what was done for them."""
    slug = house.business.slug
    chance = Random(f"care:{seed}:{slug}")  # noqa: S311 -- believable, not secret
    give_words(house, note_wishes(house, chance), chance)
    tick_off(house, chance)
    know_guests(house, chance)
