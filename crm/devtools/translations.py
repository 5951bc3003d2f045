"""Catalogues of translated sentences: collected, compiled, checked. No gettext needed.

The .po files are the source and are committed; the .mo files are made from them.
"""

import argparse
import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.plurals import get_plural
from babel.messages.pofile import generate_po, read_po
from django.utils.translation.template import templatize

from crm.core import catalogues
from crm.devtools.places import BASE_DIR

LOCALES = BASE_DIR / "crm" / "locale"
STAFF_LANGUAGES = ("nb", "nn", "sv")
GUEST_ONLY_LANGUAGES = ("da", "fi", "de")
# What guests meet. A sentence of these files is needed in every language.
GUEST_FILES = (
    "templates/surveys/public/",
    "templates/outreach/public/",
    "templates/emails/",
    "templates/guest_base.html",
    "templates/customers/public/",
    "templates/components/scale.html",
    "templates/django/forms/",
    "surveys/forms.py",
    "surveys/public.py",
    "surveys/ready.py",
    "outreach/sending/freezing.py",
    "outreach/writing/layout.py",
    "outreach/writing/links.py",
    "outreach/writing/liquid_texts.py",
    "outreach/preferences/pages.py",
    "outreach/automations/ready_words.py",
    "outreach/writing/rendering.py",
    "outreach/writing/checking.py",
    "outreach/writing/sms_texts.py",
    "customers/profile/agreements.py",
    "customers/guarded_forms.py",
    "customers/sign_up/forms.py",
    "customers/sign_up/pages.py",
    "customers/sign_up/patience.py",
    "customers/sign_up/posters.py",
    "customers/sign_up/public.py",
    "crm/core/addresses.py",
    "crm/core/phones.py",
    "outreach/letters/sign_up.py",
    "outreach/letters/sms_replies.py",
    "customers/privacy/consent_notice.py",
    "customers/privacy/ready.py",
    # What the house calls things stands in what guests get a copy of.
    "customers/care/ready.py",
    "customers/profile/ready_tags.py",
    # The copy of everything that a guest may ask for names every field and choice.
    "customers/privacy/export.py",
    "customers/privacy/export_words.py",
    "customers/privacy/guest_copy.py",
    "customers/privacy/data.py",
    "customers/profile/custom_fields.py",
    "customers/models/",
    "customers/care/data.py",
    "customers/duplicates/data.py",
    "customers/imports/data.py",
    "customers/merging/data.py",
    "customers/profile/data.py",
    "customers/quality/data.py",
    "customers/sign_up/confirming.py",
    "customers/sign_up/data.py",
    "customers/quality/email_changes.py",
    "customers/quality/person_forms.py",
    "customers/quality/reach_forms.py",
    "outreach/letters/details.py",
    "customers/care/data.py",
    "loyalty/guest_data.py",
    "loyalty/models.py",
    "outreach/guest_data.py",
    "outreach/models/events.py",
    "outreach/models/messages.py",
    "surveys/guest_data.py",
    "surveys/models.py",
)
STAFF_MAIL = "templates/emails/staff_"
PACKAGES = ("crm", "customers", "loyalty", "surveys", "outreach")
LEFT_OUT = ("/migrations/", "/locale/", "/static/")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
SHOWN = 40
HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


def po_file(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def compile_catalogues() -> None:
    """Write every .mo file that is older than its .po file."""
    catalogues.compile_catalogues(LOCALES)


def collect() -> Catalog:
    """Return every sentence of the project with the files it stands in."""
    found = Catalog()
    for path in _sources():
        name = path.relative_to(BASE_DIR).as_posix()
        for _line, text, comments, context in _sentences(path, name):
            found.add(
                text, locations=[(name, 0)], auto_comments=comments, context=context
            )
    return found


def _sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from _usable((BASE_DIR / package).rglob("*.py"))
    yield from _usable((BASE_DIR / "templates").rglob("*.*"))


def _usable(paths: Iterable[Path]) -> list[Path]:
    return [
        path
        for path in sorted(paths)
        if path.is_file() and not any(part in path.as_posix() for part in LEFT_OUT)
    ]


def _sentences(path: Path, name: str) -> Iterable[tuple]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # The result is a row of calls, not a program: its indentation means nothing.
        lines = templatize(source, origin=name).splitlines()
        source = "\n".join(line.strip() for line in lines)
    return extract(
        "python",
        io.BytesIO(source.encode()),
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        options={"encoding": "utf-8"},
        strip_comment_tags=True,
    )


def is_for_guests(message: Message) -> bool:
    return any(
        name.startswith(GUEST_FILES) and not name.startswith(STAFF_MAIL)
        for name, _line in message.locations
    )


def is_needed(message: Message, language: str) -> bool:
    return language in STAFF_LANGUAGES or is_for_guests(message)


def update_catalogues() -> None:
    """Bring the .po files up to date: new sentences in, unused out, the rest kept."""
    sentences = collect()
    for language in (*STAFF_LANGUAGES, *GUEST_ONLY_LANGUAGES):
        known = _read(language)
        wanted = Catalog(locale=language)
        for message in _messages(sentences):
            old = known.get(message.id, message.context)
            translated = old is not None and _is_complete(old)
            if not translated and not is_needed(message, language):
                continue
            wanted.add(
                message.id,
                string=old.string if old else None,
                locations=sorted(set(message.locations)),
                auto_comments=message.auto_comments,
                user_comments=old.user_comments if old else (),
                context=message.context,
            )
        _write(wanted, language)


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _read(language: str) -> Catalog:
    path = po_file(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as source:
        return read_po(source, locale=language)


def _write(catalogue: Catalog, language: str) -> None:
    plural_forms = get_plural(Locale.parse(language)).plural_forms
    header = HEADER.format(language=language, plural_forms=plural_forms)
    body = generate_po(
        catalogue, omit_header=True, sort_by="message", include_lineno=False, width=88
    )
    path = po_file(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(header + "".join(body), encoding="utf-8")
    draft.replace(path)


def _is_complete(message: Message) -> bool:
    strings = message.string
    texts = strings if isinstance(strings, list | tuple) else [strings]
    return not message.fuzzy and bool(texts) and all(texts)


def problems() -> Iterator[str]:
    """Yield a line for every translation that is missing or would break a page."""
    sentences = _messages(collect())
    for language in (*STAFF_LANGUAGES, *GUEST_ONLY_LANGUAGES):
        known = _read(language)
        for message in sentences:
            translation = known.get(message.id, message.context)
            if translation is None or not _is_complete(translation):
                if is_needed(message, language):
                    yield f"{language}: {_shown(message)} is not translated"
                continue
            for error in translation.check(known):
                yield f"{language}: {_shown(message)}: {error}"


def _shown(message: Message) -> str:
    text = message.id if isinstance(message.id, str) else message.id[0]
    where = sorted({name for name, _line in message.locations})[0]
    short = text if len(text) < 70 else f"{text[:67]}…"
    return f"“{short}” ({where})"


def messages_command(options: argparse.Namespace) -> int:
    """Collect the sentences; with --check say what is missing, and return 1 if any."""
    if not options.check:
        update_catalogues()
        return 0
    compile_catalogues()
    found = list(problems())
    for line in found[:SHOWN]:
        print(line)
    if len(found) > SHOWN:
        print(f"and {len(found) - SHOWN} more")
    return 1 if found else 0
