"""The form of each fact, in the order in which a guest reads them at home."""

from customers.quality.fact_form import FactForm
from customers.quality.person_forms import BirthdayForm, LanguageForm, NameForm
from customers.quality.reach_forms import AddressForm, EmailForm, PhoneForm

FORMS: dict[str, type[FactForm]] = {
    form.fact: form
    for form in (
        NameForm, EmailForm, PhoneForm, AddressForm, BirthdayForm, LanguageForm
    )
}  # fmt: skip
