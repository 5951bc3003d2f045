"""Draw who is left out of a marketing automation, to see what it changes.

By a hash, so that everybody who asks gets the same answer before and after sending. An
automation draws its own lot: who is left out of one may hear from another.
"""

import hashlib
import uuid

# Over ``automation.uuid``, ``automation.control_percent`` and ``guest.uuid``.
LEFT_OUT_SQL = """(
    mod(
        ('x' || substr(md5(automation.uuid::text || guest.uuid::text), 1, 8))
        ::bit(32)::bigint, 100
    ) < automation.control_percent
)"""


def is_left_out(
    automation_uuid: uuid.UUID, guest_uuid: uuid.UUID, percent: int
) -> bool:
    """Return whether the guest belongs to the ``percent`` who are left out.

    The same as ``LEFT_OUT_SQL``.
    """
    drawn = hashlib.md5(
        f"{automation_uuid}{guest_uuid}".encode(), usedforsecurity=False
    )
    return int(drawn.hexdigest()[:8], 16) % 100 < percent
