"""What would go wrong next week, said at start: misconfiguration, each with a hint.

The ones about keys and mail are for ``check --deploy``; the ones that ask PostgreSQL run
with ``check --database default`` and before every migration.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
OLDEST_POSTGRES = 180_000
SHORTEST_KEY = 32
EXTENSIONS = frozenset({"btree_gin", "fuzzystrmatch", "pg_trgm", "unaccent"})


def _is_local() -> bool:
    return urlsplit(settings.SITE_URL).hostname in LOCAL_HOSTS


@register
def check_leases(**_options: Any) -> list[CheckMessage]:
    """Who still speaks with a provider must not be taken for dead."""
    longest = max(settings.EMAIL_TIMEOUT, settings.SMS_TIMEOUT)
    if 2 * longest <= settings.SEND_LEASE_SECONDS:
        return []
    return [
        Error(
            "SEND_LEASE_SECONDS is less than twice EMAIL_TIMEOUT or SMS_TIMEOUT: a "
            "message that is being handed over would be looked into as if lost.",
            hint=f"Set SEND_LEASE_SECONDS to at least {2 * longest}.",
            id="crm.E007",
        )
    ]


@register
def check_for_whom_it_runs(**_options: Any) -> list[CheckMessage]:
    """The demo and DEBUG show things to everybody, so they stay on this machine."""
    problems: list[CheckMessage] = []
    if settings.DEMO and not _is_local():
        problems.append(
            Error(
                "The demo is on, and SITE_URL is not this machine. Everybody could "
                "read its mailbox and sign in with its printed password.",
                hint="Leave out GJENSYN_DEMO, or set SITE_URL=http://localhost:8000.",
                id="crm.E001",
            )
        )
    if settings.DEBUG and not _is_local():
        problems.append(
            Error(
                "DEBUG is on, and SITE_URL is not this machine. Error pages would show "
                "settings and guests to everybody.",
                hint="Leave out DEBUG.",
                id="crm.E002",
            )
        )
    return problems


@register
def check_field_keys(**_options: Any) -> list[CheckMessage]:
    """Health needs of real guests are sealed with keys that outlive SECRET_KEY."""
    if settings.HAS_OWN_FIELD_ENCRYPTION_KEYS or _is_local():
        return []
    return [
        Error(
            "FIELD_ENCRYPTION_KEYS is not set. A new SECRET_KEY would make allergies and "
            "other health needs unreadable for good.",
            hint="Set FIELD_ENCRYPTION_KEYS to a long random text and keep it.",
            id="crm.E006",
        )
    ]


@register
def check_private_files(**_options: Any) -> list[CheckMessage]:
    folder = Path(settings.MEDIA_ROOT)
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if existing.is_dir() and os.access(existing, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"Files cannot be written to {folder}.",
            hint="Set GJENSYN_DATA to a folder that the web server and workers own.",
            id="crm.E003",
        )
    ]


@register(deploy=True)
def check_links(**_options: Any) -> list[CheckMessage]:
    if settings.IS_SECURE:
        return []
    return [
        Warning(
            "SITE_URL begins with http://, so links in mails and cookies can be read on "
            "the way.",
            hint="Set SITE_URL to the https:// address that guests open.",
            id="crm.W001",
        )
    ]


@register(deploy=True)
def check_keys(**_options: Any) -> list[CheckMessage]:
    """Links in old mails and kept fingerprints must survive a new SECRET_KEY."""
    problems: list[CheckMessage] = []
    if not settings.HAS_OWN_LINK_KEYS:
        problems.append(
            Warning(
                "LINK_KEYS is not set. A new SECRET_KEY would break every unsubscribe "
                "link that was ever sent.",
                hint="Set LINK_KEYS to a long random text and keep it.",
                id="crm.W002",
            )
        )
    if not settings.HAS_OWN_ADDRESS_HASH_KEY:
        problems.append(
            Warning(
                "ADDRESS_HASH_KEY is not set. A new SECRET_KEY would forget who asked "
                "to be left alone.",
                hint="Set ADDRESS_HASH_KEY to a long random text and never change it.",
                id="crm.W003",
            )
        )
    if not settings.HAS_OWN_FIELD_ENCRYPTION_KEYS and _is_local():
        problems.append(
            Warning(
                "FIELD_ENCRYPTION_KEYS is not set. A new SECRET_KEY would make "
                "allergies and other health needs unreadable for good.",
                hint="Set FIELD_ENCRYPTION_KEYS to a long random text and keep it.",
                id="crm.W007",
            )
        )
    if any(len(key) < SHORTEST_KEY for key in settings.FIELD_ENCRYPTION_KEYS):
        problems.append(
            Warning(
                "A key of FIELD_ENCRYPTION_KEYS is short, so it can be guessed.",
                hint=f"Use at least {SHORTEST_KEY} random letters.",
                id="crm.W008",
            )
        )
    return problems


@register(deploy=True)
def check_mail(**_options: Any) -> list[CheckMessage]:
    if not settings.DEFAULT_FROM_EMAIL.rstrip(">").endswith("@localhost"):
        return []
    return [
        Warning(
            "Mail would come from gjensyn@localhost, which no mail server believes.",
            hint="Set EMAIL_URL, and DEFAULT_FROM_EMAIL to an address of your domain.",
            id="crm.W004",
        )
    ]


@register(Tags.database)
def check_postgres(
    databases: Sequence[str] | None = None, **_options: Any
) -> list[CheckMessage]:
    """Ask each database that the caller wants checked."""
    return [
        problem
        for alias in databases or ()
        for problem in (
            *_version_problems(alias),
            *_locale_problems(alias),
            *_extension_problems(alias),
            *_cache_problems(alias),
        )
    ]


def _version_problems(alias: str) -> list[CheckMessage]:
    version = connections[alias].cursor().connection.info.server_version
    if version >= OLDEST_POSTGRES:
        return []
    return [
        Error(
            f"This is PostgreSQL {version // 10_000}. Gjensyn needs 18 or newer.",
            hint="Move the database to PostgreSQL 18, see docs/operations.md.",
            id="crm.E004",
        )
    ]


def _locale_problems(alias: str) -> list[CheckMessage]:
    """Sort keys are compared by code point; another locale would order them anew."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) "
            "FROM pg_database WHERE datname = current_database()"
        )
        found = cursor.fetchone()
    if found == ("b", "C.UTF-8", "UTF8"):
        return []
    return [
        Warning(
            "The database was not created with the builtin locale C.UTF-8, so lists "
            "are in another order than in tests, and an upgrade of the system can "
            "damage indexes.",
            hint=(
                "Create it with LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' "
                "ENCODING 'UTF8' TEMPLATE template0."
            ),
            id="crm.W005",
        )
    ]


def _extension_problems(alias: str) -> list[CheckMessage]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT name FROM pg_available_extensions")
        available = {name for (name,) in cursor.fetchall()}
    if not (missing := EXTENSIONS - available):
        return []
    return [
        Error(
            f"PostgreSQL has no {', '.join(sorted(missing))}. Search needs it.",
            hint="Install the contrib package of your PostgreSQL.",
            id="crm.E005",
        )
    ]


def _cache_problems(alias: str) -> list[CheckMessage]:
    table = settings.CACHES["default"]["LOCATION"]
    if table in connections[alias].introspection.table_names():
        return []
    return [
        Warning(
            "The table that counts sign-in attempts is missing; nobody could sign in.",
            hint="Run: python manage.py createcachetable",
            id="crm.W006",
        )
    ]
