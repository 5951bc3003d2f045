"""What a list of visits can show."""

from django.utils.translation import gettext_lazy as _

from crm.core.csv_files import Amount
from customers.lists.columns import Column
from customers.models import Visit

VISIT_COLUMNS: dict[str, Column[Visit]] = {
    "state": Column(_("State"), lambda visit: visit.get_state_display()),
    "kind": Column(_("Kind"), lambda visit: visit.get_kind_display()),
    "venue": Column(_("Venue"), lambda visit: visit.venue.name),
    "arrival": Column(
        _("Arrival"), lambda visit: visit.arrival_date, is_number=True, is_labelled=True
    ),
    "departure": Column(
        _("Departure"),
        lambda visit: visit.departure_date,
        is_number=True,
        is_labelled=True,
    ),
    "nights": Column(
        _("Nights"), lambda visit: visit.nights, is_number=True, is_labelled=True
    ),
    "people": Column(
        _("People"), lambda visit: visit.party_size, is_number=True, is_labelled=True
    ),
    "label": Column(_("Room or table"), lambda visit: visit.label),
    "spend": Column(
        _("Spend"),
        lambda visit: Amount(visit.spend, visit.business.currency),
        is_number=True,
        is_labelled=True,
    ),
    "source": Column(_("Booked through"), lambda visit: visit.source, is_labelled=True),
    "employer": Column(
        _("An employer pays"), lambda visit: visit.is_employer_paid, is_labelled=True
    ),
    "company": Column(
        _("Company"),
        lambda visit: visit.guest.company.name if visit.guest.company else "",
    ),
    "booker": Column(
        _("Booked by"),
        lambda visit: visit.booker.display_name if visit.booker else "",
        is_labelled=True,
    ),
    "known": Column(
        _("In the register since"),
        lambda visit: visit.created_at,
        is_number=True,
        is_labelled=True,
    ),
}
USUAL_VISIT_COLUMNS = ("state", "kind", "arrival", "departure", "label", "spend")
