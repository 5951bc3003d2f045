"""What becomes of the house's own fields when their kind is changed.

The list itself is kept in customers/house_lists.py; what guests have in the fields is
read in customers/profile/custom_fields.py.
"""

from customers.models import CustomField, Guest

Kind = CustomField.Kind

# Words that were one of a few can go on as words; nothing else can be told for sure.
_SAFE_CHANGES = {(Kind.CHOICE, Kind.TEXT)}


def count_values(field: CustomField) -> int:
    """Return how many guests have something in this field. Reads the whole register."""
    known = Guest.objects.known().filter(business=field.business_id)
    return known.filter(custom__has_key=str(field.uuid)).count()


def may_become(field: CustomField, kind: str) -> bool:
    """Return whether the field's kind can change without spoiling what is in it."""
    if kind == field.kind or (field.kind, kind) in _SAFE_CHANGES:
        return True
    return count_values(field) == 0
