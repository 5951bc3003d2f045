"""Count what strangers do, so that nobody does it without end.

Who it was is not kept: only a keyed fingerprint, for as long as it is counted. Two at
the very same moment may count as one, which lets a few more through and harms nobody.
"""

import ipaddress
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from crm.core.signing import address_hash

# Behind one such prefix there is one household or one phone.
_HOUSEHOLD = 64


def is_within(
    what: str, who: str, *, limit: int, per: timedelta, now: datetime
) -> bool:
    """Count one more ``what`` by ``who``; return whether it is within the limit.

    Counting begins anew with every whole ``per`` of the clock.
    """
    seconds = int(per.total_seconds())
    window = int(now.timestamp()) // seconds
    key = f"limit:{what}:{address_hash(what, who).hex()[:32]}:{window}"
    count = cache.get(key, 0) + 1
    cache.set(key, count, timeout=seconds)
    return int(count) <= limit


def address_of(request: HttpRequest) -> str:
    """Return the address that somebody calls from; empty when it is none.

    Behind a proxy of ours it is what the proxy saw, never what the caller claims.
    """
    seen = str(request.META.get("REMOTE_ADDR", ""))
    if settings.TRUST_PROXY:
        forwarded = request.headers.get("X-Forwarded-For", "")
        seen = forwarded.rpartition(",")[2].strip() or seen
    try:
        return str(ipaddress.ip_address(seen))
    except ValueError:
        return ""


def caller_of(request: HttpRequest) -> str:
    """Return from where somebody calls: an address, or the household's of the new kind.

    See ``address_of``; "unknown" when there is none.
    """
    seen = address_of(request)
    if not seen:
        return "unknown"
    if ipaddress.ip_address(seen).version == 4:
        return seen
    return str(ipaddress.ip_network((seen, _HOUSEHOLD), strict=False))
