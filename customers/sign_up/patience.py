"""Tell people from machines without asking anybody else, and without shutting out people.

The form carries a sealed stamp: when it was shown, with which words, and the uuid the
sign-up will have, so that a stamp is good for one. Machines send at once, send old
forms again, and fill in what no person sees; a person presses the button once more.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.core import signing
from django.utils.translation import gettext as _

from customers.models import SignUpPage

SOONEST = timedelta(seconds=3)
LATEST = timedelta(hours=24)


class OnceMore(Exception):
    """It may be a machine. What to say to a person is the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a form was shown with. ``wordings`` are ids of ConsentWording by purpose."""

    shown_at: datetime
    uuid: UUID = field(default_factory=uuid4)
    wordings: dict[str, int] = field(default_factory=dict)

    def sealed(self, page: SignUpPage) -> str:
        kept = [int(self.shown_at.timestamp()), self.uuid.hex, self.wordings]
        return _signer(page).sign_object(kept)

    def check_patience(self, now: datetime) -> None:
        """Raise OnceMore when nobody can have typed so fast."""
        if now - self.shown_at < SOONEST:
            raise OnceMore(
                _("That was quick! Wait a moment, then press the button once more.")
            )


def read_stamp(page: SignUpPage, text: str, *, now: datetime) -> Stamp | None:
    """Return the stamp of a form of ``page``; None when it is old or not one of ours."""
    try:
        seconds, uuid, wordings = _signer(page).unsign_object(text)
    except (signing.BadSignature, ValueError):
        return None
    shown_at = datetime.fromtimestamp(seconds, tz=UTC)
    if now - shown_at > LATEST:
        return None
    return Stamp(shown_at=shown_at, uuid=UUID(uuid), wordings=wordings)


def _signer(page: SignUpPage) -> signing.Signer:
    return signing.Signer(salt=f"customers.sign_up:{page.uuid}")
