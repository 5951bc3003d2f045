"""What a staged guest makes of the guest in the register, column by column.

Who is known by their number becomes what the file says. Who is known by address and
name is only filled in: what the house wrote itself stays.
"""

TEXTS = (
    "external_id", "display_name", "given_name", "family_name", "name_key", "language",
    "country", "street", "postal_code", "city", "company", "member_number", "source",
    "note",
)  # fmt: skip
MAYBE = ("birthday_month", "birthday_day", "is_vip")
LISTS = (
    "emails", "emails_raw", "phones", "phones_raw", "tags", "custom", "consents",
)  # fmt: skip

BY_NUMBER = "(staged.external_id <> '' AND guest.external_id = staged.external_id)"
_NO_ADDRESS = """(guest.street = '' AND guest.postal_code = ''
    AND guest.city IN ('', staged.city))"""
_NO_NAMES = "(guest.given_name = '' AND guest.family_name = '')"

_FILL = {
    # Who became this guest may have the number; it stays with them.
    "external_id": """guest.external_id = '' AND NOT EXISTS (
        SELECT FROM customers_guest AS other
        WHERE other.business_id = guest.business_id
          AND other.external_id = staged.external_id)""",
    "display_name": "guest.display_name = ''",
    "given_name": _NO_NAMES,
    "family_name": _NO_NAMES,
    "language": "guest.language = ''",
    "country": "guest.country = ''",
    "street": _NO_ADDRESS,
    "postal_code": _NO_ADDRESS,
    "city": _NO_ADDRESS,
    "member_number": "guest.member_number = ''",
    "source": "guest.source = ''",
}


def _text(name: str, is_free: str) -> str:
    return (
        f"CASE WHEN staged.{name} <> '' AND ({BY_NUMBER} OR {is_free}) "
        f"THEN staged.{name} ELSE guest.{name} END"
    )


_BIRTHDAY = (
    f"staged.birthday_day IS NOT NULL AND ({BY_NUMBER} OR guest.birthday_day IS NULL)"
)

# What each column of the guest becomes, in a query of ``staged`` and ``guest``.
TARGETS: dict[str, str] = {
    **{name: _text(name, is_free) for name, is_free in _FILL.items()},
    **{
        name: f"CASE WHEN {_BIRTHDAY} THEN staged.{name} ELSE guest.{name} END"
        for name in ("birthday_month", "birthday_day")
    },
    "is_vip": f"""CASE WHEN staged.is_vip IS NULL THEN guest.is_vip
        WHEN {BY_NUMBER} THEN staged.is_vip ELSE guest.is_vip OR staged.is_vip END""",
    "custom": f"""CASE WHEN {BY_NUMBER} THEN guest.custom || staged.custom
        ELSE staged.custom || guest.custom END""",
}

_COLUMNS_DIFFER = " OR ".join(
    f"({target}) IS DISTINCT FROM guest.{name}" for name, target in TARGETS.items()
)
_FIRM_DIFFERS = f"""(staged.company <> '' AND (
    guest.company_id IS NULL OR ({BY_NUMBER} AND NOT EXISTS (
        SELECT FROM customers_company AS firm WHERE firm.id = guest.company_id
        AND lower(firm.name) = lower(staged.company)))))"""
_NEW_ADDRESS = """EXISTS (
    SELECT FROM (
        SELECT 'email' AS kind, unnest(staged.emails) AS value
        UNION ALL SELECT 'phone', unnest(staged.phones)
    ) AS said
    WHERE NOT EXISTS (
        SELECT FROM customers_contactpoint AS point
        WHERE point.guest_id = guest.id AND point.kind = said.kind
          AND point.normalized = said.value))"""
_NEW_TAG = """EXISTS (
    SELECT FROM unnest(staged.tags) AS said WHERE NOT EXISTS (
        SELECT FROM customers_guesttag AS given
        JOIN customers_tag AS tag ON tag.id = given.tag_id
        WHERE given.guest_id = guest.id AND lower(tag.name) = lower(said)))"""
_NEW_NOTE = """(staged.note <> '' AND NOT EXISTS (
    SELECT FROM customers_note AS note
    WHERE note.guest_id = guest.id AND note.text = staged.note))"""

# The newest word on a purpose and channel, and which words of the file count beside it:
# a yes where nothing was said, a no unless an import has brought that no before.
NEW_WORDS = """
    SELECT staged.id AS staged_id, said.word, split_part(said.word, '.', 1) AS purpose,
           split_part(said.word, '.', 2) AS channel, said.yes::boolean AS is_granted
    FROM jsonb_each(staged.consents) AS said (word, yes)
    WHERE NOT EXISTS (
        SELECT FROM customers_consentevent AS event
        WHERE event.guest_id = staged.guest_id
          AND event.purpose = split_part(said.word, '.', 1)
          AND event.channel = split_part(said.word, '.', 2)
          AND (said.yes::boolean OR (event.source = 'import' AND NOT event.is_granted))
    )"""
_NEW_WORD = f"EXISTS ({NEW_WORDS})"

# Whether bringing the guest in would change anything but their visits.
DIFFERS = f"""({_COLUMNS_DIFFER} OR {_FIRM_DIFFERS} OR {_NEW_ADDRESS} OR {_NEW_TAG}
    OR {_NEW_NOTE} OR {_NEW_WORD})"""
