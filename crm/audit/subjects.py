"""What log lines are about, in words: each app names its own models in ``ready()``."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise

from crm.tenancy.models import Business, Staff

# Gives the address of the page about a thing, from its reference in the log.
PageOf = Callable[[Business, str], str]
# Gives what things are called today, by reference, in a fixed number of queries. Names
# are looked up when the log is read and never stored in it.
CalledSource = Callable[[Business, Sequence[str]], dict[str, str]]
# Gives references, by object type, of what belongs to a thing: the visits of a guest.
PartsOf = Callable[[Business, str], dict[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Subject:
    name: str | Promise
    page_of: PageOf | None = None
    called: CalledSource | None = None
    fields: Mapping[str, str | Promise] = field(default_factory=dict)
    role: str = Staff.Role.MANAGER
    parts_of: PartsOf | None = None


_subjects: dict[str, Subject] = {}
# Acts and fields whose lines would tell that a guest has health needs.
_confided_actions: set[str] = set()
_confided_fields: set[str] = set()


def register_subject(
    model: type[models.Model],
    name: str | Promise,
    *,
    page_of: PageOf | None = None,
    called: CalledSource | None = None,
    fields: Mapping[str, str | Promise] | None = None,
    role: str = Staff.Role.MANAGER,
    parts_of: PartsOf | None = None,
) -> None:
    """Name a model as people call it, and say where one of them is shown.

    ``fields`` are words for what is written down as changed where the model has no
    such field. Lines about it are for ``role`` and above.
    """
    _subjects[model._meta.label_lower] = Subject(
        name, page_of, called, fields or {}, role, parts_of
    )


def register_confided(*, actions: Iterable[str], fields: Iterable[str]) -> None:
    """Say which lines are about health needs, by what was done or which fields changed."""
    _confided_actions.update(actions)
    _confided_fields.update(fields)


def may_read_confided(staff: Staff) -> bool:
    """Return whether lines about health needs are for this person.

    Owners see them without seeing needs: they say who may, and answer for who looked.
    """
    return staff.may_see_health_needs or staff.is_owner


def confided_actions() -> list[str]:
    return sorted(_confided_actions)


def confided_fields() -> list[str]:
    return sorted(_confided_fields)


def kinds(staff: Staff) -> list[tuple[str, str]]:
    """Return the object types whose lines this person may read, with their names."""
    named = [
        (key, str(subject.name))
        for key, subject in _subjects.items()
        if staff.may(subject.role)
    ]
    return sorted(named, key=lambda kind: kind[1])


def kinds_above(staff: Staff) -> list[str]:
    """Return the object types whose lines are not for this person."""
    return [key for key, subject in _subjects.items() if not staff.may(subject.role)]


def parts_of(
    business: Business, object_type: str, object_ref: str
) -> dict[str, list[str]]:
    """Return what belongs to a thing and has lines of its own: references by type."""
    subject = _subjects.get(object_type)
    if subject is None or subject.parts_of is None:
        return {}
    return subject.parts_of(business, object_ref)


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
    if object_type in _subjects and field in _subjects[object_type].fields:
        return str(_subjects[object_type].fields[field])
    try:
        found = apps.get_model(object_type)._meta.get_field(field)
    except (LookupError, FieldDoesNotExist):
        return field.replace("_", " ")
    return str(getattr(found, "verbose_name", field.replace("_", " ")))
