"""Reach only hosts on the open internet, whatever name a business has typed.

A name that leads into the operator's own network would let a business talk to servers
that were never meant for it. So every address behind the name is looked at, when it is
saved and again when it is called, and what is called is the address that was looked at.
"""

import ipaddress
import socket
import time
from ipaddress import IPv4Address, IPv6Address

from django.conf import settings
from django.utils.translation import gettext as _

# Addresses of the old internet written into the new one. Translators that a network
# runs itself would lead back into it.
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
_TRANSLATED_LOCALLY = ipaddress.IPv6Network("64:ff9b:1::/48")
_LAST_FOUR_BYTES = 0xFFFF_FFFF


class HostIsNotPublic(ValueError):
    """The name leads to an address that is not on the open internet."""


class HostIsUnknown(ValueError):
    """No address is known for the name, today at least."""


def public_addresses(host: str, port: int) -> list[str]:
    """Return the addresses behind ``host``, in the order in which to try them.

    Raise HostIsUnknown, or HostIsNotPublic when one of them is inside some network and
    the operator does not allow the host by ``INNER_HOSTS``.
    """
    addresses = _look_up(host, port)
    if host.casefold() in settings.INNER_HOSTS:
        return addresses
    if not all(is_public(address) for address in addresses):
        raise HostIsNotPublic(
            _("This server is not on the open internet, so we do not call it.")
        )
    return addresses


def connect_publicly(host: str, port: int, *, timeout: float) -> socket.socket:
    """Return a connection to ``host``, made to an address that was looked at.

    ``timeout`` in seconds, for all the addresses that are tried together. Raise as
    ``public_addresses`` does, or OSError when none of them answers.
    """
    problem: OSError | None = None
    until = time.monotonic() + timeout
    for address in public_addresses(host, port):
        left = until - time.monotonic()
        if problem is not None and left <= 0:
            break
        try:
            return socket.create_connection((address, port), timeout=max(left, 0.001))
        except OSError as error:
            problem = error
    raise problem or OSError


def is_public(address: str) -> bool:
    """Return whether an IP address is one that everybody can reach."""
    # What follows the percent sign names a card of this machine.
    parsed = ipaddress.ip_address(address.partition("%")[0])
    inner = _written_into(parsed) if isinstance(parsed, IPv6Address) else None
    if inner is not None:
        parsed = inner
    return parsed.is_global and not (
        parsed.is_multicast or parsed.is_reserved or _is_of_a_site(parsed)
    )


def _written_into(address: IPv6Address) -> IPv4Address | None:
    """Return the older address that is meant, as far as one can be read."""
    if address in _TRANSLATED:
        return IPv4Address(int(address) & _LAST_FOUR_BYTES)
    return address.ipv4_mapped or address.sixtofour or _beyond_teredo(address)


def _beyond_teredo(address: IPv6Address) -> IPv4Address | None:
    return address.teredo[1] if address.teredo else None


def _is_of_a_site(address: IPv4Address | IPv6Address) -> bool:
    return isinstance(address, IPv6Address) and (
        address.is_site_local or address in _TRANSLATED_LOCALLY
    )


def _look_up(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise HostIsUnknown(
            _("We cannot find this server. Look for a typing error in its name.")
        ) from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
