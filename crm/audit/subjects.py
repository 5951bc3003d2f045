"""What log lines are about, in words: each app names its own models in ``ready()``."""

from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise

from crm.tenancy.models import Business

# Gives the address of the page about a thing, from its reference in the log.
PageOf = Callable[[Business, str], str]


@dataclass(frozen=True, slots=True)
class Subject:
    name: str | Promise
    page_of: PageOf | None = None


_subjects: dict[str, Subject] = {}


def register_subject(
    model: type[models.Model], name: str | Promise, *, page_of: PageOf | None = None
) -> None:
    """Name a model as people call it, and say where one of them is shown."""
    _subjects[model._meta.label_lower] = Subject(name, page_of)


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


def field_name(object_type: str, field: str) -> str:
    """Return a field as its form calls it; the name itself for anything else."""
    try:
        found = apps.get_model(object_type)._meta.get_field(field)
    except (LookupError, FieldDoesNotExist):
        return field.replace("_", " ")
    return str(getattr(found, "verbose_name", field.replace("_", " ")))
