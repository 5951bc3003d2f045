import socket
import time
from contextlib import closing

import pytest

from crm.core import public_hosts
from crm.core.public_hosts import (
    HostIsNotPublic,
    HostIsUnknown,
    connect_publicly,
    is_public,
    public_addresses,
)


# The special-purpose registries of IANA (RFC 6890) name the inner ones.
@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "fec0::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "fc00::1",
        "fe80::1",
        "fe80::1%eth0",
        "ff02::1",
    ],
)
def test_inner_addresses_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "193.0.14.129",
        "2606:4700::1111",
        "::ffff:1.1.1.1",
        "64:ff9b::101:101",
    ],
)
def test_addresses_of_the_open_internet_are_public(address):
    assert is_public(address)


def names(monkeypatch, **addresses_by_name):
    """Let names lead where a test says: the resolver is outside the machine."""

    def look_up(host, port, **_kind):
        if host not in addresses_by_name:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in addresses_by_name[host]
        ]

    monkeypatch.setattr(public_hosts.socket, "getaddrinfo", look_up)


def test_a_name_gives_its_addresses_each_once(monkeypatch):
    names(monkeypatch, mail=["1.1.1.1", "1.0.0.1", "1.1.1.1"])

    assert public_addresses("mail", 25) == ["1.1.1.1", "1.0.0.1"]


def test_one_inner_address_among_public_ones_is_refused(monkeypatch):
    names(monkeypatch, mail=["1.1.1.1", "10.0.0.8"])

    with pytest.raises(HostIsNotPublic):
        public_addresses("mail", 25)


def test_a_name_that_nobody_knows_is_said_to_be_unknown(monkeypatch):
    names(monkeypatch)

    with pytest.raises(HostIsUnknown):
        public_addresses("nowhere", 25)


@pytest.mark.parametrize("host", ["a" * 64 + ".no", "..", "x\x00y"])
def test_a_name_that_cannot_be_one_is_unknown(host):
    with pytest.raises(HostIsUnknown):
        public_addresses(host, 25)


def test_the_operator_may_allow_an_inner_host(settings):
    settings.INNER_HOSTS = frozenset({"localhost"})

    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        with closing(connect_publicly("localhost", port, timeout=5)) as connection:
            reached = connection.getpeername()[1]

    assert reached == port


def test_an_inner_host_is_not_called(settings):
    settings.INNER_HOSTS = frozenset()

    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        with pytest.raises(HostIsNotPublic):
            connect_publicly("127.0.0.1", port, timeout=5)
        server.settimeout(0.1)
        with pytest.raises(TimeoutError):
            server.accept()


def test_the_next_address_is_tried_when_one_does_not_answer(monkeypatch, settings):
    settings.INNER_HOSTS = frozenset({"mail"})
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        names(monkeypatch, mail=["127.0.0.9", "127.0.0.1"])
        monkeypatch.setattr(public_hosts.socket, "create_connection", _by_number_alone)
        with closing(connect_publicly("mail", port, timeout=5)) as connection:
            reached = connection.getpeername()

    assert reached == ("127.0.0.1", port)


def _by_number_alone(place, timeout):
    connection = socket.socket()
    connection.settimeout(timeout)
    try:
        connection.connect(place)
    except OSError:
        connection.close()
        raise
    return connection


def test_many_addresses_that_do_not_answer_take_no_longer(monkeypatch, settings):
    settings.INNER_HOSTS = frozenset({"mail"})
    given = []

    def never_answers(place, timeout):
        given.append(timeout)
        time.sleep(min(timeout, 0.1))
        raise TimeoutError

    names(monkeypatch, mail=[f"127.0.0.{number}" for number in range(1, 40)])
    monkeypatch.setattr(public_hosts.socket, "create_connection", never_answers)

    with pytest.raises(TimeoutError):
        connect_publicly("mail", 25, timeout=0.35)

    assert len(given) == 4
    assert given == sorted(given, reverse=True)
