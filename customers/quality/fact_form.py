"""One fact about a guest, as it is typed: at the desk, or by the guest at home."""

from typing import Any, ClassVar

from customers.edited_at_once import Values
from customers.guarded_forms import GuardedForm
from customers.models import Fact, Guest

# By these names a browser fills in what its owner is called and where they live.
_KNOWN_AS = {
    "given_name": "given-name",
    "family_name": "family-name",
    "email": "email",
    "phone": "tel",
    "street": "address-line1",
    "postal_code": "postal-code",
    "city": "address-level2",
    "country": "country",
    "birthday_day": "bday-day",
    "birthday_month": "bday-month",
    "language": "language",
}


class FactForm(GuardedForm):
    """One fact of ``guest``, of whom ``held`` is what ``values_of`` gives.

    It begins with what is held. At home, where the guest sees it all, a field may be
    emptied; at the desk it is asked for. ``typed`` is how addresses and numbers read,
    by what is compared, once the form is valid.
    """

    fact: ClassVar[Fact]
    may_confirm = False

    def __init__(
        self,
        data: Any = None,
        *,
        guest: Guest,
        held: Values,
        is_at_home: bool = False,
        auto_id: str = "id_%s",
    ) -> None:
        self.guest, self.held, self.is_at_home = guest, held, is_at_home
        self.typed: dict[str, str] = {}
        super().__init__(data, initial=self.initial_from(held), auto_id=auto_id)
        if is_at_home:
            for name, field in self.fields.items():
                field.required = False
                field.widget.attrs["autocomplete"] = _KNOWN_AS[name]

    def initial_from(self, held: Values) -> dict[str, Any]:
        return {name: held.get(name) for name in self.fields_of()}

    @classmethod
    def fields_of(cls) -> list[str]:
        return list(cls.base_fields)

    def values(self) -> Values:
        """Return the guest's values with what was typed. Only for a valid form."""
        return {name: self.cleaned_data[name] for name in self.fields_of()}

    @property
    def says_something_new(self) -> bool:
        """Return whether what was typed is not what is held. Only for a valid form."""
        return any(self.held.get(name) != it for name, it in self.values().items())

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was typed at all. Only for a valid form."""
        return not any(self.cleaned_data[name] for name in self.fields_of())
