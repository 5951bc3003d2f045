"""A guest's photo: kept on the guest's own yes, private, gone when the yes is."""

from datetime import datetime
from typing import IO

from django.db import transaction

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.core.pictures import smaller, square_portrait
from crm.files.models import StoredFile
from crm.files.storing import delete_file, store_file
from crm.tenancy.models import Staff
from customers.holding import hold_guest
from customers.models import Agreement, ConsentEvent, Guest
from customers.profile.agreements import holds, record_agreement, wording_for

Subject = Agreement.Subject


class NoYesToPhoto(Exception):
    """The guest has not agreed to a photo."""


@transaction.atomic
def keep_photo(
    guest: Guest,
    picture: IO[bytes],
    *,
    size: int,
    says_yes: bool,
    actor: User | None,
    now: datetime,
) -> None:
    """Keep a photo of the guest instead of the one before.

    ``says_yes`` when the guest has just agreed, in the words of ``wording_for``; a yes
    from before counts too. Raise NoYesToPhoto without either, UnreadablePicture when it
    is none that can be kept, GuestIsForgotten. ``size`` is the file's in bytes.
    """
    portrait = square_portrait(picture, size=size)
    hold_guest(guest)
    if not holds(guest, Subject.PHOTO):
        if not says_yes:
            raise NoYesToPhoto
        _take_down_yes(guest, actor=actor, now=now)
    guest.refresh_from_db(fields=["photo"])
    before = guest.photo
    guest.photo = store_file(
        business=guest.business,
        name="photo.webp",
        content=portrait,
        reader_role=Staff.Role.STAFF,
        created_by=actor,
        now=now,
        keep_for=None,
    )
    guest.save(update_fields=["photo"])
    if before:
        delete_file(before)
    _note(guest, actor=actor, now=now)


def let_photo_go(guest: Guest, actor: User | None, now: datetime) -> None:
    """Delete the guest's photo, if there is one, from the database and from the disk."""
    guest.refresh_from_db(fields=["photo"])
    if guest.photo is None:
        return
    photo, guest.photo = guest.photo, None
    guest.save(update_fields=["photo"])
    delete_file(photo)
    _note(guest, actor=actor, now=now)


@transaction.atomic
def remove_photo(guest: Guest, *, actor: User | None, now: datetime) -> None:
    """Delete the photo though the guest's yes still holds."""
    hold_guest(guest)
    let_photo_go(guest, actor, now)


def portrait_of(photo: StoredFile, *, is_small: bool) -> bytes:
    """Return a photo as it is shown. Raise FileNotFoundError when the disk lost it."""
    with photo.content.open("rb") as content:
        portrait: bytes = content.read()
    return smaller(portrait) if is_small else portrait


def _take_down_yes(guest: Guest, *, actor: User | None, now: datetime) -> None:
    asked = wording_for(guest, Subject.PHOTO)
    record_agreement(
        guest,
        subject=Subject.PHOTO,
        is_granted=True,
        wording=asked.text,
        language=asked.language,
        source=ConsentEvent.Source.DESK,
        actor=actor,
        now=now,
    )


def _note(guest: Guest, *, actor: User | None, now: datetime) -> None:
    record_event(
        business=guest.business,
        actor=actor,
        action="amended",
        subject=guest,
        fields=["photo"],
        now=now,
    )
