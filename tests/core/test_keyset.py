import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.core.keyset import rows_beyond
from customers.models import Guest
from tests.factories import make_guest


@pytest.mark.parametrize(("descending", "sign"), [(True, "<"), (False, ">")])
def test_rows_are_compared_whole(casa_alba, descending, sign):
    guests = [make_guest(casa_alba, "Per Berg") for _number in range(3)]
    middle = guests[1]
    beyond = rows_beyond(
        ("name_sort_key", "pk"),
        (middle.name_sort_key, middle.pk),
        descending=descending,
    )

    with CaptureQueriesContext(connection) as asked:
        found = list(Guest.objects.filter(beyond))

    assert found == [guests[0] if descending else guests[2]]
    assert f") {sign} ROW(" in asked[0]["sql"]
