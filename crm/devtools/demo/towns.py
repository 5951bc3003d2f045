"""Where guests live, and how a telephone number looks there."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Home:
    """An address and, in digits after the country code, what a mobile looks like.

    In ``mobile`` an ``x`` is any digit. Where a country keeps numbers for films, those.
    """

    towns: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]
    calling_code: str
    mobiles: tuple[str, ...]
    number_first: bool = False


def _home(
    towns: str,
    streets: str,
    calling_code: str,
    mobiles: str,
    *,
    number_first: bool = False,
) -> Home:
    pairs = (town.strip().rpartition(" ") for town in towns.split(","))
    return Home(
        tuple((name, code.replace("_", " ")) for name, _space, code in pairs),
        tuple(street.strip() for street in streets.split(",")),
        calling_code,
        tuple(mobiles.split()),
        number_first,
    )


NEAR = _home(
    """Stryn 6783, Loen 6789, Olden 6788, Innvik 6793, Nordfjordeid 6770, Hornindal 6763,
    Sandane 6823, Byrkjelo 6826, Måløy 6700, Florø 6900, Førde 6800, Skei 6843,
    Hellesylt 6218, Volda 6100, Ørsta 6150""",
    """Tonningsgata, Perhusvegen, Strandvegen, Fjordvegen, Setrevegen, Bøavegen,
    Kyrkjevegen, Nedrevegen, Øvregata, Elvevegen, Skulevegen, Tverrvegen""",
    "47",
    "4xxxxxxx 9xxxxxxx",
)
HOMES: dict[str, Home] = {
    "NO": _home(
        """Bergen 5003, Ålesund 6002, Oslo 0357, Oslo 0550, Trondheim 7011,
        Stavanger 4006, Kristiansand 4611, Drammen 3015, Hamar 2317, Lillehammer 2609,
        Tromsø 9008, Bodø 8006, Molde 6413, Sogndal 6856, Haugesund 5527, Karasjok 9730""",
        """Storgata, Kirkegata, Bjørkeveien, Skolegata, Ringveien, Parkveien, Solveien,
        Granlia, Åsveien, Havnegata, Fagerliveien, Lyngveien""",
        "47",
        "4xxxxxxx 9xxxxxxx",
    ),
    "SE": _home(
        "Malmö 211_20, Göteborg 411_05, Stockholm 113_30, Umeå 903_26, Örebro 702_10",
        "Storgatan, Kungsgatan, Björkvägen, Ängsvägen, Skolgatan",
        "46",
        "70174060x 70174063x",
    ),
    "DK": _home(
        "København K 1150, Aarhus C 8000, Odense C 5000, Aalborg 9000, Ribe 6760",
        "Vestergade, Skovvej, Nørregade, Åboulevarden, Møllevej",
        "45",
        "20xxxxxx 31xxxxxx",
    ),
    "FI": _home(
        "Helsinki 00100, Tampere 33100, Turku 20100, Oulu 90100, Jyväskylä 40100",
        "Koulukatu, Rantatie, Kirkkokatu, Mäkitie",
        "358",
        "40xxxxxxx 50xxxxxxx",
    ),
    "IS": _home("Reykjavík 101, Akureyri 600", "Laugavegur, Hafnarstræti", "354", "6xxxxxx"),
    "DE": _home(
        "Hamburg 20095, Köln 50667, München 80331, Münster 48143, Görlitz 02826",
        "Hauptstraße, Gartenweg, Bahnhofstraße, Lindenallee, Mühlenweg",
        "49",
        "151xxxxxxxx 170xxxxxxx",
    ),
    "NL": _home(
        "Utrecht 3511_AA, Groningen 9711_LM, Leiden 2311_EZ",
        "Kerkstraat, Dorpsweg, Prinsengracht",
        "31",
        "6xxxxxxxx",
    ),
    "GB": _home(
        "Edinburgh EH1_1AA, Bristol BS1_4ST, Leeds LS1_4AP, Llandudno LL30_2LP",
        "High Street, Church Lane, Mill Road, Station Road",
        "44",
        "7700900xxx",
        number_first=True,
    ),
    "PL": _home(
        "Gdańsk 80-830, Kraków 31-008, Łódź 90-001", "ulica Długa, ulica Polna", "48",
        "50xxxxxxx 66xxxxxxx",
    ),
    "ES": _home(
        "Bilbao 48001, Madrid 28004, A Coruña 15001", "Calle Mayor, Plaza Nueva", "34",
        "6xxxxxxxx",
    ),
    "FR": _home(
        "Lyon 69001, Nîmes 30000, Besançon 25000", "rue de la Paix, rue des Écoles", "33",
        "63998xxxx", number_first=True,
    ),
    "GR": _home("Athina 105_57, Chania 731_32", "Ermou, Odos Kanari", "30", "69xxxxxxxx"),
    "UA": _home("Lviv 79000, Kyiv 01001", "vulytsia Franka, Khreshchatyk", "380", "50xxxxxxx"),
    "AE": _home("Dubai 00000", "Al Wasl Road, Jumeirah Street", "971", "50xxxxxxx"),
    "JP": _home("Sapporo 060-0001, Kyoto 604-8005", "Kita 1-jo, Teramachi", "81", "90xxxxxxxx"),
    "CN": _home("Shanghai 200001, Chengdu 610015", "Nanjing Lu, Renmin Lu", "86", "138xxxxxxxx"),
    "US": _home(
        "Minneapolis 55401, Decorah 52101, Seattle 98101",
        "Main Street, Oak Avenue, Lake Drive",
        "1",
        "612555010x 206555011x",
        number_first=True,
    ),
    "ID": _home("Bandung 40111", "Jalan Braga", "62", "812xxxxxxxx"),
    "LB": _home("Beirut 1100", "Rue Hamra", "961", "3xxxxxx"),
    "IL": _home("Haifa 3303137", "Rehov HaGefen", "972", "50xxxxxxx"),
    "IE": _home("Galway H91_E2K3", "Quay Street", "353", "85xxxxxxx", number_first=True),
    "VN": _home("Hà Nội 100000", "Phố Huế", "84", "91xxxxxxx"),
}  # fmt: skip


def draw_address(home: Home, rng: Random) -> tuple[str, str, str]:
    """Return street, postal code and town."""
    town, code = rng.choice(home.towns)
    street, number = rng.choice(home.streets), rng.randint(1, 89)
    line = f"{number} {street}" if home.number_first else f"{street} {number}"
    return line, code, town


def draw_phone(home: Home, rng: Random) -> tuple[str, str]:
    """Return a number as somebody typed it, and as E.164."""
    pattern = rng.choice(home.mobiles)
    digits = "".join(
        str(rng.randrange(10)) if sign == "x" else sign for sign in pattern
    )
    e164 = f"+{home.calling_code}{digits}"
    style = rng.random()
    if style < 0.35:
        return e164, e164
    grouped = " ".join(_groups(digits))
    if style < 0.8 or home.calling_code != "47":
        return f"+{home.calling_code} {grouped}", e164
    return (grouped if style < 0.93 else f"0047{digits}"), e164


def _groups(digits: str) -> list[str]:
    if len(digits) == 8:
        return [digits[:3], digits[3:5], digits[5:]]
    return [digits[start : start + 3] for start in range(0, len(digits), 3)]
