import dns.resolver
import pytest

from outreach.models import ProviderAccount
from tests.outreach.email.test_dns_advice import DnsStandIn
from tests.outreach.sms.builders import make_sms_account


@pytest.fixture
def account(casa_alba):
    return casa_alba.provider_accounts.get(channel="email")


@pytest.fixture
def dns_server(monkeypatch):
    """The name server of this machine, as far as anybody here knows."""
    stand_in = DnsStandIn()

    def configure(resolver, _path):
        resolver.nameservers, resolver.port = ["127.0.0.1"], stand_in.port

    monkeypatch.setattr(dns.resolver.Resolver, "read_resolv_conf", configure)
    yield stand_in
    stand_in.stop()


def path_of(account, act=""):
    return f"/casa-alba/outreach/sending/{account.uuid}/{act}"


def write_from(account, domain):
    ProviderAccount.objects.filter(pk=account.pk).update(
        provider="mailersend", sender=f"post@{domain}"
    )


def test_what_is_missing_is_shown_to_be_entered(as_alba, account, dns_server):
    write_from(account, "solvik.example")

    page = as_alba.get(path_of(account, "records/"))

    assert "<b>3 records</b> need a look." in page.text
    assert 'data-copy="v=spf1 include:_spf.mailersend.net ~all"' in page.text
    assert "<code>mlsend2._domainkey.solvik.example</code>" in page.text


def test_a_domain_that_is_set_up_is_said_to_be(as_alba, account, dns_server):
    write_from(account, "solvik.example")
    dns_server.knows = {
        ("solvik.example", "TXT"): ['"v=spf1 include:_spf.mailersend.net ~all"'],
        ("mlsend2._domainkey.solvik.example", "TXT"): ['"v=DKIM1; p=MIGf"'],
        ("_dmarc.solvik.example", "TXT"): ['"v=DMARC1; p=none"'],
    }

    page = as_alba.get(path_of(account, "records/"))

    assert "Yes: every record is in order." in page.text


def test_the_page_of_the_account_asks_nobody_by_itself(as_alba, account, dns_server):
    write_from(account, "solvik.example")

    page = as_alba.get(path_of(account))

    assert dns_server.asked == []
    assert f'hx-get="{path_of(account, "records/")}"' in page.text
    assert f'<a href="{path_of(account, "records/")}">' in page.text


def test_htmx_gets_only_the_records(as_alba, account, dns_server):
    write_from(account, "solvik.example")

    part = as_alba.get(path_of(account, "records/"), headers={"hx-request": "true"})

    assert part.text.lstrip().startswith('<div class="stack">')


def test_a_sender_without_a_domain_has_nothing_to_enter(
    as_alba, account, dns_server, settings
):
    settings.DEFAULT_FROM_EMAIL = "gjensyn@localhost"

    page = as_alba.get(path_of(account))
    records = as_alba.get(path_of(account, "records/"))

    assert page.context["has_records"] is False
    assert "nothing to enter" in records.text
    assert dns_server.asked == []


def test_sms_have_no_records(as_alba, casa_alba, dns_server):
    account = make_sms_account(casa_alba)

    assert as_alba.get(path_of(account)).context["has_records"] is False
    assert as_alba.get(path_of(account, "records/")).context["records"] == []
    assert dns_server.asked == []
