"""What every maker has at hand while one house is filled."""

from dataclasses import dataclass, field
from random import Random

from crm.devtools.demo.comments import Voices
from crm.devtools.demo.houses import House
from crm.devtools.demo.loading import Batch
from crm.devtools.demo.people import Register
from customers.people.companies import company_named


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
    _company_ids: dict[str, int] = field(default_factory=dict)

    @property
    def business_id(self) -> int:
        return self.house.business.pk

    def next_id(self, kind: type) -> int:
        return self.batch.next_id(kind)

    def company_id(self, name: str) -> int | None:
        """Return the firm's number, new in the register when nobody came from it yet."""
        if name and name not in self._company_ids:
            company = company_named(self.house.business, name, now=self.house.now)
            assert company is not None
            self._company_ids[name] = company.pk
        return self._company_ids.get(name)
