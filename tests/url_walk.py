"""Every view there is, for tests that walk them all."""

import re
from dataclasses import dataclass

from django.urls import URLResolver, get_resolver

# What stands in URLs as a word of ours, by the name of the argument.
WORDS = {"channel": "sms", "provider": "elks46"}


@dataclass(frozen=True)
class Door:
    """One URL pattern and the view behind it."""

    route: str
    view: object

    @property
    def is_tenant(self):
        return self.route.startswith("<slug:slug>/")

    @property
    def role(self):
        return getattr(self.view, "staff_role", None)

    @property
    def needs_an_id(self):
        names = set(re.findall(r"<\w+:(\w+)>", self.route))
        return bool(names - {"slug", *WORDS})

    def path(self, slug, ids):
        """Return a real address of this door, with the ids of ``ids``."""

        def fill(match):
            name = match[1]
            return slug if name == "slug" else WORDS.get(name) or str(ids[name])

        return "/" + re.sub(r"<\w+:(\w+)>", fill, self.route)


def doors():
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns, prefix):
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield Door(route, pattern.callback)


def tenant_doors():
    return [door for door in doors() if door.is_tenant]


def public_doors():
    return [door for door in doors() if not door.is_tenant]
