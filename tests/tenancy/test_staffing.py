import pytest

from crm.tenancy.models import Staff
from crm.tenancy.staffing import LastOwner, change_staff, remove_staff
from tests.factories import NOW, make_staff, make_user, make_venue


@pytest.fixture
def siv(casa_alba):
    return make_staff(casa_alba, make_user(name="Siv Lie"), Staff.Role.STAFF)


def change(staff, *, actor, role=None, venues=(), needs=False):
    return change_staff(
        staff,
        role=role or staff.role,
        venues=venues,
        may_see_health_needs=needs,
        actor=actor,
        now=NOW,
    )


def test_a_new_role_and_new_venues_hold_at_once(siv, casa_alba, alba):
    bar = make_venue(casa_alba, "Baren")

    changed = change(siv, role=Staff.Role.MANAGER, venues=[bar], actor=alba)

    assert changed == ["role", "venues"]
    stored = casa_alba.staff.get(pk=siv.pk)
    assert (stored.role, list(stored.venues.all())) == (Staff.Role.MANAGER, [bar])
    assert list(
        casa_alba.audit_events.filter(object_ref=str(siv.uuid)).values_list(
            "action", "fields"
        )
    ) == [("amended", ["role", "venues"])]


def test_saying_the_same_again_changes_nothing(siv, casa_alba, alba):
    assert change(siv, actor=alba) == []
    assert casa_alba.audit_events.count() == 0


def test_nobody_sees_health_needs_before_an_owner_says_so(casa_alba, alba, siv):
    owner = casa_alba.staff.get(user=alba)
    before = (owner.may_see_health_needs, siv.may_see_health_needs)

    changed = change(siv, actor=alba, needs=True)
    changed_back = change(siv, actor=alba)

    assert before == (False, False)
    assert changed == changed_back == ["may_see_health_needs"]
    assert (
        list(casa_alba.audit_events.order_by("pk").values_list("action", "fields"))
        == [("amended", ["may_see_health_needs"])] * 2
    )


@pytest.mark.parametrize("role", [Staff.Role.MANAGER, Staff.Role.VIEWER])
def test_the_last_owner_stays_owner(casa_alba, alba, role):
    owner = casa_alba.staff.get(user=alba)

    with pytest.raises(LastOwner, match="Make another person owner first"):
        change(owner, role=role, actor=alba)
    with pytest.raises(LastOwner):
        remove_staff(owner, actor=alba, now=NOW)

    assert casa_alba.staff.get(user=alba).role == Staff.Role.OWNER


def test_an_owner_may_go_when_another_stays(casa_alba, alba, siv):
    change(siv, role=Staff.Role.OWNER, actor=alba)

    remove_staff(casa_alba.staff.get(user=alba), actor=alba, now=NOW)

    assert [staff.pk for staff in casa_alba.staff.all()] == [siv.pk]


def test_who_is_removed_sees_nothing_any_more(client, casa_alba, alba, siv):
    client.force_login(siv.user)
    assert client.get("/casa-alba/today/").status_code == 200

    remove_staff(siv, actor=alba, now=NOW)

    assert client.get("/casa-alba/today/").status_code == 404
