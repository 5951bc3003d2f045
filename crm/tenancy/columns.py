"""Which columns of a list a person wants to see: remembered with their place here."""

from collections.abc import Sequence

from crm.tenancy.models import Staff


def shown_columns(
    staff: Staff, name: str, *, known: Sequence[str], usual: Sequence[str]
) -> list[str]:
    """Return the chosen columns of the list ``name`` in the order of ``known``.

    Who never chose, or chose what is no longer there, gets the ``usual`` ones.
    """
    chosen = staff.shown_columns.get(name)
    return [key for key in known if key in chosen] if chosen else list(usual)


def choose_columns(staff: Staff, name: str, keys: Sequence[str]) -> None:
    """Remember the columns of the list ``name``; none chosen means the usual ones."""
    staff.shown_columns = {**staff.shown_columns, name: list(keys)}
    staff.save(update_fields=["shown_columns"])
