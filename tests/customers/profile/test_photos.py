import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from crm.core.pictures import UnreadablePicture
from crm.files.models import StoredFile
from crm.tenancy.models import Staff
from customers.holding import GuestIsForgotten
from customers.models import Agreement, ConsentEvent, Guest
from customers.privacy.erasure import erase_guest
from customers.profile.agreements import agreements_of, holds, record_agreement
from customers.profile.photos import NoYesToPhoto, keep_photo, remove_photo
from tests.factories import NOW, make_guest, make_picture, make_staff, make_user
from tests.queries import count_queries

PHOTO = Agreement.Subject.PHOTO


@pytest.fixture(autouse=True)
def disk(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def keep(guest, *, says_yes=True, actor=None, now=NOW, **picture):
    file = make_picture(**picture)
    keep_photo(
        guest,
        file,
        size=len(file.getvalue()),
        says_yes=says_yes,
        actor=actor,
        now=now,
    )
    guest.refresh_from_db()
    return guest.photo


def upload(**picture):
    return SimpleUploadedFile(
        "me.jpg", make_picture(**picture).getvalue(), content_type="image/jpeg"
    )


def url_of(guest, path=""):
    return f"/{guest.business.slug}/guests/{guest.uuid}/photo/{path}"


def files_on(disk):
    return list(disk.rglob("*.webp"))


def test_a_photo_is_kept_with_the_guests_yes(casa_alba, alba, nora, disk):
    photo = keep(nora, actor=alba, size=(1600, 900))

    assert (photo.reader_role, photo.expires_at, photo.created_by) == (
        Staff.Role.STAFF,
        None,
        alba,
    )
    with Image.open(photo.content.path) as kept:
        assert kept.size == (512, 512)
    (yes,) = agreements_of(nora)
    assert (yes.subject, yes.language, yes.source, yes.noted_by) == (
        PHOTO,
        "nb",
        ConsentEvent.Source.DESK,
        alba,
    )
    events = casa_alba.audit_events.filter(actor=alba).order_by("pk")
    assert list(events.values_list("action", "fields")) == [
        ("consent_granted", ["photo"]),
        ("amended", ["photo"]),
    ]


def test_without_a_yes_nothing_is_kept(nora, disk):
    with pytest.raises(NoYesToPhoto):
        keep(nora, says_yes=False)

    nora.refresh_from_db()
    assert nora.photo is None
    assert files_on(disk) == []
    assert not nora.agreements.exists()


def test_a_picture_that_cannot_be_read_leaves_no_yes_behind(nora):
    with pytest.raises(UnreadablePicture):
        keep_photo(nora, io.BytesIO(b"?"), size=1, says_yes=True, actor=None, now=NOW)

    assert not nora.agreements.exists()


def test_the_old_photo_leaves_the_disk(nora, disk, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        keep(nora)
        newer = keep(nora, says_yes=False, now=NOW + timedelta(days=1))

    assert [path.stem for path in files_on(disk)] == [str(newer.uuid)]
    assert list(StoredFile.objects.all()) == [newer]
    assert nora.agreements.count() == 1


def test_taking_the_yes_back_deletes_the_photo_from_the_disk(
    as_alba, nora, disk, django_capture_on_commit_callbacks
):
    keep(nora)
    before = files_on(disk)

    with django_capture_on_commit_callbacks(execute=True):
        page = as_alba.post(
            f"/casa-alba/guests/{nora.uuid}/agreements/withdraw/",
            {"subject": "photo"},
            follow=True,
        )

    nora.refresh_from_db()
    assert (len(before), files_on(disk), nora.photo) == (1, [], None)
    assert not holds(nora, PHOTO)
    assert "What was kept on that yes is deleted." in page.text
    assert "Said <b>no</b> to: a photo of them" in page.text


@pytest.mark.parametrize("subject", ["photo", "", "everything", "ph\0to"])
def test_taking_back_what_was_never_said_changes_nothing(as_alba, nora, subject):
    url = f"/casa-alba/guests/{nora.uuid}/agreements/withdraw/"

    answer = as_alba.post(url, {"subject": subject})

    assert answer.status_code == 302
    assert not nora.agreements.exists()


def test_forgetting_the_guest_deletes_it_from_the_disk(
    nora, disk, django_capture_on_commit_callbacks
):
    keep(nora)

    with django_capture_on_commit_callbacks(execute=True):
        erase_guest(nora, actor=None, now=NOW)

    assert files_on(disk) == []
    assert not StoredFile.objects.exists()


def test_who_was_forgotten_meanwhile_gets_no_photo(nora):
    seen = Guest.objects.get(pk=nora.pk)
    erase_guest(nora, actor=None, now=NOW)

    with pytest.raises(GuestIsForgotten):
        keep(seen)

    assert not StoredFile.objects.exists()


def test_a_photo_is_deleted_though_the_yes_holds(
    nora, disk, django_capture_on_commit_callbacks
):
    keep(nora)

    with django_capture_on_commit_callbacks(execute=True):
        remove_photo(nora, actor=None, now=NOW)
        remove_photo(nora, actor=None, now=NOW)

    assert files_on(disk) == []
    assert holds(nora, PHOTO)


def test_staff_of_the_house_see_it_and_the_browser_keeps_it_shortly(as_alba, nora):
    photo = keep(nora)

    answer = as_alba.get(url_of(nora))

    assert Image.open(io.BytesIO(answer.content)).format == "WEBP"
    assert answer["Content-Type"] == "image/webp"
    assert answer["Content-Disposition"] == "inline"
    assert answer["Cache-Control"] == "private, max-age=600"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["ETag"] == f'"{photo.uuid}"'


def test_a_browser_that_has_it_is_told_so(as_alba, nora):
    keep(nora)
    etag = as_alba.get(url_of(nora), {"size": "small"})["ETag"]

    again = as_alba.get(
        url_of(nora), {"size": "small"}, headers={"if-none-match": etag}
    )

    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == "private, max-age=600"


def test_lists_get_it_small(as_alba, nora):
    keep(nora, size=(900, 900))

    answer = as_alba.get(url_of(nora), {"size": "small"})

    assert Image.open(io.BytesIO(answer.content)).size == (128, 128)


def test_who_only_sees_figures_sees_no_faces(client, bruno, nora):
    keep(nora)
    client.force_login(bruno)

    assert client.get(url_of(nora)).status_code == 403


def test_another_house_sees_no_photo_of_ours(client, carla, bar_carla, nora):
    keep(nora)
    client.force_login(carla)

    answers = [
        client.get(f"/{slug}/guests/{nora.uuid}/photo/").status_code
        for slug in ("casa-alba", "bar-carla")
    ]
    file = client.get(f"/bar-carla/files/{nora.photo.uuid}/").status_code

    assert (answers, file) == ([404, 404], 404)


def test_a_guest_without_a_photo_has_none_to_show(as_alba, nora):
    assert as_alba.get(url_of(nora)).status_code == 404


def test_a_photo_that_the_disk_lost_is_not_there(as_alba, nora, disk):
    keep(nora)
    for path in files_on(disk):
        path.unlink()

    assert as_alba.get(url_of(nora)).status_code == 404


def test_the_desk_reads_a_sentence_and_ticks_the_yes(as_alba, nora):
    asked = as_alba.get(url_of(nora, "new/"))
    sent = as_alba.post(
        url_of(nora, "new/"), {"picture": upload(), "says_yes": "on"}, follow=True
    )

    assert '<p class="quote" lang="nb">' in asked.text
    nora.refresh_from_db()
    assert f'/photo/?v={nora.photo_id}" alt="Photo of Nora Østby"' in sent.text
    assert "The photo is kept." in sent.text


def test_without_the_tick_nothing_is_saved(as_alba, nora):
    sent = as_alba.post(url_of(nora, "new/"), {"picture": upload()})

    nora.refresh_from_db()
    assert "Without their yes the photo cannot be kept." in sent.text
    assert nora.photo is None


def test_who_has_agreed_is_not_asked_again(as_alba, nora):
    keep(nora)

    asked = as_alba.get(url_of(nora, "new/")).text
    sent = as_alba.post(url_of(nora, "new/"), {"picture": upload()})

    assert "says_yes" not in asked
    assert sent.status_code == 302


def test_a_yes_that_is_taken_back_is_asked_for_again(nora):
    keep(nora)
    record_agreement(
        nora,
        subject=PHOTO,
        is_granted=False,
        wording="No.",
        language="en",
        source="desk",
        actor=None,
        now=NOW + timedelta(minutes=1),
    )

    with pytest.raises(NoYesToPhoto):
        keep(nora, says_yes=False)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not a picture", "cannot be read as a picture"),
        (b"", "This file is empty."),
        (b"\xff\xd8\xff" + bytes(40 * 1024 * 1024), "larger than 10 MB"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "cannot be read as a picture"),
        (b"\0\0\0\x18ftypheic" + bytes(20), "Save it as JPEG first"),
    ],
    ids=["words", "empty", "40 MB", "svg", "heic"],
)
def test_what_cannot_be_kept_is_answered_in_words(as_alba, nora, content, words):
    file = SimpleUploadedFile("me.jpg", content, content_type="image/jpeg")

    sent = as_alba.post(url_of(nora, "new/"), {"picture": file, "says_yes": "on"})

    assert sent.status_code == 200
    assert words in sent.text
    assert not nora.agreements.exists()


