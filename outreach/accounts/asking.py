"""What a provider needs to know of a business, as a form asks for it."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Credential:
    """One thing an account must or may know. Its value is a text.

    ``choices`` are the values there are; ``words`` say them where they do not speak for
    themselves, in the same order. ``is_host`` marks the name of a server, or the
    address of one, that must be on the open internet: see ``crm/core/public_hosts.py``.
    """

    name: str
    label: str | Promise
    is_secret: bool = False
    is_required: bool = True
    choices: tuple[str, ...] = ()
    words: tuple[str | Promise, ...] = ()
    default: str = ""
    is_host: bool = False
    help: str | Promise = ""

    @property
    def options(self) -> list[tuple[str, str | Promise]]:
        """Return the choices as a form shows them."""
        return list(zip(self.choices, self.words or self.choices, strict=True))
