from email.message import EmailMessage

import pytest

from crm.devtools import mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return mailbox.mailbox_folder(tmp_path)


def letter(*, subject="How was your stay?", html="", one_click=""):
    message = EmailMessage()
    message["From"] = "Solvik <hotel@solvik.example>"
    message["To"] = "Åse Bø <aase@example.com>"
    message["Subject"] = subject
    message.set_content("Takk for besøket!\n")
    if html:
        message.add_alternative(html, subtype="html")
    if one_click:
        message["List-Unsubscribe"] = f"<{one_click}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def keep(folder, **words):
    return mailbox.keep_mail(
        folder, letter(**words).as_bytes(), recipients=["aase@example.com"]
    )


def test_an_empty_mailbox_says_what_to_do(client, folder):
    page = client.get("/mailbox/")

    assert "Nothing has come yet" in page.content.decode()


def test_the_newest_mail_comes_first_and_sms_is_shown_as_a_bubble(client, folder):
    keep(folder, subject="Eldst")
    keep(folder, subject="Nyest")
    mailbox.deliver_sms(folder, to="+4790000001", sender="Solvik", text="Velkommen!")

    page = client.get("/mailbox/")

    assert [
        (post.is_sms, post.subject or post.text) for post in page.context["page"].rows
    ] == [(True, "Velkommen!"), (False, "Nyest"), (False, "Eldst")]


def test_one_guest_sees_only_their_own(client, folder):
    keep(folder)
    mailbox.deliver_sms(folder, to="+4790000001", sender="Solvik", text="Velkommen!")

    page = client.get("/mailbox/", {"to": "+4790000001"})

    assert [post.text for post in page.context["page"].rows] == ["Velkommen!"]


def test_a_mail_shows_its_text_and_its_html_in_a_frame(client, folder):
    key = keep(folder, html="<p>Takk</p>")

    page = client.get(f"/mailbox/{key}/").content.decode()

    assert "Takk for besøket!" in page
    assert f'src="/mailbox/{key}/html/"' in page


def test_the_html_of_a_mail_may_style_itself_and_nothing_else(client, folder):
    key = keep(folder, html="<html><head></head><body>Takk</body></html>")

    answer = client.get(f"/mailbox/{key}/html/")

    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer["Content-Security-Policy"].split(";")
    )
    assert policy["script-src"] == "'none'"
    assert policy["style-src"] == "'unsafe-inline'"
    assert policy["frame-ancestors"] == "'self'"
    assert "allow-scripts" not in policy["sandbox"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert '<head><base target="_top"></head>' in answer.content.decode()


def test_unsubscribe_is_offered_where_the_mail_offers_it(client, folder):
    plain = keep(folder)
    offering = keep(folder, one_click="http://localhost:8000/u/token/")

    without = client.get(f"/mailbox/{plain}/").content.decode()
    page = client.get(f"/mailbox/{offering}/").content.decode()

    assert "One-Click" not in without
    assert '<form method="post" action="/u/token/">' in page


def test_the_raw_mail_can_be_saved(client, folder):
    key = keep(folder)

    answer = client.get(f"/mailbox/{key}/raw/")

    assert answer["Content-Disposition"] == f'attachment; filename="{key}.eml"'
    assert b"Takk for bes" in b"".join(answer.streaming_content)


@pytest.mark.parametrize(
    "key", ["nonsense", "20260101-000000-000000-00000000", "__init__"]
)
def test_an_unknown_mail_is_not_found(client, folder, key):
    assert client.get(f"/mailbox/{key}/").status_code == 404
    assert client.get(f"/mailbox/{key}/html/").status_code == 404
    assert client.get(f"/mailbox/{key}/raw/").status_code == 404


def test_a_mail_with_an_unknown_character_set_can_still_be_read(folder):
    raw = (
        b"Subject: Hei\r\nTo: a@example.com\r\n"
        b"Content-Type: text/plain; charset=martian\r\n\r\nbl\xe5b\xe6r\r\n"
    )
    key = mailbox.keep_mail(folder, raw, recipients=["a@example.com"])

    mail = mailbox.open_mail(mailbox.find_file(folder, key))

    assert mail.post.text == "blåbær\r\n"


def test_the_oldest_go_when_the_mailbox_is_full(folder, monkeypatch):
    monkeypatch.setattr(mailbox, "KEPT", 2)
    keys = [keep(folder) for _ in range(3)]

    mailbox.forget_oldest(folder)

    assert [post.key for post in mailbox.newest_posts(folder)] == [keys[2], keys[1]]
