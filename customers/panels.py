"""What stands beside the story on the guest page: each app adds its own panel."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from customers.models import Guest


@dataclass(frozen=True, slots=True)
class Panel:
    """A small template and what it shows, beside ``guest`` and ``business``.

    Low ``order`` stands first.
    """

    template: str
    context: dict[str, object] = field(default_factory=dict)
    order: int = 50


# Gives the panel for the guest at the instant ``now``, or None when there is nothing
# to say, in a number of queries that does not depend on how much is known.
PanelSource = Callable[[Guest, datetime], Panel | None]

_sources: dict[str, PanelSource] = {}


def register_panel(name: str, source: PanelSource) -> None:
    """Add a panel. ``name`` is unique; a second one with the same name replaces it."""
    _sources[name] = source


def panels_of(guest: Guest, *, now: datetime) -> list[Panel]:
    """Return the guest's panels, first to last."""
    panels = [_sources[name](guest, now) for name in sorted(_sources)]
    return sorted(
        (panel for panel in panels if panel is not None), key=lambda panel: panel.order
    )


def panel_of(guest: Guest, name: str, *, now: datetime) -> Panel | None:
    """Return one panel of the guest by the name it was registered under."""
    return _sources[name](guest, now)