def test_no_file_at_all_is_answered_in_words(as_alba, nora):
    sent = as_alba.post(url_of(nora, "new/"), {"picture": "me.jpg", "says_yes": "on"})

    assert "Choose a picture." in sent.text


def test_htmx_gets_the_form_alone_and_is_led_on(as_alba, nora):
    htmx = {"hx-request": "true"}

    form = as_alba.get(url_of(nora, "new/"), headers=htmx).text
    refused = as_alba.post(url_of(nora, "new/"), {}, headers=htmx).text
    kept = as_alba.post(
        url_of(nora, "new/"), {"picture": upload(), "says_yes": "on"}, headers=htmx
    )

    assert "<html" not in form + refused
    assert "Choose a picture." in refused
    assert kept["HX-Redirect"] == f"/casa-alba/guests/{nora.uuid}/"


def test_a_face_in_a_list_is_a_photo_or_letters_without_another_query(
    as_alba, casa_alba, nora
):
    make_guest(casa_alba, "Olaf Berg")
    before = count_queries(as_alba, "/casa-alba/guests/")
    keep(nora)

    page = as_alba.get("/casa-alba/guests/").text

    assert f'/photo/?v={nora.photo_id}&amp;size=small" alt="Photo of Nora' in page
    assert ">OB</span>" in page
    assert count_queries(as_alba, "/casa-alba/guests/") == before


def test_staff_may_keep_photos_too(client, casa_alba, nora):
    person = make_user()
    make_staff(casa_alba, person, Staff.Role.STAFF)
    client.force_login(person)

    sent = client.post(url_of(nora, "new/"), {"picture": upload(), "says_yes": "on"})

    nora.refresh_from_db()
    assert (sent.status_code, nora.photo is None) == (302, False)
