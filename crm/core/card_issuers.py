"""Which payment cards begin with what, and how long their numbers are."""

# First and last prefix of a range, and the lengths that its cards have.
_RANGES: tuple[tuple[str, str, range], ...] = (
    # Visa, also with Dankort
    ("4", "4", range(13, 20, 3)),
    # Mastercard
    ("51", "55", range(16, 17)),
    ("2221", "2720", range(16, 17)),
    # American Express
    ("34", "34", range(15, 16)),
    ("37", "37", range(15, 16)),
    # Diners Club
    ("300", "305", range(14, 20)),
    ("3095", "3095", range(14, 20)),
    ("36", "36", range(14, 20)),
    ("38", "39", range(14, 20)),
    # Discover
    ("6011", "6011", range(16, 20)),
    ("644", "649", range(16, 20)),
    ("65", "65", range(16, 20)),
    # JCB
    ("3528", "3589", range(16, 20)),
    # UnionPay
    ("62", "62", range(16, 20)),
    ("81", "81", range(16, 20)),
    # Maestro
    ("5018", "5018", range(12, 20)),
    ("5020", "5020", range(12, 20)),
    ("5038", "5038", range(12, 20)),
    ("5612", "5612", range(12, 20)),
    ("5893", "5893", range(12, 20)),
    ("6304", "6304", range(12, 20)),
    ("6390", "6390", range(12, 20)),
    ("6703", "6703", range(12, 20)),
    ("6759", "6763", range(12, 20)),
    # Dankort
    ("5019", "5019", range(16, 17)),
    # Forbrugsforeningen
    ("600722", "600722", range(16, 17)),
)


def has_issuer(digits: str) -> bool:
    """Return whether cards begin like ``digits`` and are as long."""
    return any(
        low <= digits[: len(low)] <= high and len(digits) in lengths
        for low, high, lengths in _RANGES
    )
