"""What two guests said yes and no to, put together: the stricter word wins.

An opt-out of either holds for the one they become. Their words all move; where the newest
of them would be a yes over somebody's no, a no is added.
"""

from datetime import datetime

from customers.consent import ConsentState, consent_states, record_consent
from customers.models import Agreement, ConsentEvent, Guest, Merge
from customers.profile.agreements import agreed

Subject = Agreement.Subject

EVIDENCE = "two entries became one"

Words = dict[tuple[str, str], list[ConsentState]]


def words_of(kept: Guest, gone: Guest) -> Words:
    """Return the newest word of each by purpose and channel. One query."""
    words: Words = {}
    for (_guest, purpose, channel), state in consent_states([kept.pk, gone.pk]).items():
        words.setdefault((purpose, channel), []).append(state)
    return words


def add_stricter_words(
    guest: Guest, words: Words, *, merge: Merge, now: datetime
) -> list[ConsentEvent]:
    """Add a no where one of two said no and the newest word is a yes."""
    held = consent_states([guest.pk])
    added = []
    for (purpose, channel), said in sorted(words.items()):
        state = held.get((guest.pk, purpose, channel))
        if all(one.is_granted for one in said) or not (state and state.is_granted):
            continue
        event = record_consent(
            guest,
            purpose=purpose,
            channel=channel,
            is_granted=False,
            source=ConsentEvent.Source.MERGE,
            evidence=EVIDENCE,
            noted_by=merge.by,
            now=now,
        )
        added.append(event)
    return added


def newest_agreement(guest: Guest, subject: str) -> Agreement | None:
    """Return the guest's last word on ``subject``."""
    rows = guest.agreements.filter(subject=subject)
    return rows.order_by("-at", "-pk").first()


def says_no(guest: Guest, subject: str) -> bool:
    newest = newest_agreement(guest, subject)
    return newest is not None and not newest.is_granted


def may_keep_photo(kept: Guest, gone: Guest) -> bool:
    """Return whether neither took back a yes to a photo."""
    return not (says_no(kept, Subject.PHOTO) or says_no(gone, Subject.PHOTO))


def add_stricter_agreements(
    guest: Guest, refused: set[str], *, now: datetime
) -> list[Agreement]:
    """Add a no for each subject one of two refused, where the newest word is a yes."""
    added = []
    for subject in sorted(refused):
        yes = agreed(guest, subject)
        if yes is None:
            continue
        added.append(
            Agreement.objects.create(
                business=guest.business,
                guest=guest,
                subject=subject,
                is_granted=False,
                wording=yes.wording,
                language=yes.language,
                source=ConsentEvent.Source.MERGE,
                at=now,
            )
        )
    return added
