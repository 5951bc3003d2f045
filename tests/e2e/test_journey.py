"""One guest's whole story, as the people in it see it."""

import re
import uuid

from tests.e2e.conftest import wait_until
from tests.e2e.inspection import problems_of, watched


def _kpi(page, name):
    """Return the whole number shown for the figure with this data-figure name."""
    page.goto("/mane/return/")
    text = page.locator(f"[data-figure={name}]").first.inner_text()
    digits = re.sub(r"[^0-9]", "", text.split("\n")[0])
    return int(digits or 0)


def test_departure_mail_answer_dashboard(open_context, sign_in):
    context = open_context()
    sign_in(context, "owner@mane.example")
    desk = context.new_page()
    answers_before = _kpi(desk, "answers")
    name = f"Siri {uuid.uuid4().hex[:6].upper()}"
    address = f"siri.{uuid.uuid4().hex[:8]}@example.no"

    # Staff writes a new guest down and records the visit as it happens.
    desk.goto("/mane/guests/new/")
    desk.fill("[name=display_name]", f"{name} Lunde")
    desk.fill("[name=given_name]", name)
    desk.locator("[name^=email]").first.fill(address)
    desk.locator("main form [type=submit]").last.click()
    desk.wait_for_url(re.compile(r"/mane/guests/[0-9a-f-]{36}/$"))
    guest_page = desk.url
    desk.goto(f"{guest_page}visits/new/")
    desk.locator("main form details.fold > summary").click()
    desk.fill("[name=spend]", "245")
    desk.select_option("[name=state]", "in_house")
    desk.locator("main form [type=submit]").last.click()
    desk.goto("/mane/today/")
    desk.locator("article", has_text=name).get_by_role(
        "button", name="Departed"
    ).click()
    desk.locator("body", has_text="Undo").wait_for()

    # A worker sends the mail; the guest opens it in the mailbox.
    phone = open_context(width=320, height=640, scripts=False)
    mailbox = phone.new_page()

    def links():
        mailbox.goto(f"/mailbox/?to={address}")
        mail = mailbox.locator("li.post h2 a").first
        if not mail.count():
            return None
        mailbox.goto(mail.get_attribute("href"))
        return [
            re.search(rf"https?://[^\s\"'<>]+/{place}/[\w-]+/", mailbox.content())[0]
            for place in ("s", "p", "u")
        ]

    link, *other_links = wait_until(links, what="the mail to arrive")
    mailbox.goto(f"/mailbox/?to={address}")
    assert mailbox.locator("li.post").count() == 1

    # What the mail leads to can be read and used by everybody.
    for width, scheme in ((320, "dark"), (1280, "light")):
        page, complaints = watched(open_context(width=width, scheme=scheme))
        for place in (link, *other_links):
            assert problems_of(page, complaints, place) == []

    # The guest answers on a small phone, without scripts.
    mailbox.goto(link)
    assert mailbox.evaluate("document.documentElement.scrollWidth") <= 320
    mailbox.locator("input[type=radio][value='9']").first.check(force=True)
    mailbox.locator("input[type=radio][value='8']").last.check(force=True)
    mailbox.locator("textarea").first.fill("Kanelbollane!")
    mailbox.locator("[type=submit]").last.click()
    mailbox.goto(link)
    assert mailbox.locator("input[type=radio]").count() == 0

    # The manager sees it, on the dashboard and on the guest's own page.
    assert _kpi(desk, "answers") == answers_before + 1
    desk.goto(guest_page)
    assert desk.locator("body", has_text="Kanelbollane!").count() == 1
