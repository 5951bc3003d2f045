"""What the staff did in the last days, as the log shows it."""

from datetime import datetime, timedelta

from crm.devtools.demo.rows import EventRow, VisitRow
from crm.devtools.demo.scene import Scene

_KEPT = timedelta(days=10)


def log_visit(visit: VisitRow, scene: Scene) -> None:
    """Add who recorded and moved the visit, where that was lately."""
    moments = (
        ("created", visit.created_at),
        ("in_house", visit.arrived_at),
        ("completed", visit.completed_at),
        (visit.state, visit.closed_at),
    )
    for action, at in moments:
        if at and scene.house.now - _KEPT < at <= scene.house.now:
            scene.batch.add(_event(action, at, visit, scene))


def _event(action: str, at: datetime, visit: VisitRow, scene: Scene) -> EventRow:
    return EventRow(
        id=scene.next_id(EventRow),
        business_id=scene.business_id,
        at=at,
        actor_id=scene.rng.choice(scene.house.staff_ids),
        action=action,
        object_type="customers.visit",
        object_ref=str(visit.uuid),
    )
