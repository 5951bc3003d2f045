"""What every maker has at hand while one house is filled."""

from dataclasses import dataclass, field
from random import Random

from crm.devtools.demo.comments import Voices
from crm.devtools.demo.houses import House
from crm.devtools.demo.loading import Batch
from crm.devtools.demo.people import Register


@dataclass(slots=True)
class Scene:
    """The house, where rows go, and chance.

    ``bookers`` is who books for a firm: the first of its people who came.
    """

    house: House
    batch: Batch
    rng: Random
    register: Register = field(default_factory=Register)
    voices: Voices = field(default_factory=Voices)
    bookers: dict[str, int] = field(default_factory=dict)

    @property
    def business_id(self) -> int:
        return self.house.business.pk

    def next_id(self, kind: type) -> int:
        return self.batch.next_id(kind)
