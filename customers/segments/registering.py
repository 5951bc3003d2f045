"""Enter what this app can ask of guests into the registry of fields."""

from customers.segments import guest_fields, summary_fields, visit_fields
from customers.segments.fields import register_fields


def register_segment_fields() -> None:
    register_fields(*guest_fields.FIELDS)
    register_fields(*summary_fields.FIELDS)
    register_fields(*visit_fields.FIELDS)
