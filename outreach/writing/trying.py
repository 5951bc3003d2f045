"""Send the words of a template to oneself, to see them in a real mail program."""

from anymail.message import AnymailMessage

from customers.models import Channel, Guest, Visit
from outreach.accounts.choosing import account_in_use
from outreach.email.mail import sender_of
from outreach.models import Attempt, TemplateVersion
from outreach.sending.kept_routes import route_for
from outreach.writing.links import inert_links, with_links
from outreach.writing.rendering import render


def send_test(
    version: TemplateVersion,
    *,
    to: str,
    language: str,
    guest: Guest,
    visit: Visit | None,
) -> bool:
    """Send the version to ``to`` as ``guest`` would read it; return whether it went.

    Its links lead nowhere, so that nobody answers in a guest's name. Nothing is written
    down. Raise CannotFillIn when the template does not fit.
    """
    business = version.business
    account = account_in_use(business, Channel.EMAIL)
    if account is None:
        return False
    rendered = render(
        version.contents,
        language=language or guest.language,
        purpose=version.template.purpose,
        business=business,
        guest=guest,
        visit=visit,
    )
    mail = AnymailMessage(
        subject=rendered.subject,
        body=with_links(rendered.text, inert_links()),
        from_email=sender_of(business, account).header,
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    html = with_links(rendered.html, inert_links())
    mail.attach_alternative(html, "text/html")
    route = route_for(account)
    try:
        outcome = route.deliver(mail, before_end=_nothing)
    finally:
        # Who looks at pages keeps no connection.
        route.close()
    return outcome.kind == Attempt.Outcome.ACCEPTED


def _nothing() -> None:
    return None
