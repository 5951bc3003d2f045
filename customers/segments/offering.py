"""What a house can ask of its guests: the facts, how they compare, and with what."""

from enum import Enum, auto

from babel.dates import get_month_names

from crm.core.locales import active_locale
from crm.tenancy.models import Business
from customers.segments.fields import Field, Scope, fields_of
from customers.segments.operators import COUNTED_IN_DAYS, WITHOUT_VALUE, Operator

Choices = list[tuple[str, str]]


class Shape(Enum):
    """What stands behind an operator in a form."""

    NOTHING = auto()
    ONE = auto()
    PAIR = auto()
    DAYS = auto()
    SEVERAL = auto()


class Offer:
    """The facts as one house knows them. What has to be looked up is looked up once."""

    def __init__(self, business: Business) -> None:
        self.business = business
        self.known = fields_of(business)
        self._choices: dict[str, Choices] = {}
        self._fields: dict[bool, list[tuple[str, Choices]]] = {}

    def fields(self, *, is_inside_visit: bool) -> list[tuple[str, Choices]]:
        """Return the facts in groups, for a select.

        In a visit group they are facts about the visit, elsewhere about the guest.
        """
        if is_inside_visit not in self._fields:
            scope = Scope.VISIT if is_inside_visit else Scope.GUEST
            groups: dict[str, Choices] = {}
            for field in self.known.values():
                if field.scope is scope:
                    choices = groups.setdefault(str(field.group), [])
                    choices.append((field.name, str(field.label)))
            self._fields[is_inside_visit] = list(groups.items())
        return self._fields[is_inside_visit]

    def field(self, name: str) -> Field | None:
        return self.known.get(name)

    def choices(self, field: Field) -> Choices:
        if field.name not in self._choices:
            offered = field.choices(self.business) if field.choices else []
            self._choices[field.name] = [(str(key), str(text)) for key, text in offered]
        return self._choices[field.name]

    def months(self) -> Choices:
        names = get_month_names("wide", context="stand-alone", locale=active_locale())
        return [(str(number), names[number]) for number in range(1, 13)]


def shape_of(field: Field, operator: Operator) -> Shape:
    if operator in WITHOUT_VALUE:
        return Shape.NOTHING
    if operator in COUNTED_IN_DAYS:
        return Shape.DAYS
    if operator == Operator.BETWEEN:
        return Shape.PAIR
    if operator in {Operator.ONE_OF, Operator.NOT_ONE_OF, Operator.IN_MONTHS}:
        return Shape.SEVERAL
    return Shape.ONE
