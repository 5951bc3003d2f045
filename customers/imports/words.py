"""Words that stand for a yes, a language, a country or a state, in seven languages."""

from collections.abc import Iterable
from functools import lru_cache

from babel import Locale
from babel.core import get_global
from django.conf import settings

from crm.core.regions import is_country
from crm.core.text import plain_words
from customers.imports.bad_cells import BadCell
from customers.models import Visit


def _folded(words: str) -> frozenset[str]:
    return frozenset(plain_words(word) for word in words.split("|"))


_YES = _folded(
    "yes|y|true|t|1|x|on|ja|j|sant|sann|wahr|kyllä|k|tosi|jo|sand|ok|checked|vip|v"
    "|subscribed|opt in|opted in|optin|granted|accepted|agreed|confirmed|påmeldt|tilmeldt"
    "|angemeldet|samtykket|samtycker"
) | {"✓", "✔", "☑"}
_NO = _folded(
    "no|n|false|f|0|off|nei|nej|nein|ei|usant|falsk|falsch|epätosi|none|ingen|keine"
    "|unsubscribed|opt out|opted out|optout|denied|declined|withdrawn|pending|cleaned"
    "|avmeldt|frameldt|abgemeldet|bounced|unknown|not subscribed|non subscribed|usand"
) | {"✗", "✘", "☐"}


def read_yes_no(cell: str) -> bool | None:
    """Return a yes or a no; None for a dash. Raise BadCell for anything else."""
    word = plain_words(cell)
    if word in _YES or cell.strip() in _YES:
        return True
    if word in _NO or cell.strip() in _NO:
        return False
    if not word:
        return None
    if word.startswith("vip"):
        return True
    raise BadCell("not_yes_no")


_STATES = {
    Visit.State.BOOKED: (
        "booked|confirmed|reserved|definite|guaranteed|tentative|pending|new|due in"
        "|expected|arriving|optional|ok|bekreftet|bestilt|reservert|booket|bekräftad|bokad"
        "|reserverad|bekræftet|bestilt|reserveret|vahvistettu|varattu|bestätigt|gebucht"
        "|reserviert|stadfesta|tinga|bestilling|open|active"
    ),
    Visit.State.IN_HOUSE: (
        "in house|inhouse|checked in|check in|arrived|seated|due out|innsjekket|ankommet"
        "|incheckad|indtjekket|i huset|kirjautunut|saapunut|eingecheckt|im haus|angereist"
        "|innsjekka|current|staying"
    ),
    Visit.State.COMPLETED: (
        "completed|complete|done|checked out|check out|departed|closed|finished|stayed"
        "|paid|invoiced|utsjekket|avreist|fullført|gjennomført|utcheckad|avrest|genomförd"
        "|udtjekket|afrejst|gennemført|lähtenyt|valmis|toteutunut|ausgecheckt|abgereist"
        "|abgeschlossen|utsjekka|history|actual|left|honoured|honored"
    ),
    Visit.State.CANCELLED: (
        "cancelled|canceled|cancel|cxl|void|voided|deleted|declined|rejected|avbestilt"
        "|kansellert|avlyst|annullert|avbokad|avbokat|inställd|makulerad|aflyst|annulleret"
        "|peruttu|peruutettu|storniert|abgesagt|annulliert|avbestilt av gjest|kanselert"
        "|refunded|expired"
    ),
    Visit.State.NO_SHOW: (
        "no show|noshow|did not come|ikke møtt|møtte ikke|uteblitt|ikke vist|utebliven"
        "|uteblev|udeblev|udeblevet|ikke mødt|ei saapunut|nicht erschienen|nicht angereist"
        "|kom ikke|kom inte|ikkje møtt"
    ),
}
_STATE_WORDS = {
    word: state for state, words in _STATES.items() for word in _folded(words)
}

