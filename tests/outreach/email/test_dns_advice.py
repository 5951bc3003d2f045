import socket
import threading
import time

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from outreach.email.dns_advice import Questions, State, dns_advice, sender_domain
from outreach.email.dns_records import RECORDS
from outreach.email.providers import PROVIDERS


class DnsStandIn:
    """A name server over a real socket. ``knows`` maps (name, kind) to what it says."""

    def __init__(self):
        self.knows = {}
        self.asked = []
        self.is_silent = False
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def resolver(self):
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], self.port
        return resolver

    def stop(self):
        end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        end.sendto(b"", ("127.0.0.1", self.port))
        end.close()
        self._thread.join(5)
        self._socket.close()

    def _serve(self):
        while True:
            wire, sender = self._socket.recvfrom(4096)
            if not wire:
                return
            query = dns.message.from_wire(wire)
            (question,) = query.question
            name = question.name.to_text(omit_final_dot=True)
            kind = dns.rdatatype.to_text(question.rdtype)
            self.asked.append((name, kind))
            if not self.is_silent:
                self._socket.sendto(self._answer(query, name, kind), sender)

    def _answer(self, query, name, kind):
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if (name, "CNAME") in self.knows:
            (target,) = self.knows[name, "CNAME"]
            answer.answer.append(
                dns.rrset.from_text(name + ".", 60, "IN", "CNAME", target)
            )
            name = target.rstrip(".")
        if rows := self.knows.get((name, kind)):
            answer.answer.append(dns.rrset.from_text(name + ".", 60, "IN", kind, *rows))
        elif not any(known == name for known, _kind in self.knows):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire()


@pytest.fixture
def server():
    stand_in = DnsStandIn()
    yield stand_in
    stand_in.stop()


@pytest.fixture
def account(casa_alba):
    account = casa_alba.provider_accounts.get(channel="email")
    account.provider, account.sender = "mailersend", "hei@solvik.example"
    return account


def advice(account, server):
    found = dns_advice(account, questions=Questions(server.resolver()))
    return {one.purpose: one for one in found}


def test_a_domain_with_nothing_is_told_what_to_add(account, server):
    found = advice(account, server)

    assert [(one.kind, one.name, one.value, one.state) for one in found.values()] == [
        (
            "TXT",
            "solvik.example",
            "v=spf1 include:_spf.mailersend.net ~all",
            State.MISSING,
        ),
        (
            "CNAME",
            "mlsend2._domainkey.solvik.example",
            "mlsend2._domainkey.mailersend.net",
            State.MISSING,
        ),
        ("TXT", "_dmarc.solvik.example", "v=DMARC1; p=none", State.MISSING),
    ]


def test_a_domain_that_is_set_up_is_fine(account, server):
    server.knows = {
        ("solvik.example", "TXT"): [
            '"google-site-verification=x"',
            '"v=spf1 mx include:_spf.mailersend.net -all"',
        ],
        ("mlsend2._domainkey.solvik.example", "CNAME"): ["key.mailersend.example."],
        ("key.mailersend.example", "TXT"): ['"v=DKIM1; k=rsa; p=MIGf" "MA0G"'],
        ("_dmarc.solvik.example", "TXT"): ['"v=DMARC1; p=quarantine"'],
    }

    found = advice(account, server)

    assert {one.state for one in found.values()} == {State.OK}
    assert found["DKIM"].found == ("v=DKIM1; k=rsa; p=MIGfMA0G",)


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        (['"v=spf1 mx -all"'], "v=spf1 mx include:_spf.mailersend.net -all"),
        (['"v=spf1 a mx"'], "v=spf1 a mx include:_spf.mailersend.net"),
        (
            ['"v=spf1 mx ~all"', '"v=spf1 a -all"'],
            "v=spf1 {} include:_spf.mailersend.net {}",
        ),
    ],
    ids=["others", "no all", "two"],
)
def test_an_spf_record_without_the_provider_is_shown_with_it(
    account, server, texts, value
):
    server.knows = {("solvik.example", "TXT"): texts}

    found = advice(account, server)["SPF"]

    assert found.state == State.DIFFERS
    if "{}" in value:
        assert found.value in {value.format("mx", "~all"), value.format("a", "-all")}
        assert len(found.found) == 2
    else:
        assert found.value == value


def test_a_key_that_was_taken_back_is_none(account, server):
    server.knows = {
        ("mlsend2._domainkey.solvik.example", "TXT"): ['"v=DKIM1; k=rsa; p="']
    }

    assert advice(account, server)["DKIM"].state == State.DIFFERS


def test_the_domain_above_speaks_for_one_below(account, server):
    account.sender = "hei@mail.solvik.example"
    server.knows = {("_dmarc.solvik.example", "TXT"): ['"v=DMARC1;p=none"']}

    assert advice(account, server)["DMARC"].state == State.OK


def test_a_dmarc_record_that_says_nothing_differs(account, server):
    server.knows = {("_dmarc.solvik.example", "TXT"): ['"v=DMARC1; rua=mailto:a@b.no"']}

    found = advice(account, server)["DMARC"]

    assert (found.state, found.value) == (State.DIFFERS, "v=DMARC1; p=none")


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([], State.MISSING),
        (["10 Inbound.MailerSend.net."], State.OK),
        (["10 mail.solvik.example."], State.DIFFERS),
    ],
    ids=["none", "theirs", "another"],
)
def test_answers_need_a_place_to_come_to(account, server, rows, state):
    account.inbound_domain = "svar.solvik.example"
    server.knows = {("svar.solvik.example", "MX"): rows} if rows else {}

    found = advice(account, server)["MX"]

    assert (found.name, found.value, found.state) == (
        "svar.solvik.example", "inbound.mailersend.net", state,
    )  # fmt: skip


def test_a_plain_mail_server_is_known_to_its_keeper_only(account, server):
    account.provider, account.inbound_domain = "smtp", "svar.solvik.example"
    server.knows = {
        ("solvik.example", "TXT"): ['"v=spf1 mx -all"'],
        ("svar.solvik.example", "MX"): ["10 mail.solvik.example."],
    }

    found = advice(account, server)

    assert {name: one.state for name, one in found.items()} == {
        "SPF": State.SHOWN, "DKIM": State.SHOWN, "DMARC": State.MISSING, "MX": State.OK,
    }  # fmt: skip


def test_a_name_server_that_is_silent_costs_little_time(account, server):
    server.is_silent = True
    account.inbound_domain = "svar.solvik.example"
    begun = time.monotonic()

    found = dns_advice(account, questions=Questions(server.resolver(), seconds=0.6))

    assert {one.state for one in found} == {State.UNKNOWN}
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize(
    ("sender", "domain"),
    [
        ("hei@Solvik.example", "solvik.example"),
        ("hei@båten.example", "xn--bten-qoa.example"),
        ("hei@localhost", ""),
        ("hei@" + "a" * 64 + ".no", ""),
    ],
)
def test_the_domain_is_that_of_the_sender(account, sender, domain):
    account.sender = sender

    assert sender_domain(account) == domain


def test_without_a_domain_there_is_nothing_to_set_up(account, server):
    account.sender = "hei@localhost"

    assert advice(account, server) == {}
    assert server.asked == []


def test_records_belong_to_providers_there_are():
    assert set(RECORDS) <= set(PROVIDERS)
