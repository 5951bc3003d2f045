from uuid import uuid4

import pytest

from crm.files.parts import drop_parts, joined_parts, put_part


@pytest.fixture
def folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_parts_are_one_file_however_often_a_step_is_repeated(folder, casa_alba):
    key = uuid4()

    for content in (b"first torn", b"first;"):
        put_part(casa_alba, key, 0, content)
    put_part(casa_alba, key, 1, b"second")

    with joined_parts(casa_alba, key, 2) as whole:
        assert whole.read() == b"first;second"


def test_nobody_else_on_the_machine_reads_them(folder, casa_alba):
    put_part(casa_alba, uuid4(), 0, b"names")

    (path,) = folder.glob("*/*")
    assert (path.stat().st_mode & 0o077, path.parent.stat().st_mode & 0o077) == (0, 0)


def test_a_part_that_was_swept_away_is_not_passed_over(folder, casa_alba):
    key = uuid4()
    put_part(casa_alba, key, 0, b"first")

    with pytest.raises(FileNotFoundError):
        joined_parts(casa_alba, key, 2)


def test_dropped_parts_leave_nothing(folder, casa_alba):
    key = uuid4()
    put_part(casa_alba, key, 0, b"first")

    drop_parts(casa_alba, key, 2)

    assert list(folder.glob("*/*")) == []
