import pytest

from outreach.sms.senders import InvalidSender, Sender, SenderKind, read_sender


@pytest.mark.parametrize(
    ("typed", "sender"),
    [
        ("Solvik", Sender("Solvik", SenderKind.NAME)),
        (" Casa  Alba ", Sender("Casa Alba", SenderKind.NAME)),
        ("Sjøbua", Sender("Sjøbua", SenderKind.NAME)),
        ("Sjo\u0308bua", Sender("Sjöbua", SenderKind.NAME)),
        ("Hotel 1899", Sender("Hotel 1899", SenderKind.NAME)),
        ("12345678901", None),
        ("2333", Sender("2333", SenderKind.SHORT)),
        ("02000", Sender("02000", SenderKind.SHORT)),
        ("406 12 345", Sender("+4740612345", SenderKind.NUMBER)),
        ("+46 70 123 45 67", Sender("+46701234567", SenderKind.NUMBER)),
        ("Tolv bokstaver", None),
        ("Čáhppe", None),
        ("€uro", None),
        ("12", None),
        ("...", None),
        ("", None),
    ],
)
def test_a_sender_is_a_name_a_number_or_a_short_number(typed, sender):
    if sender is not None:
        assert read_sender(typed, country="NO") == sender
        return
    with pytest.raises(InvalidSender, match=r"\.$|\?$"):
        read_sender(typed, country="NO")


@pytest.mark.parametrize(
    ("typed", "needs_link"), [("Solvik", True), ("2333", False), ("40612345", False)]
)
def test_only_advertising_from_a_name_needs_a_link_to_say_no(typed, needs_link):
    sender = read_sender(typed, country="NO")

    assert (sender.needs_opt_out_link, sender.may_be_answered) == (
        needs_link,
        not needs_link,
    )


@pytest.mark.parametrize(
    ("typed", "is_safe"),
    [("Casa Alba", True), ("Sjøbua", False), ("Bar&Co", False), ("2333", True)],
)
def test_letters_beyond_a_to_z_are_not_shown_everywhere(typed, is_safe):
    assert read_sender(typed, country="NO").is_safe is is_safe