_KINDS = {
    Visit.Kind.STAY: (
        "stay|room|accommodation|hotel|lodging|night|overnatting|opphold|rom|hotell|boende"
        "|logi|rum|vistelse|ophold|overnatning|værelse|yöpyminen|majoitus|huone"
        "|übernachtung|aufenthalt|zimmer|opphald|cabin|apartment|suite"
    ),
    Visit.Kind.TABLE: (
        "table|restaurant|dinner|lunch|breakfast|brunch|meal|dining|bord|middag|lunsj"
        "|frokost|servering|frukost|aftensmad|pöytä|ravintola|illallinen|lounas|tisch"
        "|abendessen|mittagessen|frühstück|café|cafe|spa"
    ),
    Visit.Kind.TOUR: (
        "tour|activity|excursion|trip|tur|aktivitet|utflukt|omvisning|utflykt|guidning"
        "|udflugt|retki|aktiviteetti|opastus|tour|ausflug|führung|aktivität|experience"
    ),
    Visit.Kind.EVENT: (
        "event|conference|meeting|wedding|party|course|arrangement|konferanse|møte|bryllup"
        "|selskap|kurs|konferens|möte|bröllop|fest|konference|møde|tapahtuma|kokous|häät"
        "|kokoukset|veranstaltung|tagung|hochzeit|feier|seminar|group"
    ),
}
_KIND_WORDS = {word: kind for kind, words in _KINDS.items() for word in _folded(words)}


def read_state(cell: str) -> str | None:
    """Return a state of a visit. In a column “cancelled”, a yes is one. Raise BadCell."""
    word = plain_words(cell)
    if state := _STATE_WORDS.get(word):
        return str(state)
    if word in _YES:
        return str(Visit.State.CANCELLED)
    if word in _NO:
        return None
    raise BadCell("unknown_state")


def read_kind(cell: str) -> str:
    """Return a kind of visit. Raise BadCell."""
    if kind := _KIND_WORDS.get(plain_words(cell)):
        return str(kind)
    raise BadCell("unknown_kind")


def read_language(cell: str) -> str:
    """Return one of our languages, from ``nb-NO``, ``Norwegian`` or ``norsk``.

    Raise BadCell for every other.
    """
    word = plain_words(cell)
    code = _languages().get(word) or _languages().get(word.partition(" ")[0])
    if not code:
        raise BadCell("unknown_language")
    return code


def read_country(cell: str) -> str:
    """Return the ISO code of a country, from its name or code. Raise BadCell."""
    code = _countries().get(plain_words(cell))
    if not code:
        raise BadCell("unknown_country")
    return code


_LANGUAGE_CODES = {
    "no": "nb", "nor": "nb", "nob": "nb", "norsk": "nb", "bokmal": "nb", "nno": "nn",
    "nynorsk": "nn", "swe": "sv", "dan": "da", "dk": "da", "fin": "fi", "deu": "de",
    "ger": "de", "eng": "en", "gb": "en", "us": "en", "se": "sv",
}  # fmt: skip


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    ours = [code for code, _name in settings.LANGUAGES]
    words = dict(_LANGUAGE_CODES)
    for code in ours:
        words[code] = code
        for locale in _locales():
            words.setdefault(plain_words(locale.languages[code]), code)
    for locale in _locales():
        words.setdefault(plain_words(locale.languages["no"]), "nb")
    return words


_COUNTRY_WORDS = {
    "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "great britain": "GB",
    "storbritannia": "GB", "usa": "US", "us": "US", "united states of america": "US",
    "holland": "NL", "norge": "NO", "noreg": "NO", "deutschland": "DE", "brd": "DE",
}  # fmt: skip


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    words = dict(_COUNTRY_WORDS)
    for three, codes in get_global("territory_aliases").items():
        if len(three) == 3 and three.isalpha() and is_country(codes[0]):
            words.setdefault(three.lower(), codes[0])
    for locale in _locales():
        for code, name in locale.territories.items():
            if is_country(code) and code.isalpha():
                words.setdefault(code.lower(), code)
                words.setdefault(plain_words(name), code)
    return words


def _locales() -> Iterable[Locale]:
    return [Locale.parse(code) for code, _name in settings.LANGUAGES]
