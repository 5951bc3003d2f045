import pytest

from crm.core.phone_zones import zones_of_number


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+4740612345", ("Arctic/Longyearbyen", "Europe/Oslo")),
        ("+12125551234", ("America/New_York",)),
        ("+298123456", ()),
        ("nonsense", ()),
    ],
    ids=["Norwegian mobile", "New York", "of no known plan", "no number"],
)
def test_a_number_tells_where_its_owner_may_be(number, zones):
    assert zones_of_number(number) == zones
