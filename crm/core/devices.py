"""What a browser calls itself, in words that its owner would use."""

from django.utils.translation import gettext as _

# The first that fits counts: most browsers claim to be several others as well.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def say_device(user_agent: str) -> str:
    """Return ``Firefox on Windows``, or that the device is not known."""
    browser = _first(_BROWSERS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    if not browser or not system:
        return browser or system or _("A device we do not know")
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((said for mark, said in names if mark in user_agent), "")
