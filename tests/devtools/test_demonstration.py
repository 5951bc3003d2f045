import pytest

from crm.devtools import demonstration
from crm.devtools.processes import CannotStart, listen
from crm.devtools.servers import hold_folder


@pytest.fixture
def data(new_data, monkeypatch):
    monkeypatch.setattr(demonstration, "PATIENCE", 0.2)
    monkeypatch.setenv("GJENSYN_DATA", str(new_data))
    return new_data


def test_a_port_in_use_is_a_sentence_that_names_another(data):
    with listen(0) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CannotStart) as refused:
            demonstration.run_demo(port)

    assert str(refused.value) == (
        f"Port {port} is in use by another program. Choose another one: "
        f"make demo PORT={port + 1}"
    )


@pytest.mark.parametrize("port", ["eight", "-1", "99999", ""])
def test_a_port_that_is_none_is_a_sentence(data, port):
    with pytest.raises(CannotStart, match="from 1024 to 65535"):
        demonstration.run_demo_on(port)


def test_a_second_demo_in_the_same_folder_is_refused(data):
    with hold_folder(data, "demo"), pytest.raises(CannotStart) as refused:
        demonstration.run_demo(8123)

    assert str(refused.value) == (
        f"Gjensyn already runs with the data in {data} (a demo or another command). "
        "Stop that one first, or start a second one beside it: "
        "make demo DATA=another-folder PORT=8001"
    )
