"""What guests write: mostly kind, sometimes cross, in their own words and languages."""

from dataclasses import dataclass, field
from functools import lru_cache

# Topic and mood first, then the language. "any" fits every visit.
_COMMENTS: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    ("stay", "great"): {
        "nb": (
            "Fantastisk utsikt og en frokost vi snakker om ennå. Brødet!",
            "Resepsjonen husket navnet på hunden vår. Vi kommer igjen til høsten.",
            "Stille rom, god seng og ekte kaffe. Mer trenger man ikke.",
            "Ida i resepsjonen ordnet ferge og badstue på fem minutter. Tusen takk!",
            "Det føles som å komme hjem. Takk for at dere er dere.",
            "Fint rom mot fjorden. Håndskrevet kort på bordet var en hyggelig overraskelse.",
        ),
        "nn": (
            "Så triveleg! Me kjem att når plommene er mogne.",
            "Vart møtt med namn og eit glas eplemost. Det hugsar ein.",
            "Nydeleg frukost og flotte folk.",
        ),
        "en": (
            "The view from our window made me cry a little. In a good way.",
            "Best breakfast of our whole trip, and the staff remembered I take oat milk.",
            "We arrived late and wet, and there was soup waiting. We will be back.",
            "Spotless, quiet, kind. Thank you for the tip about the path behind the church.",
            "They moved our room without us asking when the band started. That is service.",
            "Très belle maison, accueil chaleureux. Merci pour tout !",
            "Volveremos sin duda. El desayuno, de diez.",
            "Heel vriendelijk ontvangst en een prachtige kamer aan het water.",
        ),
        "sv": (
            "Underbar frukost och världens utsikt. Vi kommer tillbaka!",
            "Personalen lärde sig våra namn på en kväll. Det värmer.",
            "Tyst, rent och vänligt. Precis vad vi behövde.",
        ),
        "da": (
            "Vi følte os så velkomne. Tak for den dejlige morgenmad!",
            "Skønt sted og søde mennesker. Vi ses igen næste sommer.",
        ),
        "de": (
            "Traumhafte Lage, sehr herzlicher Empfang. Wir kommen wieder.",
            "Das Frühstück mit Blick auf den Fjord war der Höhepunkt unserer Reise.",
            "Man merkt, dass hier Menschen arbeiten, die ihren Beruf lieben.",
        ),
        "fi": (
            "Ihana paikka ja ystävällinen henkilökunta. Tulemme uudestaan.",
            "Aamiainen oli erinomainen ja maisema vielä parempi.",
        ),
    },
    ("stay", "fine"): {
        "nb": (
            "Alt i orden, men vi hørte heisen fra rommet.",
            "Hyggelig betjening. Litt kort frokosttid på søndag.",
            "Bra opphold, men dyrere enn i fjor.",
            "Fint, men putene var for myke for meg.",
        ),
        "nn": ("Bra, men det var litt lytt mellom romma.",),
        "en": (
            "Nice stay. The pillows were a bit soft, and the wifi gave up in the evening.",
            "Good, though check-in took a while with two buses arriving at once.",
            "Lovely people, tired bathroom.",
            "Would have liked a kettle in the room.",
        ),
        "sv": (
            "Bra, men lite lyhört mellan rummen.",
            "Trevligt, men parkeringen är trång.",
        ),
        "da": ("Fint ophold, men værelset var lidt koldt.",),
        "de": (
            "Schönes Haus, aber die Betten waren uns zu weich.",
            "Alles gut, nur der Parkplatz ist knapp.",
        ),
        "fi": ("Hyvä, mutta huone oli hieman kylmä.",),
    },
    ("stay", "poor"): {
        "nb": (
            "Rommet var ikke klart klokka fem, og ingen sa unnskyld.",
            "Varmtvannet forsvant midt i dusjen. To dager på rad.",
            "Bråk fra festen til klokka to. Vi skulle opp og gå tur.",
            "Allergien jeg meldte fra om var glemt ved frokosten.",
        ),
        "nn": ("Ingen svara i resepsjonen etter klokka ni. Me stod ute i regnet.",),
        "en": (
            "We were charged for a breakfast we did not have, and nobody called back.",
            "Room smelled of smoke. We told the desk and were told it was full.",
            "The lift was out and we were on the third floor with two suitcases.",
        ),
        "sv": ("Vi väntade fyrtio minuter på incheckningen. Ingen förklarade varför.",),
        "da": ("Badeværelset var ikke gjort rent, da vi kom.",),
        "de": (
            "Das Zimmer war nicht das gebuchte, und niemand konnte uns sagen, warum.",
            "Sehr laut bis spät in die Nacht. Schade.",
        ),
        "fi": ("Huone oli meluisa, eikä kukaan auttanut.",),
    },
    ("meal", "great"): {
        "nb": (
            "Reinsdyret var årets måltid. Kompliment til kjøkkenet!",
            "Servitøren anbefalte helt riktig vin uten at vi merket prisen.",
            "Koselig bord ved vinduet og kveite som smelter på tunga.",
            "Vi feiret mor sin åttiårsdag, og dere gjorde den til hennes dag.",
            "Nydelig lam, og rabarbrakaken må aldri forsvinne fra menyen.",
            "Vi fikk et bord til seks på ti minutters varsel. Imponerende!",
            "Glutenfritt uten styr og uten at noen himlet med øynene. Takk.",
            "Beste måltidet på hele ferien. Hils kokken.",
            "Hyggelig prat, god tid, og kaffen ble fylt på uten at vi spurte.",
            "Fisken var fra fjorden, og det kjentes.",
        ),
        "nn": (
            "Heilt nydeleg fisk, og så blide folk.",
            "Beste fiskesuppa i fylket, minst.",
        ),
        "en": (
            "The halibut! And the waiter who explained it as if he had caught it himself.",
            "A perfect evening. The cloudberry dessert deserves a statue.",
            "Our little one got a colouring book before we had even sat down.",
            "Simple food done properly, by people who smile with their eyes.",
        ),
        "sv": ("Fantastisk fisk och en servitör med humor.",),
        "da": ("En aften, vi vil huske. Maden var i top.",),
        "de": ("Hervorragend gekocht, aufmerksam bedient. Danke!",),
        "fi": ("Kala oli täydellistä ja palvelu lämmintä.",),
    },
    ("meal", "fine"): {
        "nb": (
            "God mat, men det gikk lang tid mellom rettene.",
            "Koselig, men litt høyt støynivå.",
            "Porsjonene er blitt mindre, men smaken er der ennå.",
            "Godt, men litt for salt for oss.",
            "Fint sted. Barnemenyen kunne vært mer enn pølser.",
            "Maten var god, stolene harde.",
        ),
        "nn": ("God mat, men me venta lenge på rekninga.",),
        "en": (
            "Good food, slow bill.",
            "Tasty, but the table by the door is draughty.",
        ),
        "sv": ("God mat men högljutt.",),
        "da": ("Fin mad, lidt lang ventetid.",),
        "de": ("Gutes Essen, etwas lange Wartezeit.",),
    },
    ("meal", "poor"): {
        "nb": (
            "Kald suppe, og den kom kald tilbake.",
            "Vi ventet en time på hovedretten og fikk ingen forklaring.",
            "Bordet vi hadde bestilt var gitt bort.",
        ),
        "nn": ("Maten var kald og servitøren sur.",),
        "en": ("Forty minutes for water. The food was fine when it came.",),
        "de": ("Der Fisch war trocken, die Rechnung falsch.",),
        "sv": ("Vi glömdes bort i hörnet.",),
    },
    ("coffee", "great"): {
        "nb": (
            "Byens beste kanelbolle. Ferdig snakka.",
            "Hun bak disken begynner på kaffen min når jeg låser sykkelen.",
            "Lunt, godt og ekte. Og ny sitronkake!",
            "Her kan man sitte en hel formiddag uten å føle seg i veien.",
        ),
        "nn": ("Kjempegod kaffi og koseleg prat.", "Skuleboller som hos bestemor."),
        "en": (
            "Best flat white between Bergen and Ålesund.",
            "They remembered my order after one visit.",
            "The rhubarb cake is worth the ferry.",
        ),
        "sv": ("Bästa bullarna på hela resan!",),
        "da": ("Hyggeligste café i fjorden.",),
        "de": ("Der beste Kaffee weit und breit.",),
        "fi": ("Paras korvapuusti aikoihin.",),
    },
    ("coffee", "fine"): {
        "nb": (
            "God kaffe, men trangt på lørdager.",
            "Skulle ønske dere åpnet før åtte.",
        ),
        "nn": ("Godt, men litt dyrt.",),
        "en": ("Nice place, few sockets.", "Good coffee, small tables."),
    },
    ("coffee", "poor"): {
        "nb": (
            "Lunken kaffe og ingen som ryddet bordene.",
            "Kortleseren virket ikke, igjen.",
        ),
        "en": ("Waited fifteen minutes for a tea while staff chatted.",),
        "nn": ("Tomt for alt klokka to.",),
    },
}


@lru_cache(maxsize=256)
def comments_for(topic: str, mood: str, language: str) -> tuple[str, ...]:
    """Return what has been written about this; in English where nothing else is."""
    by_language = _COMMENTS[topic, mood]
    return by_language.get(language) or by_language.get("en", ())


@dataclass(slots=True)
class Voices:
    """Turns through the comments, so that the same words come back late."""

    turns: dict[tuple[str, ...], int] = field(default_factory=dict)

    def speak(self, topic: str, mood: str, language: str) -> str:
        """Return the next comment of somebody who reads ``language``."""
        choices = comments_for(topic, mood, language)
        turn = self.turns.get(choices, 0)
        self.turns[choices] = turn + 1
        return choices[turn % len(choices)] if choices else ""
