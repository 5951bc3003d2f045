"""Tags on guests: given by hand, or holding by a rule; see customers/profile/tag_rules.py."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.core.clock import local_date
from crm.core.text import search_key
from crm.tenancy.models import Business
from customers.models import Guest, GuestTag, Tag, known
from customers.profile.tag_rules import rule_holds, rule_query
from customers.summaries import lock_guest

LONGEST_NAME = 40


class TagIsAutomatic(Exception):
    """A tag with a rule is not given by hand."""


def tags_in_use(business: Business) -> QuerySet[Tag]:
    """Return the house's tags by name, without deleted ones."""
    return business.tags.filter(removed_at=None).order_by("key", "pk")


def tags_by_hand(business: Business) -> QuerySet[Tag]:
    return tags_in_use(business).filter(rule="")


def key_of(name: str) -> str:
    """Return the name folded as search folds it: one tag, however it is written."""
    return search_key(name)[:LONGEST_NAME]


def tag_named(business: Business, name: str, *, now: datetime) -> Tag:
    """Return the house's tag with this name, or a new one to give by hand.

    ``name`` is not blank. Raise TagIsAutomatic when a rule gives the tag.
    """
    name = " ".join(name.split())
    tag, _is_new = business.tags.get_or_create(
        key=key_of(name),
        removed_at=None,
        defaults={"name": name[:LONGEST_NAME], "created_at": now},
    )
    if tag.is_automatic:
        raise TagIsAutomatic
    return tag


@transaction.atomic
def give_tag(guest: Guest, tag: Tag, *, actor: User | None, now: datetime) -> bool:
    """Put a tag on a guest. Return whether it was not there before.

    Nothing is put on a guest who was forgotten meanwhile. Raise TagIsAutomatic.
    """
    if tag.is_automatic:
        raise TagIsAutomatic
    lock_guest(guest.pk)
    if not Guest.objects.known().filter(pk=guest.pk).exists():
        return False
    _given, is_new = GuestTag.objects.get_or_create(
        guest=guest,
        tag=tag,
        defaults={"business": guest.business, "given_by": actor, "given_at": now},
    )
    if is_new:
        _note(guest, actor=actor, now=now)
    return is_new


@transaction.atomic
def take_tag(guest: Guest, tag: Tag, *, actor: User | None, now: datetime) -> bool:
    """Take a tag off a guest. Return whether it was there."""
    deleted, _kinds = GuestTag.objects.filter(guest=guest, tag=tag).delete()
    if deleted:
        _note(guest, actor=actor, now=now)
    return bool(deleted)


@transaction.atomic
def tag_many(
    business: Business,
    guest_ids: Iterable[int],
    tag: Tag,
    *,
    actor: User | None,
    now: datetime,
) -> int:
    """Put a tag on many guests; return on how many it was not before.

    Others than known guests of the business are left out. The log has one line, about
    the tag; who gave it stands with each guest. Raise TagIsAutomatic.
    """
    if tag.is_automatic:
        raise TagIsAutomatic
    has_it = GuestTag.objects.filter(guest=OuterRef("pk"), tag=tag)
    fresh = list(
        Guest.objects.known()
        .filter(~Exists(has_it), business=business, pk__in=list(guest_ids))
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk", flat=True)
    )
    GuestTag.objects.bulk_create(
        (
            GuestTag(
                business=business, guest_id=pk, tag=tag, given_by=actor, given_at=now
            )
            for pk in fresh
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
    if fresh:
        record_event(
            business=business, actor=actor, action="given", subject=tag, now=now
        )
    return len(fresh)


def tags_of(
    business: Business, guest_ids: Sequence[int], *, today: date
) -> dict[int, list[Tag]]:
    """Return the tags of each guest, by guest id: by hand first, then by rule, by name.

    Costs at most three queries, however many guests and tags.
    """
    found: dict[int, list[Tag]] = {guest_id: [] for guest_id in guest_ids}
    tags = {tag.pk: tag for tag in tags_in_use(business)}
    if not tags or not found:
        return found
    given = GuestTag.objects.filter(guest__in=guest_ids, tag__in=tags)
    for guest_id, tag_id in given.order_by("tag__key").values_list("guest", "tag"):
        found[guest_id].append(tags[tag_id])
    if automatic := [tag for tag in tags.values() if tag.is_automatic]:
        guests = business.guests.filter(pk__in=guest_ids).select_related("summary")
        for guest in guests:
            found[guest.pk] += [
                tag for tag in automatic if rule_holds(tag, guest, today)
            ]
    return found


def tag_filter(business: Business, tag: Tag, today: date) -> Q:
    """Return the condition on ``Guest`` of having this tag, by hand or by rule."""
    if tag.is_automatic:
        return rule_query(tag, today)
    return Q(Exists(GuestTag.objects.filter(guest=OuterRef("pk"), tag=tag)))


def guests_per_tag(business: Business, *, today: date) -> dict[int, int]:
    """Return how many guests have each tag, by tag id. Two queries over all guests."""
    given = business.guest_tags.filter(known("guest"))
    by_hand = given.values_list("tag").annotate(guests=Count("pk"))
    counts = dict(by_hand.order_by())
    automatic = tags_in_use(business).exclude(rule="")
    counted = {
        f"tag_{tag.pk}": Count("pk", filter=rule_query(tag, today)) for tag in automatic
    }
    if counted:
        guests = Guest.objects.known().filter(business=business)
        for name, count in guests.aggregate(**counted).items():
            counts[int(name.removeprefix("tag_"))] = count
    return counts


def count_guests(tag: Tag, *, today: date) -> int:
    """Return how many guests have this tag."""
    guests = Guest.objects.known().filter(business=tag.business_id)
    return guests.filter(tag_filter(tag.business, tag, today)).count()


def today_of(business: Business, now: datetime) -> date:
    """Return the day by which the house's rules are read."""
    return local_date(now, business.time_zone)


def _note(guest: Guest, *, actor: User | None, now: datetime) -> None:
    record_event(
        business=guest.business,
        actor=actor,
        action="amended",
        subject=guest,
        fields=["tags"],
        now=now,
    )
