from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from loyalty.models import Membership
from loyalty.ready import create_ready_program
from tests.factories import make_guest, make_visit


def test_memberships_are_derived_anew_from_the_visits(casa_alba, bar_carla):
    create_ready_program(casa_alba)
    guest = make_guest(casa_alba)
    for _visit in range(2):
        make_visit(guest)
    Membership.objects.all().delete()
    said = StringIO()

    call_command("rebuild_memberships", stdout=said)

    assert said.getvalue() == "bar-carla: 0 members\ncasa-alba: 1 members\n"
    assert Membership.objects.get().guest == guest


def test_an_unknown_house_is_a_sentence(db):
    with pytest.raises(CommandError, match="no house called nowhere"):
        call_command("rebuild_memberships", "nowhere")
