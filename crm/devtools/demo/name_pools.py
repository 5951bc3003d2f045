"""Many names of a place, the usual ones first: what a register of a million would hold."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from crm.core.text import (
    name_sort_key,
    one_spelling,
    plain_words,
    search_key,
    written_out,
)
from crm.devtools.demo import names
from crm.devtools.demo.names import People

_PEOPLES = (
    names.NORWEGIAN, names.SWEDISH, names.DANISH, names.FINNISH, names.ICELANDIC,
    names.GERMAN, names.DUTCH, names.BRITISH, names.POLISH, names.SPANISH, names.FRENCH,
    names.GREEK, names.UKRAINIAN, names.ARAB, names.JAPANESE, names.CHINESE,
    names.AMERICAN,
)  # fmt: skip

# Farms, brooks and hills: most families are called after one, few after the same.
_NORDIC_BEGINNINGS = """Nord Sør Øst Vest Bjørk Sol Berg Haug Mo Lund Skog Fjell Sand Nes
    Eik Gran Kvam Rog Stein Hol Brekk Elv Foss Grav Jor Kal Lang Mel Ny Øde Rand Sjø Tor
    Ulv Vang Aks Bru Dyr Eng Fager Gjer Hell Inn Kjør Løv Myr Ran Sæl Tveit Ull Våg Aur
    Bred Drag Egge Fure Gul Hov Kirke Leir Mid Opp Prest Ramm Skarp Tind Utne Vind"""
_NORWEGIAN_ENDINGS = """heim haug stad land vik nes dal berg bø set rud moen eng bakk lund
    holm vold tveit sund hjell ås gård lid øy mark bråten hus tun vang åker"""
_SWEDISH_ENDINGS = """qvist ström gren lund berg dahl mark sten holm stedt man ner blad
    rot fors näs hag bäck löf vall"""
_DANISH_ENDINGS = """gaard toft bjerg skov holm dal lund rup borg vang krog høj bæk strup
    sted lev kjær dam"""
_GERMAN_BEGINNINGS = """Acker Alt Berg Birken Brand Buch Eber Eich Erl Fels Feld Forst Gras
    Grün Hammer Hasel Hein Hirsch Hof Kalten Kirch Klein Kohl Kranz Linden Mühl Neu Ober
    Rosen Roth Sand Schön Schwarz Stein Stern Tann Unter Wald Wein Weiß Wester Wolf Zell"""
_GERMAN_ENDINGS = """mann er bauer maier stein feld hauser bach wald ner müller berger
    brunner thaler kamp hoff dorf beck"""
_ENGLISH_BEGINNINGS = """Ash Beck Black Brad Brook Clay Cross Dal East Ed Fair Green Hal Ham
    Hart Hay Hill King Lang Mar Mid Mill Mor New North Oak Pres Red Rad Shel South Stan
    Thorn Under Wake Wal West Whit Wood"""
_ENGLISH_ENDINGS = """ton ford ley well wood field bury worth ham by man son shaw croft
    bridge stone more den land hurst"""
_FINNISH_BEGINNINGS = """Ahola Alho Haapa Harju Heino Joki Kallio Kangas Kivi Korpi Koski
    Kuusi Laakso Lahti Lampi Lehto Mäki Metsä Niemi Oja Pelto Raja Ranta Saari Salmi Salo
    Suo Tammi Tuomi Vaara Vesa Ylä"""
_FINNISH_ENDINGS = (
    "nen la maa järvi niemi mäki ranta lahti saari aho vaara pelto koski salo"
)
_DUTCH_BEGINNINGS = """van_der_Berg van_der_Broek van_der_Heide van_der_Linde van_der_Meer
    van_der_Mole van_der_Velde van_der_Wal van_der_Water van_der_Wind van_der_Zand"""
_DUTCH_ENDINGS = " hof veld straat dijk brink kamp donk"

_COMPOUNDS = {
    "NO": (_NORDIC_BEGINNINGS, "e s", _NORWEGIAN_ENDINGS),
    "SE": (
        _NORDIC_BEGINNINGS.replace("ø", "ö").replace("æ", "ä"),
        "",
        _SWEDISH_ENDINGS,
    ),
    "DK": (_NORDIC_BEGINNINGS, "e", _DANISH_ENDINGS),
    "FI": (_FINNISH_BEGINNINGS, "", _FINNISH_ENDINGS),
    "DE": (_GERMAN_BEGINNINGS, "en", _GERMAN_ENDINGS),
    "NL": (_DUTCH_BEGINNINGS, "", _DUTCH_ENDINGS),
    "GB": (_ENGLISH_BEGINNINGS, "er", _ENGLISH_ENDINGS),
    "US": (_ENGLISH_BEGINNINGS, "", _GERMAN_ENDINGS),
}


class PoolName(NamedTuple):
    """A name with everything a guest's row makes of it. ``rank`` 0 is the most usual."""

    country: str
    kind: str
    rank: int
    said: str
    folded: str
    spelled: str
    doubled: str
    mailbox: str
    mailbox_folded: str
    sort_key: str


def pool_names(language: str, rng: Random) -> Iterator[PoolName]:
    """Give the names of all places; families in the form for women and for men."""
    for people in _PEOPLES:
        families = [*people.families, *_made_up(people, rng)]
        columns = {
            "given women": people.women,
            "given men": people.men,
            "family women": [family.rpartition("/")[2] for family in families],
            "family men": [family.partition("/")[0] for family in families],
        }
        for kind, said in columns.items():
            for rank, name in enumerate(said):
                yield _pool_name(people.country, kind, rank, name, language)


def _made_up(people: People, rng: Random) -> list[str]:
    beginnings, links, endings = _COMPOUNDS.get(people.country, ("", "", ""))
    made = {
        f"{beginning}{link}{ending}".replace("_", " ")
        for beginning in beginnings.split()
        for link in ("", *links.split())
        for ending in endings.split()
    }
    shuffled = sorted(made - set(people.families))
    rng.shuffle(shuffled)
    return shuffled


def _pool_name(
    country: str, kind: str, rank: int, said: str, language: str
) -> PoolName:
    plain = plain_words(said)
    letters = "".join(
        sign if sign.isalnum() else " " for sign in search_key(said)
    ).split()
    mailbox = ".".join(letters)
    double = [word for word in search_key(said).split() if "-" in word.strip("-")]
    return PoolName(
        country=country,
        kind=kind,
        rank=rank,
        said=said,
        folded=one_spelling(plain),
        spelled=" ".join(
            written_out(word)
            for word in plain.split()
            if one_spelling(word) != written_out(word)
        ),
        doubled=" ".join(one_spelling(plain_words(w)).replace(" ", "") for w in double),
        mailbox=mailbox,
        mailbox_folded=one_spelling(plain_words(mailbox)),
        sort_key=name_sort_key(said, language),
    )
