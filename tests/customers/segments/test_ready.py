"""The segments that a house begins with."""

import pytest
from django.core.management import CommandError, call_command

from crm.tenancy.signals import business_created
from customers.segments.asking import guests_in, sentence_of
from customers.segments.ready import create_ready_segments
from tests.factories import NOW, TODAY, make_guest


def test_every_ready_segment_can_be_asked_and_said(casa_alba):
    make_guest(casa_alba, country="NO")

    assert create_ready_segments(casa_alba, now=NOW) == 12

    found = {
        segment.ready_key: guests_in(casa_alba, segment.rules, today=TODAY).count()
        for segment in casa_alba.segments.all()
    }
    assert {key for key, number in found.items() if number} == {"locals"}
    assert all(
        sentence_of(casa_alba, segment.rules) for segment in casa_alba.segments.all()
    )


def test_doing_it_again_changes_nothing(casa_alba):
    create_ready_segments(casa_alba, now=NOW)
    casa_alba.segments.filter(ready_key="new").update(name="Ours")

    assert create_ready_segments(casa_alba, now=NOW) == 0
    assert casa_alba.segments.get(ready_key="new").name == "Ours"


def test_a_new_house_has_them(casa_alba):
    business_created.send(sender=None, business=casa_alba, now=NOW)

    assert casa_alba.segments.exclude(ready_key="").count() == 12


def test_a_house_from_before_gets_them_by_command(casa_alba, bar_carla, capsys):
    call_command("ready_segments", "casa-alba")

    assert capsys.readouterr().out == "casa-alba: 12 new segments\n"
    assert bar_carla.segments.count() == 0
    with pytest.raises(CommandError):
        call_command("ready_segments", "nowhere")
