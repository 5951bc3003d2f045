"""What log lines are about, in words: each app names its own models in ``ready()``."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise

from crm.tenancy.models import Business

# Gives the address of the page about a thing, from its reference in the log.
PageOf = Callable[[Business, str], str]
# Gives what things are called today, by reference, in a fixed number of queries. Names
# are looked up when the log is read and never stored in it.
CalledSource = Callable[[Business, Sequence[str]], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Subject:
    name: str | Promise
    page_of: PageOf | None = None
    called: CalledSource | None = None


_subjects: dict[str, Subject] = {}


def register_subject(
    model: type[models.Model],
    name: str | Promise,
    *,
    page_of: PageOf | None = None,
    called: CalledSource | None = None,
) -> None:
    """Name a model as people call it, and say where one of them is shown."""
    _subjects[model._meta.label_lower] = Subject(name, page_of, called)


def subject_name(object_type: str) -> str:
    """Return what kind of thing it is; the model's own name when nobody named it."""
    if object_type in _subjects:
        return str(_subjects[object_type].name)
    return object_type.rpartition(".")[2]


def page_of(business: Business, object_type: str, object_ref: str) -> str:
    """Return where the thing is shown; empty when it has no page."""
    subject = _subjects.get(object_type)
    if subject is None or subject.page_of is None:
        return ""
    return subject.page_of(business, object_ref)


def called_by_reference(
    business: Business, references: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """Return what things are called, by object type and reference; absent when gone."""
    by_type: dict[str, list[str]] = {}
    for object_type, reference in references:
        by_type.setdefault(object_type, []).append(reference)
    called = {}
    for object_type, refs in sorted(by_type.items()):
        subject = _subjects.get(object_type)
        if subject is None or subject.called is None:
            continue
        for reference, name in subject.called(business, refs).items():
            called[object_type, reference] = name
    return called


def field_name(object_type: str, field: str) -> str:
    """Return a field as its form calls it; the name itself for anything else."""
    try:
        found = apps.get_model(object_type)._meta.get_field(field)
    except (LookupError, FieldDoesNotExist):
        return field.replace("_", " ")
    return str(getattr(found, "verbose_name", field.replace("_", " ")))
