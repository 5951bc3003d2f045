"""Give each copy of a guest a name, an address and numbers of their own."""

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from django.db import connection
from psycopg import sql

from crm.core.text import one_spelling, plain_words
from crm.devtools.demo.name_pools import pool_names
from crm.devtools.demo.people import MAIL_DOMAINS, firm_domain
from crm.devtools.demo.towns import HOMES
from crm.tenancy.models import Business
from customers.searching.lines import other_spellings

_TABLES = {
    "demo_pool": """country text, kind text, rank int, said text, folded text,
        spelled text, doubled text, mailbox text, mailbox_folded text, sort_key text""",
    "demo_firm": """id bigint, folded text, spelled text, domain text,
        domain_folded text""",
    "demo_domain": "number int, name text, folded text",
    "demo_dialled": "country text, calling_code text, low bigint, high bigint",
}
_POOL_SIZES = """
CREATE TEMP TABLE demo_pool_size ON COMMIT DROP AS
SELECT country, kind, count(*) AS size FROM demo_pool GROUP BY country, kind
"""
# Names are drawn as they are spread: one in a hundred has the most usual one.
_COPIES = """
CREATE TEMP TABLE demo_copy ON COMMIT DROP AS
WITH drawn AS MATERIALIZED (
    SELECT i, template.t, template.guest_id AS template_id, visits, has_email, has_phone,
           7 * (low + floor(random() * (high - low + 1)))::int AS days,
           CASE WHEN random() < 0.52 THEN 'women' ELSE 'men' END AS sex,
           random() AS given_at, random() AS family_at, random() AS number_at,
           random() AS phone_at
    FROM demo_cast JOIN demo_template AS template USING (t)
), named AS (
    SELECT drawn.*, guest.country, guest.company_id, guest.display_name,
           guest.given_name, guest.family_name, guest.name_sort_key, guest.search_text,
           floor(9 * power((given.size + 9) / 9.0, given_at) - 9)::int AS given_rank,
           floor(25 * power((family.size + 25) / 25.0, family_at) - 25)::int
               AS family_rank
    FROM drawn JOIN customers_guest AS guest ON guest.id = template_id
    LEFT JOIN demo_pool_size AS given
      ON given.country = guest.country AND given.kind = 'given ' || sex
    LEFT JOIN demo_pool_size AS family
      ON family.country = guest.country AND family.kind = 'family ' || sex
)
SELECT i, t, template_id, days, {first_guest} + i AS guest_id, has_email,
       has_phone AND phone.number IS NOT NULL AS has_phone,
       {first_visit} + sum(visits) OVER (ORDER BY i) - visits AS first_visit,
       coalesce(given.said || ' ' || family.said, display_name) AS display_name,
       coalesce(given.said, given_name) AS given_name,
       coalesce(family.said, family_name) AS family_name,
       coalesce(family.sort_key || ' ' || given.sort_key, name_sort_key) AS sort_key,
       CASE WHEN given.said IS NULL THEN
           concat_ws('|', split_part(search_text, '|', 2), split_part(search_text, '|', 3),
                     split_part(search_text, '|', 4))
       ELSE
           concat(' ', given.folded, ' ', family.folded, ' | ', family.folded, ' ',
                  given.folded, ' | ', concat_ws(' / ', firm.folded, nullif(concat_ws(
                      ' ', given.spelled, family.spelled, given.doubled, family.doubled,
                      firm.spelled), '')), ' ')
       END AS names_folded,
       coalesce(given.mailbox || '.' || family.mailbox, 'gjest.') || i AS mailbox,
       coalesce(given.mailbox_folded || ' ' || family.mailbox_folded, 'gjest ') || i
           AS mailbox_folded,
       coalesce(firm.domain, domain.name) AS domain,
       coalesce(firm.domain_folded, domain.folded) AS domain_folded,
       CASE WHEN number_at < 0.25 THEN 'SV' || {first_guest} + i ELSE '' END
           AS member_number,
       dialled.calling_code, phone.number
FROM named
LEFT JOIN demo_pool AS given ON given.country = named.country
  AND given.kind = 'given ' || sex AND given.rank = given_rank
LEFT JOIN demo_pool AS family ON family.country = named.country
  AND family.kind = 'family ' || sex AND family.rank = family_rank
LEFT JOIN demo_firm AS firm ON firm.id = company_id
LEFT JOIN demo_dialled AS dialled ON dialled.country = named.country
LEFT JOIN demo_domain AS domain ON domain.number = i % {domains}
CROSS JOIN LATERAL (
    SELECT (dialled.low + floor(phone_at * (dialled.high - dialled.low)))::bigint::text AS number
) AS phone
"""


def name_copies(
    business: Business, *, first_guest: int, first_visit: int, rng: Random
) -> None:
    """Make ``demo_copy``, a row for each guest to be, from ``demo_cast``."""
    _fill("demo_pool", pool_names(business.language, rng))
    _fill("demo_firm", map(_firm, business.companies.values_list("pk", "name")))
    _fill("demo_domain", (_domain(*numbered) for numbered in enumerate(MAIL_DOMAINS)))
    _fill("demo_dialled", (_dialled(country) for country in HOMES))
    with connection.cursor() as cursor:
        cursor.execute(_POOL_SIZES)
        cursor.execute("ANALYZE demo_pool_size, demo_template")
        cursor.execute("SELECT setseed(%s)", [rng.random()])
        cursor.execute(
            sql.SQL(_COPIES).format(
                first_guest=first_guest,
                first_visit=first_visit,
                domains=len(MAIL_DOMAINS),
            )
        )


def _fill(table: str, rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {table} ({_TABLES[table]}) ON COMMIT DROP")
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row([None if value == "" else value for value in row])
        cursor.execute(f"ANALYZE {table}")


def _fold(text: str) -> str:
    return one_spelling(plain_words(text))


def _firm(row: tuple[int, str]) -> tuple[int, str, str, str, str]:
    pk, name = row
    domain = firm_domain(name)
    return pk, _fold(name), other_spellings(name), domain, _fold(domain)


def _domain(number: int, name: str) -> tuple[int, str, str]:
    return number, name, _fold(name)


def _dialled(country: str) -> tuple[str, str, int, int]:
    """Return between which numbers the first kind of mobile lies there."""
    home = HOMES[country]
    pattern = home.mobiles[0]
    low = int(pattern.replace("x", "0"))
    return country, home.calling_code, low, low + 10 ** pattern.count("x")
