import smtplib

import pytest
from django.core.mail import send_mail

from crm.devtools.smtp_stand_in import Behaviour


def send(subject="Hello"):
    send_mail(subject, "How was it?", "hotel@solvik.example", ["nora@example.com"])


def test_a_mail_of_the_test_process_arrives_over_a_real_connection(smtp_server):
    send("Thank you, Åse")

    [mail] = smtp_server.messages
    assert mail.recipients == ["nora@example.com"]
    assert mail.parsed["Subject"] == "Thank you, Åse"


@pytest.mark.parametrize(
    ("behaviour", "error", "kept"),
    [
        (Behaviour.REFUSE_RECIPIENT, smtplib.SMTPRecipientsRefused, 0),
        (Behaviour.REFUSE, smtplib.SMTPDataError, 0),
        (Behaviour.BUSY, smtplib.SMTPDataError, 0),
        (Behaviour.DROP_BEFORE_DATA, smtplib.SMTPServerDisconnected, 0),
        (Behaviour.DROP_AFTER_DATA, smtplib.SMTPServerDisconnected, 1),
        (Behaviour.HANG, smtplib.SMTPServerDisconnected, 1),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_each_behaviour_is_what_a_client_meets(
    smtp_server, settings, behaviour, error, kept
):
    settings.EMAIL_TIMEOUT = 0.3
    smtp_server.behave(behaviour)

    with pytest.raises(error):
        send()

    assert len(smtp_server.messages) == kept


def test_after_the_script_mail_is_accepted_again(smtp_server):
    smtp_server.behave(Behaviour.REFUSE)
    with pytest.raises(smtplib.SMTPDataError):
        send()

    send()

    assert len(smtp_server.messages) == 1
