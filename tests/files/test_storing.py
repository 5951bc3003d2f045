import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from crm.files.expiring import ORPHAN_AGE_SECONDS, expire_files, sweep_orphans
from crm.files.models import StoredFile
from crm.files.storing import delete_file, store_file
from crm.tenancy.models import Staff
from tests.factories import NOW


def store(business, name="nora.zip", content=b"PK-content", **options):
    values = {"reader_role": Staff.Role.MANAGER, "created_by": None, "now": NOW}
    return store_file(
        business=business, name=name, content=content, **(values | options)
    )


def on_disk():
    root = Path(settings.MEDIA_ROOT)
    return {
        path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()
    }


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


def test_a_file_keeps_its_name_in_the_row_and_another_on_disk(casa_alba):
    stored = store(casa_alba, name="Nora Østby.zip")

    assert (stored.name, stored.size) == ("Nora Østby.zip", 10)
    assert on_disk() == {f"{casa_alba.pk}/{stored.uuid}.zip"}
    assert stored.expires_at == NOW + timedelta(days=30)


def test_nobody_else_on_the_machine_may_read_it(casa_alba):
    path = Path(store(casa_alba).content.path)

    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert oct(path.parent.stat().st_mode & 0o777) == "0o700"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/b/passwd"])
def test_a_name_cannot_lead_out_of_the_folder(casa_alba, name):
    stored = store(casa_alba, name=name)

    assert stored.name == "passwd"
    assert on_disk() == {f"{casa_alba.pk}/{stored.uuid}"}


@pytest.mark.django_db(transaction=True)
def test_a_deletion_that_is_rolled_back_leaves_the_content(casa_alba):
    stored = store(casa_alba)

    with transaction.atomic():
        delete_file(StoredFile.objects.get(pk=stored.pk))
        transaction.set_rollback(True)

    assert len(on_disk()) == 1
    delete_file(StoredFile.objects.get(pk=stored.pk))
    assert on_disk() == set()


def test_files_go_when_their_time_is_over(
    casa_alba, django_capture_on_commit_callbacks
):
    store(casa_alba, name="old.zip", keep_for=timedelta(days=1))
    young = store(casa_alba, name="young.zip", keep_for=timedelta(days=3))
    kept = store(casa_alba, name="kept.zip", keep_for=None)

    with django_capture_on_commit_callbacks(execute=True):
        expired = expire_files(now=NOW + timedelta(days=2))

    assert expired == 1
    assert set(StoredFile.objects.values_list("pk", flat=True)) == {young.pk, kept.pk}
    assert len(on_disk()) == 2


def test_what_a_crash_left_on_disk_is_swept_once_it_is_old(casa_alba):
    stored = store(casa_alba)
    folder = Path(stored.content.path).parent
    (folder / "young-orphan").write_bytes(b"x")
    (folder / "old-orphan").write_bytes(b"x")
    long_ago = (folder / "old-orphan").stat().st_mtime - ORPHAN_AGE_SECONDS - 1
    for name in ("old-orphan", Path(stored.content.path).name):
        os.utime(folder / name, (long_ago, long_ago))

    swept = sweep_orphans()

    assert swept == 1
    assert on_disk() == {
        f"{casa_alba.pk}/{stored.uuid}.zip",
        f"{casa_alba.pk}/young-orphan",
    }
