import pytest
from django.db import IntegrityError, connection, transaction

from crm.audit.events import record_event
from crm.audit.models import Event
from tests.factories import NOW, make_guest


@pytest.fixture
def event(casa_alba, alba):
    return record_event(
        business=casa_alba,
        actor=alba,
        action="amended",
        subject=casa_alba,
        fields=["phone", "email"],
        now=NOW,
    )


def test_an_event_names_fields_in_order_and_holds_no_values(event, casa_alba, alba):
    stored = Event.objects.values(
        "business", "actor", "action", "object_type", "fields", "batch", "at"
    ).get(pk=event.pk)

    assert stored == {
        "business": casa_alba.pk,
        "actor": alba.pk,
        "action": "amended",
        "object_type": "tenancy.business",
        "fields": ["email", "phone"],
        "batch": "",
        "at": NOW,
    }


def test_a_thing_with_a_public_id_is_referred_to_by_it(casa_alba):
    guest = make_guest(casa_alba)

    event = Event.objects.get(object_type="customers.guest")

    assert event.object_ref == str(guest.uuid)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET action = 'viewed'",
        "DELETE FROM audit_event",
    ],
)
def test_the_database_refuses_to_change_or_forget_what_happened(event, statement):
    with (
        pytest.raises(IntegrityError, match="audit events are never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert Event.objects.get(pk=event.pk).action == "amended"


def test_the_retention_clock_may_delete_after_saying_so(event):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL gjensyn.audit_may_delete = 'yes'")
        cursor.execute("DELETE FROM audit_event")

    assert Event.objects.count() == 0


def test_even_then_nothing_can_be_rewritten(event):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL gjensyn.audit_may_delete = 'yes'")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("UPDATE audit_event SET action = 'viewed'")
        cursor.execute("SET LOCAL gjensyn.audit_may_delete = 'no'")
