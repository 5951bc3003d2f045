"""Catalogues of translated sentences: compiled, collected, checked. No gettext needed."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from crm.devtools.places import BASE_DIR

LOCALES = BASE_DIR / "crm" / "locale"


def compile_catalogues() -> None:
    """Write every .mo file that is older than its .po file."""
    for po in sorted(LOCALES.glob("*/LC_MESSAGES/django.po")):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            _compile(po, mo)


def _compile(po: Path, mo: Path) -> None:
    with po.open("rb") as source:
        catalogue = read_po(source, locale=po.parent.parent.name)
    draft = mo.with_name(f"{mo.name}.{os.getpid()}")
    with draft.open("wb") as target:
        write_mo(target, catalogue)
    draft.replace(mo)
