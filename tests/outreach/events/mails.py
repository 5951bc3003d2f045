"""Mails as servers really write them."""

from email.message import EmailMessage

DSN = """\
Return-Path: <>
From: MAILER-DAEMON@mx.post.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-Id: <dsn-1@mx.post.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

<nora@post.example>: host mx.post.example said: {said}

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.solvik.example
Arrival-Date: Sun, 22 Nov 2026 09:00:00 +0100 (CET)

Final-Recipient: rfc822; nora@post.example
Original-Recipient: rfc822;nora@post.example
Action: {action}
Status: {status}
Remote-MTA: dns; mx.post.example
Diagnostic-Code: smtp; {said}

--b1
Content-Type: {original}

Message-ID: <{uuid}@solvik.example>
From: Casa Alba <post@solvik.example>
To: nora@post.example
Subject: Takk

--b1--
"""

ARF = """\
From: <abuse@post.example>
To: {to}
Subject: FW: Takk
Message-ID: <arf-1@post.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b1"

--b1
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report for an email message.

--b1
Content-Type: message/feedback-report

Feedback-Type: {feedback}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: <nora@post.example>

--b1
Content-Type: message/rfc822

From: <post@solvik.example>
Message-ID: <{uuid}@solvik.example>
Subject: Takk

Hei
--b1--
"""

QMAIL = """\
Return-Path: <>
From: MAILER-DAEMON@qmail.example
To: {to}
Subject: failure notice
Message-ID: <qmail-1@qmail.example>

Hi. This is the qmail-send program at qmail.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<nora@post.example>:
Sorry, no mailbox here by that name. {said}

--- Below this line is a copy of the message.

Return-Path: <post@solvik.example>
"""


def returned(
    *,
    to="bounce@svar.solvik.example",
    uuid="",
    action="failed",
    status="5.1.1",
    said="550 5.1.1 User unknown",
    original="message/rfc822",
) -> bytes:
    text = DSN.format(
        to=to, uuid=uuid, action=action, status=status, said=said, original=original
    )
    return text.encode()


def abused(*, uuid, to="abuse@svar.solvik.example", feedback="abuse") -> bytes:
    return ARF.format(to=to, uuid=uuid, feedback=feedback).encode()


def by_qmail(*, to, said="") -> bytes:
    return QMAIL.format(to=to, said=said).encode()


def an_answer(
    text="Takk, vi gleder oss!",
    *,
    to="reply@svar.solvik.example",
    sender="Nora Østby <nora@post.example>",
    name="<answer-1@post.example>",
    html="",
    **headers,
) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, "Re: Takk for besøket"
    if name:
        mail["Message-ID"] = name
    for key, value in headers.items():
        mail[key.replace("_", "-")] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail.as_bytes()
