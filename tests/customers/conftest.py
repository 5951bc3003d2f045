import pytest
import time_machine

from tests.factories import NOW, make_guest


@pytest.fixture
def morning():
    """It is a Sunday morning in November, and stays so."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba, "Nora Østby")
