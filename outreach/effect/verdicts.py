"""Say what a comparison shows, in words that promise no more than it does."""

from dataclasses import dataclass
from enum import StrEnum
from math import floor, log10

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.core.locales import active_locale
from crm.core.numbers import format_number, round_half_up
from crm.core.statistics import Comparison, Interval, pooled
from outreach.effect.counting import add_up


class Shown(StrEnum):
    TOO_FEW = "too_few"
    NOT_YET = "not_yet"
    MORE = "more"
    FEWER = "fewer"


@dataclass(frozen=True, slots=True)
class EffectVerdict:
    """What is shown by now, with the difference and what lies around it."""

    shown: Shown
    summed: Comparison
    difference: float = 0.0
    interval: Interval | None = None
    more_needed: int | None = None

    @property
    def tone(self) -> str:
        return {Shown.MORE: "leaf", Shown.FEWER: "brick"}.get(self.shown, "")

    @property
    def words(self) -> str:
        """Return the verdict as one sentence."""
        if self.interval is None:
            return _("Too few guests yet to say anything.")
        figures = {
            "points": _points(self.difference),
            "low": _points(self.interval.low),
            "high": _points(self.interval.high),
        }
        if self.shown == Shown.MORE:
            return (
                _("More came: %(points)s points, between %(low)s and %(high)s.")
                % figures
            )
        if self.shown == Shown.FEWER:
            return (
                _("Fewer came: %(points)s points, between %(low)s and %(high)s.")
                % figures
            )
        return self._not_yet(figures)

    def _not_yet(self, figures: dict[str, str]) -> str:
        if self.more_needed is None:
            return (
                _("Not shown yet: %(points)s points, between %(low)s and %(high)s.")
                % figures
            )
        count = _about(self.more_needed)
        return ngettext(
            "Not shown yet: %(points)s points, between %(low)s and %(high)s; "
            "about %(count)s more guest needed.",
            "Not shown yet: %(points)s points, between %(low)s and %(high)s; "
            "about %(count)s more guests needed.",
            count,
        ) % (figures | {"count": format_number(count, active_locale())})


def verdict_on(strata: list[Comparison]) -> EffectVerdict:
    """Return what ``strata``, of several times or automations, show together."""
    summed = add_up(strata)
    found = pooled(strata)
    if found is None or summed.treated.is_too_few or summed.control.is_too_few:
        return EffectVerdict(Shown.TOO_FEW, summed)
    difference, interval = found
    if interval.is_clear:
        shown = Shown.MORE if difference > 0 else Shown.FEWER
        return EffectVerdict(shown, summed, difference, interval)
    return EffectVerdict(
        Shown.NOT_YET, summed, difference, interval, summed.more_needed
    )


def _points(share: float) -> str:
    """Return a difference of shares in points: +4.0, −0.1."""
    points = round_half_up(100 * share, 1)
    return format_number(points, active_locale(), decimals=1, signed=True)


def _about(count: int) -> int:
    """Return a count to two digits: more would promise too much."""
    if count < 100:
        return count
    unit = 10 ** (floor(log10(count)) - 1)
    return round(count / unit) * unit
