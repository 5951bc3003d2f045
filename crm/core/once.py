"""One form makes one thing, however often it is sent.

A form for something new carries a token made when it is shown. The token holds the uuid
that the new thing will have, and uuids are unique in the database: sent twice, also at
the same moment, the form finds what it made. Nothing else has to be kept.
"""

from uuid import UUID, uuid4

from django.db import IntegrityError

from crm.core.signing import public_token, read_public_token

# What the hidden field of the form is called.
FIELD = "once"


def fresh_token(purpose: str) -> str:
    """Return a token for a form that makes a ``purpose``, such as ``guest:7``."""
    return public_token(purpose, uuid4())


def promised_uuid(purpose: str, token: str) -> UUID:
    """Return the uuid of the thing a form makes; a new one when the token is not ours.

    The token is signed, so that nobody can ask for the uuid of another's thing.
    """
    return read_public_token(purpose, token) or uuid4()


def broken_rule(error: IntegrityError) -> str:
    """Return the name of the constraint that the database refused to break."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""
