import io
import zipfile

import pytest

from crm.audit.models import Event
from crm.jobs.models import Job
from crm.jobs.tasks import run_jobs
from crm.tenancy.models import Staff
from customers.needs.health_needs import HEALTH, note_need
from customers.profile.agreements import wording_for
from tests.factories import NOW, make_staff, make_user

WORDS = "No nuts, zebra"


@pytest.fixture(autouse=True)
def _remembered_need(nora, alba, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    wording = wording_for(nora, HEALTH)
    note_need(nora, WORDS, visit=None, says_yes_to=wording, actor=alba, now=NOW)


def grant(person):
    staff = person.staff.get()
    staff.may_see_health_needs = True
    staff.save()


def make_copy(client, guest):
    client.post(f"/casa-alba/guests/{guest.uuid}/copy/")
    run_jobs()
    return Job.objects.latest("pk")


def words_in(client, job):
    answer = client.get(f"/casa-alba/files/{job.result_file.uuid}/")
    packed = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    return "".join(packed.read(f"copy.{kind}").decode() for kind in ("html", "json"))


def test_who_may_not_see_needs_gets_none_and_no_trace_of_them(as_alba, nora):
    nora.language = "en"
    nora.save(update_fields=["language"])

    words = words_in(as_alba, make_copy(as_alba, nora))

    assert "zebra" not in words
    assert wording_for(nora, HEALTH).text not in words
    assert "are kept apart and are not in this copy" in words
    assert not Event.objects.filter(action="looked_at_needs").exists()


def test_who_may_see_them_gets_everything_and_the_look_is_written_down(
    as_alba, alba, nora
):
    grant(alba)

    words = words_in(as_alba, make_copy(as_alba, nora))

    assert words.count(WORDS) == 2
    assert "are kept apart" not in words
    looked = Event.objects.filter(action="looked_at_needs")
    assert list(looked.values_list("actor", flat=True)) == [alba.pk]


def test_a_copy_with_needs_is_for_nobody_but_who_asked(
    as_alba, alba, client, casa_alba, nora
):
    grant(alba)
    job = make_copy(as_alba, nora)
    other = make_user(name="Siv Lie")
    make_staff(casa_alba, other, Staff.Role.OWNER)
    client.force_login(other)

    page = client.get(f"/casa-alba/jobs/{job.uuid}/")
    file = client.get(f"/casa-alba/files/{job.result_file.uuid}/")

    assert "Only who asked for this file can save it." in page.text
    assert file.status_code == 403
