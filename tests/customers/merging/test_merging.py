from customers.merging.merging import merge_guests
from customers.merging.undoing import undo_merge
from tests.customers.merging.dumping import differences, dump
from tests.factories import NOW, make_guest, make_visit
from tests.full_house import make_full_house


def test_merging_and_undoing_leaves_all_as_it_was(casa_alba, alba):
    house = make_full_house(casa_alba, alba)
    other = make_guest(casa_alba, "Olaf Vik", emails=("olaf@example.org",))
    make_visit(other)
    before = dump()

    merge = merge_guests(other, house.guest, actor=alba, now=NOW)
    meanwhile = dump()
    undone = undo_merge(merge, actor=alba, now=NOW)

    assert len(differences(before, meanwhile)) > 30
    assert differences(before, dump()) == []
    assert undone.left == []
