"""What each provider wants in the DNS of the domain that a house writes from.

Read from their pages on domains, 2026. Where a provider makes up the names itself, only
its own pages can show them.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProviderRecords:
    """``spf`` is what the provider's servers go by in SPF; ``spf_under`` the name below
    the domain where it stands, as some send back to a name of their own.

    ``keys`` are the names under which DKIM keys stand, with where each leads to; empty
    where the provider shows the key itself. ``inbound`` takes mail in.
    """

    spf: str = ""
    spf_under: str = ""
    keys: tuple[tuple[str, str], ...] = ()
    inbound: tuple[str, ...] = ()


RECORDS: Mapping[str, ProviderRecords] = {
    "amazon_ses": ProviderRecords(spf="amazonses.com", spf_under="mail"),
    "brevo": ProviderRecords(
        spf="spf.brevo.com",
        keys=(("brevo1", ""), ("brevo2", "")),
        inbound=("inbound1.sendinblue.com", "inbound2.sendinblue.com"),
    ),
    "mailersend": ProviderRecords(
        spf="_spf.mailersend.net",
        keys=(("mlsend2", "mlsend2._domainkey.mailersend.net"),),
        inbound=("inbound.mailersend.net",),
    ),
    "mailgun": ProviderRecords(
        spf="mailgun.org",
        inbound=(
            "mxa.eu.mailgun.org",
            "mxb.eu.mailgun.org",
            "mxa.mailgun.org",
            "mxb.mailgun.org",
        ),
    ),
    "mailjet": ProviderRecords(
        spf="spf.mailjet.com",
        keys=(("mailjet", ""),),
        inbound=("parse.mailjet.com",),
    ),
    "mailtrap": ProviderRecords(
        keys=(
            ("rwmt1", "rwmt1.dkim.smtp.mailtrap.live"),
            ("rwmt2", "rwmt2.dkim.smtp.mailtrap.live"),
        ),
    ),
    "mandrill": ProviderRecords(
        spf="spf.mandrillapp.com",
        keys=(("mte1", "dkim1.mandrillapp.com"), ("mte2", "dkim2.mandrillapp.com")),
    ),
    "postmark": ProviderRecords(inbound=("inbound.postmarkapp.com",)),
    "resend": ProviderRecords(
        spf="amazonses.com", spf_under="send", keys=(("resend", ""),)
    ),
    "scaleway": ProviderRecords(spf="_spf.tem.scaleway.com"),
    "sendgrid": ProviderRecords(
        keys=(("s1", ""), ("s2", "")), inbound=("mx.sendgrid.net",)
    ),
    "sparkpost": ProviderRecords(
        inbound=("rx1.sparkpostmail.com", "rx2.sparkpostmail.com")
    ),
}
