"""On which clocks the owner of a phone number may live."""

from zoneinfo import available_timezones

import phonenumbers
from phonenumbers import timezone

_KNOWN = frozenset(available_timezones())


def zones_of_number(e164: str) -> tuple[str, ...]:
    """Return the time zones of an E.164 number, by country and area; none when no plan
    tells. A Norwegian mobile may be on Svalbard, a Russian one anywhere.
    """
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return ()
    zones = timezone.time_zones_for_number(number)
    return tuple(zone for zone in zones if zone in _KNOWN)
