"""Enter what this app can ask of guests into the registry of fields."""

from customers.segments import (
    care_fields,
    guest_fields,
    reach_fields,
    summary_fields,
    visit_fields,
)
from customers.segments.fields import register_fields, register_own_fields


def register_segment_fields() -> None:
    register_fields(*guest_fields.FIELDS)
    register_fields(*summary_fields.FIELDS)
    register_fields(*visit_fields.FIELDS)
    register_fields(*reach_fields.FIELDS)
    register_fields(*care_fields.FIELDS)
    register_own_fields("own.", care_fields.own_fields)
