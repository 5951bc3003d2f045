"""What leaves over SMTP, byte by byte."""

import re
from email import message_from_bytes
from email.policy import Compat32

from django.core.mail import EmailMultiAlternatives
from hypothesis import given
from hypothesis import strategies as st

from outreach.email.parcels import PlainWords, packed

_OURS = PlainWords(linesep="\r\n")
_PYTHONS = Compat32(linesep="\r\n")


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=90))
def test_plain_words_are_what_folding_comes_to(value):
    for name in ("To", "List-Unsubscribe"):
        folded = _PYTHONS.fold_binary(name, value)
        assert _OURS.fold_binary(name, value) == folded


def test_both_bodies_come_out_as_they_went_in():
    mail = EmailMultiAlternatives(
        "Høst", "Kjære Åse\n.\nDet er høst.", '"Måne" <hei@maane.no>', ["ase@post.no"]
    )
    mail.attach_alternative("<p>Kjære Åse</p>" + "<b>høst</b>" * 200, "text/html")

    parcel = packed(mail)

    assert parcel.recipient == "ase@post.no"
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\r\n\.\r\n", parcel.text)
    undoubled = parcel.text.replace(b"\r\n..", b"\r\n.")
    words, markup = message_from_bytes(undoubled).get_payload()
    assert words.get_payload(decode=True).decode().split() == mail.body.split()
    assert markup.get_payload(decode=True).decode() == mail.alternatives[0].content


def test_no_two_mails_have_the_same_boundary():
    mail = EmailMultiAlternatives("Hi", "Hi", "a@b.no", ["c@d.no"])
    mail.attach_alternative("<p>Hi</p>", "text/html")

    found = {
        message_from_bytes(packed(mail).text).get_boundary() for _time in range(20)
    }

    assert len(found) == 20
