"""Styles and scripts of ours on their way out: without what only their readers need."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

_REMARK = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_AROUND_SIGNS = re.compile(r" ?([{};,>]) ?|(?<=:) (?=[^{}]*;)")
_LINE_REMARK = re.compile(r"^\s*//.*\n", re.MULTILINE)
_INDENT = re.compile(r"\n\s*")


def lean_style(text: str) -> str:
    """Return a stylesheet without remarks and without white space between its parts."""
    return _AROUND_SIGNS.sub(r"\1", _SPACE.sub(" ", _REMARK.sub("", text))).strip()


def lean_script(text: str) -> str:
    """Return a script without lines that are remarks, and without indents.

    Line ends stay, and so does what is inside a line: nothing changes its meaning, as
    long as no text goes over several lines.
    """
    return _INDENT.sub("\n", _LINE_REMARK.sub("", text)).lstrip()


# Only our own folders: what libraries send along is small already.
_LEAN = {"css/": lean_style, "js/": lean_script}


class _LeanSource:
    """Opens a file of another storage, and gives it out lean."""

    def __init__(self, source: Storage, name: str) -> None:
        self._source = source
        self._lean = next(
            lean for folder, lean in _LEAN.items() if name.startswith(folder)
        )

    def open(self, path: str) -> File:
        with self._source.open(path) as original:
            return ContentFile(self._lean(original.read().decode()).encode())


class LeanStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Keeps each file under a name of its contents: lean, and compressed beside."""

    def post_process(
        self, paths: Mapping[str, tuple[Storage, str]], *args: Any, **options: Any
    ) -> Iterator[Any]:
        lean = {
            name: (_LeanSource(source, name) if _is_ours(name) else source, path)
            for name, (source, path) in paths.items()
        }
        yield from super().post_process(lean, *args, **options)


def _is_ours(name: str) -> bool:
    return name.startswith(tuple(_LEAN))
