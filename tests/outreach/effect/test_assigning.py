import random
import uuid

import pytest
from django.db import connection

from outreach.effect.assigning import LEFT_OUT_SQL, is_left_out

_LOTS = f"""
SELECT automation.uuid, guest.uuid, automation.control_percent, {LEFT_OUT_SQL}
FROM unnest(%s::uuid[], %s::uuid[], %s::int[]) AS lot(one, other, percent)
CROSS JOIN LATERAL (SELECT one AS uuid, percent AS control_percent) AS automation
CROSS JOIN LATERAL (SELECT other AS uuid) AS guest
"""


def _uuids(source: random.Random, count: int) -> list[uuid.UUID]:
    return [uuid.UUID(int=source.getrandbits(128), version=4) for _ in range(count)]


@pytest.mark.django_db
def test_the_database_and_the_house_draw_the_same_lots():
    source = random.Random(6)
    automations, guests = _uuids(source, 10_000), _uuids(source, 10_000)
    percents = [source.randrange(0, 51) for _ in range(10_000)]

    with connection.cursor() as cursor:
        cursor.execute(_LOTS, [automations, guests, percents])
        drawn = cursor.fetchall()

    assert len(drawn) == 10_000
    assert [is_left_out(*lot[:3]) for lot in drawn] == [lot[3] for lot in drawn]


def test_about_as_many_are_left_out_as_were_chosen():
    source = random.Random(7)
    automation = uuid.UUID(int=source.getrandbits(128), version=4)

    left_out = sum(
        is_left_out(automation, guest, 10) for guest in _uuids(source, 20_000)
    )

    assert 1800 < left_out < 2200


def test_nobody_is_left_out_of_nothing():
    guests = _uuids(random.Random(8), 1000)

    assert not any(is_left_out(guest, guest, 0) for guest in guests)
