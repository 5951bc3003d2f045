"""What the frame around every staff page needs to know."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from crm.tenancy.models import Business, Staff

# URL namespace of a page, to the section of the rail it belongs to.
_SECTION_OF = {
    "frontdesk": "today",
    "customers": "guests",
    "surveys": "answers",
    "outreach": "outreach",
    "loyalty": "loyalty",
    "dashboards": "return",
    "tenancy": "settings",
    "audit": "settings",
}


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Return business, staff, sections and switcher on staff pages; little elsewhere."""
    business = getattr(request, "business", None)
    staff = getattr(request, "staff", None)
    if business is None or staff is None:
        return {"business": None, "staff": None, "sections": [], "switcher": []}
    return {
        "business": business,
        "staff": staff,
        "sections": sections_for(staff, business, _current_section(request)),
        "switcher": SimpleLazyObject(lambda: other_businesses(staff)),
    }


def _current_section(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is None:
        return ""
    if match.view_name in {"frontdesk:guest_detail", "frontdesk:timeline"}:
        return "guests"
    if "/settings/" in match.route:
        return "settings"
    return _SECTION_OF.get(match.namespace, "")


def sections_for(
    staff: Staff, business: Business, current: str
) -> list[dict[str, object]]:
    """Return the sections this role may open, in the order of the rail."""
    everything = [
        ("today", _("Today"), "frontdesk:today", "today", Staff.Role.STAFF),
        ("guests", _("Guests"), "customers:guest_list", "guests", Staff.Role.STAFF),
        ("answers", _("Answers"), "surveys:answers", "answers", Staff.Role.VIEWER),
        (
            "outreach",
            _("Outreach"),
            "outreach:overview",
            "outreach",
            Staff.Role.MANAGER,
        ),
        ("loyalty", _("Loyalty"), "loyalty:overview", "loyalty", Staff.Role.MANAGER),
        ("return", _("Return"), "dashboards:return", "return", Staff.Role.VIEWER),
        (
            "settings",
            _("Settings"),
            _first_setting(staff),
            "settings",
            Staff.Role.MANAGER,
        ),
    ]
    return [
        {
            "key": key,
            "label": label,
            "url": reverse(url_name, args=[business.slug]),
            "icon": icon,
            "is_current": key == current,
        }
        for key, label, url_name, icon, role in everything
        if staff.may(role)
    ]


def _first_setting(staff: Staff) -> str:
    # A manager looks after words and lists, an owner after the house as well.
    return "tenancy:settings" if staff.is_owner else "customers:tag_list"


def other_businesses(staff: Staff) -> list[Business]:
    """Return the other businesses this person works for, by name."""
    return list(
        Business.objects.filter(staff__user=staff.user_id)
        .exclude(pk=staff.business_id)
        .order_by("name", "pk")
    )
