from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from crm.files.storing import store_file
from crm.tenancy.models import Staff
from tests.factories import make_staff, make_user


@pytest.fixture
def stored(casa_alba, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    return store_file(
        business=casa_alba,
        name="Nora Østby.html",
        content=b"<script>alert(1)</script>",
        reader_role=Staff.Role.MANAGER,
        created_by=None,
        now=timezone.now(),
    )


def url(stored):
    return f"/casa-alba/files/{stored.uuid}/"


def test_it_is_saved_and_never_shown_or_kept_by_the_browser(as_alba, stored):
    answer = as_alba.get(url(stored))
    content = b"".join(answer.streaming_content)

    assert content == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == (
        "attachment; filename*=utf-8''Nora%20%C3%98stby.html"
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Staff.Role.VIEWER, 403),
        (Staff.Role.STAFF, 403),
        (Staff.Role.MANAGER, 200),
        (Staff.Role.OWNER, 200),
    ],
)
def test_who_may_read_it_is_said_by_the_file(client, casa_alba, stored, role, status):
    person = make_user()
    make_staff(casa_alba, person, role)
    client.force_login(person)

    answer = client.get(url(stored))
    b"".join(answer)

    assert answer.status_code == status


def test_another_house_does_not_have_it(client, stored, carla):
    client.force_login(carla)

    assert client.get(url(stored)).status_code == 404
    assert client.get(f"/bar-carla/files/{stored.uuid}/").status_code == 404


def test_a_file_whose_time_is_over_is_gone_even_before_it_is_cleared(as_alba, stored):
    stored.expires_at = timezone.now() - timedelta(seconds=1)
    stored.save(update_fields=["expires_at"])

    answer = as_alba.get(url(stored))

    assert answer.status_code == 410
    assert "This file is gone" in answer.text


def test_a_row_without_its_content_is_gone_too(as_alba, stored):
    Path(stored.content.path).unlink()

    assert as_alba.get(url(stored)).status_code == 410


def test_no_web_server_path_leads_to_it(as_alba, stored):
    assert as_alba.get(f"/media/{stored.content.name}").status_code == 404
    assert as_alba.get(f"/static/{stored.content.name}").status_code == 404
