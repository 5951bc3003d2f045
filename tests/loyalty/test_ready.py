from django.utils import translation
from django.utils.translation import gettext

from crm.tenancy.signals import business_created
from tests.factories import NOW, make_business


def test_a_new_house_has_three_tiers_in_its_own_language(db):
    business = make_business(language="sv")

    business_created.send(sender=type(business), business=business, now=NOW)

    tiers = business.loyalty_programs.get().tiers.order_by("rank")
    with translation.override("sv"):
        names = [gettext("Bronze"), gettext("Silver"), gettext("Gold")]
    assert list(tiers.values_list("name", "entry_visits")) == list(
        zip(names, (2, 4, 8), strict=True)
    )
