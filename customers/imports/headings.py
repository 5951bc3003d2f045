"""How booking systems and people call their columns, in seven languages."""

import re
from collections.abc import Mapping

from crm.core.text import plain_words

_CAMEL = re.compile(r"(?<=[a-zæøåäöü])(?=[A-ZÆØÅÄÖÜ])")


def folded(heading: str) -> str:
    """Return a heading as headings are compared: ``GuestName`` is ``guest name``."""
    return plain_words(_CAMEL.sub(" ", heading))


_SAID: Mapping[str, str] = {
    "guest.external_id": """guest id|guest number|guest no|guest nr|guest ref|customer id
        customer number|customer no|client id|client number|profile id|profile number
        person id|contact id|gjestenummer|gjestenr|gjeste id|kundenummer|kundenr|kunde id
        kundnummer|kundnr|kund id|gästnummer|gäst id|gæstenummer|gæste id|kunde nr
        asiakasnumero|asiakas id|vierasnumero|vieras id|gastnummer|gast id|gast nr
        kundennummer|kunden nr|kunden id|kundennr""",
    "guest.full_name": """name|full name|guest name|guest|customer name|customer|client name
        client|lead guest|main guest|booker name|contact name|booked by|navn|fullt navn
        gjestens navn|gjest|gjestenavn|kundenavn|kunde|namn|fullt namn|gästnamn|gäst|kund
        kundnamn|gjestenamn|hele navn|fulde navn|gæst|gæstenavn|nimi|koko nimi
        vieraan nimi|vieras|asiakas|asiakkaan nimi|name des gastes|gast|gastname
        vollständiger name|kundenname|booker|primary guest""",
    "guest.given_name": """first name|given name|forename|fornavn|førenamn|förnamn|etunimi
        vorname|firstname|guest first name|givenname|rufname|kutsumanimi|tilltalsnamn""",
    "guest.family_name": """last name|family name|surname|etternavn|etternamn|efternamn
        efternavn|sukunimi|nachname|familienname|lastname|guest last name|slektsnavn
        familienavn|familjenamn""",
    "guest.email": """email|e mail|email address|e mail address|mail|guest email
        customer email|booker email|e post|epost|e postadresse|epostadresse|e postadress
        epostadress|sähköposti|sähköpostiosoite|e mail adresse|email adresse|mailadresse
        emailadresse|contact email|e post adresse|mejl|mailadress""",
    "guest.phone": """phone|phone number|telephone|telephone number|mobile|mobile number
        mobile phone|cell|cell phone|tel|guest phone|phone mobile|telefon|telefonnummer
        mobil|mobilnummer|mobiltelefon|tlf|tlf nr|telefonnr|mobilnr|puhelin|puhelinnumero
        matkapuhelin|gsm|handy|handynummer|rufnummer|telefon mobil|phone no|contact number
        telefon privat|telefon arbeid""",
    "guest.birthday": """birthday|birth date|birthdate|date of birth|dob|fødselsdag
        fødselsdato|født|bursdag|fødd|fødselsdag dato|födelsedag|födelsedatum|född
        syntymäpäivä|syntymäaika|geburtstag|geburtsdatum|geboren am|geboren""",
    "guest.birthday_day": """birth day|day of birth|birthday day|fødselsdag dag|bursdag dag
        födelsedag dag|geburtstag tag|syntymäpäivä päivä""",
    "guest.birthday_month": """birth month|month of birth|birthday month|fødselsmåned
        födelsemånad|fødselsmånad|geburtsmonat|syntymäkuukausi""",
    "guest.language": """language|preferred language|guest language|language code|lang
        locale|språk|sprog|kieli|sprache|målform|korrespondenzsprache|foretrukket språk""",
    "guest.street": """street|address|street address|address 1|address line 1|postal address
        home address|adresse|gateadresse|gate|adresse 1|postadresse|veiadresse|adress|gata
        gatuadress|postadress|vej|gade|osoite|katuosoite|lähiosoite|straße|anschrift
        strasse hausnummer|straße und hausnummer|strasse nr""",
    "guest.postal_code": """postal code|postcode|post code|zip|zip code|zipcode|postnummer
        postnr|postnumero|plz|postleitzahl|post nr""",
    "guest.city": """city|town|place|poststed|by|sted|stad|ort|postort|stad ort|poststad
        kaupunki|postitoimipaikka|paikkakunta|wohnort|stadt|kommune""",
    "guest.country": """country|nationality|country code|country of residence|land|landkode
        nasjonalitet|nationalitet|landskod|maa|kansalaisuus|nationalität|staatsangehörigkeit
        länderkode|herkunftsland|country name|nationality code|asuinmaa""",
    "guest.company": """company|company name|organisation|organization|employer|firma
        firmanavn|bedrift|selskap|arbeidsgiver|företag|företagsnamn|arbetsgivare|virksomhed
        yritys|yrityksen nimi|työnantaja|unternehmen|firmenname|arbeitgeber|account name
        verksemd""",
    "guest.member_number": """member number|member no|member id|membership number|loyalty
        loyalty number|loyalty id|card number member|medlemsnummer|medlemsnr|medlems id
        kortnummer medlem|jäsennumero|mitgliedsnummer|mitgliednr|loyalty card
        frequent guest number|kundekort""",
    "guest.vip": """vip|vip guest|vip status|vip code|stamgjest|stamgäst|stamgæst|kanta asiakas
        stammgast|is vip""",
    "guest.tags": """tags|tag|labels|categories|category|segment|segments|guest type
        merkelapper|merker|etiketter|taggar|mærker|tunnisteet|schlagworte|kategori
        kategorier|kategoria|kategorie|gjestetype|gästtyp|merkelappar|interests|interesser""",
    "guest.source": """guest source|how did you hear about us|heard about us|acquired through
        lead source|first source|kilde til gjest|hvordan hørte du om oss""",
    "guest.note": """note|notes|comment|comments|remark|remarks|guest notes|guest comments
        preferences|special requests|merknad|merknader|kommentar|kommentarer|notat|notater
        anteckning|anteckningar|anmärkning|bemærkning|bemærkninger|huomautus|huomautukset
        muistiinpano|lisätiedot|bemerkung|bemerkungen|notiz|notizen|kommentare|önskemål
        ønsker|anmerkung|notat om gjesten|merknadar""",
    "visit.external_id": """booking id|booking number|booking no|booking nr|booking reference
        booking ref|reservation id|reservation number|reservation no|reservation
        confirmation number|confirmation no|res id|res no|res nr|book number|bookingnummer
        bestillingsnummer|bestillingsnr|reservasjonsnummer|reservasjon|bookingnr
        bokningsnummer|bokningsnr|bokning|reservationsnummer|reservationsnr|varausnumero
        varaustunnus|varaus|varausnro|buchungsnummer|buchungsnr|buchung
        reservierungsnummer|reservierung|order id|order number|ordrenummer|booking code
        confirmation code|external reference|visit id|stay id|bekreftelsesnummer""",
    "visit.arrival": """arrival|arrival date|check in|checkin|check in date|checkin date
        from|start date|date from|date|visit date|stay date|reservation date|dining date
        ankomst|ankomstdato|innsjekk|innsjekking|fra|fra dato|dato|ankomstdatum|incheckning
        från|datum|indtjekning|saapuminen|tulopäivä|saapumispäivä|päivämäärä|anreise
        anreisedatum|anreisetag|von|arr date|arr|arrive|startdato|innkomst|alkaen|pvm
        besøksdato|besøksdag|frå|event date|start|sisäänkirjautuminen|ankunft
        ankunftsdatum|check in dato|check in datum""",
    "visit.arrival_year": """arrival date year|arrival year|check in year|ankomstår|ankomst år
        tulovuosi|anreisejahr""",
    "visit.arrival_month": """arrival date month|arrival month|check in month|ankomstmåned
        ankomst måned|ankomstmånad|tulokuukausi|anreisemonat""",
    "visit.arrival_day": """arrival date day of month|arrival day|arrival date day
        check in day|ankomstdag|ankomst dag|anreise tag|tulopäivä päivä""",
    "visit.departure": """departure|departure date|check out|checkout|check out date
        checkout date|to|end date|date to|leave|avreise|avreisedato|utsjekk|utsjekking
        til|til dato|avresa|avresedatum|utcheckning|afrejse|afrejsedato|udtjekning|lähtö
        lähtöpäivä|abreise|abreisedatum|abreisetag|bis|dep date|dep|sluttdato|slutdatum
        end|uloskirjautuminen|päättyen|check out dato|check out datum""",
    "visit.departure_year": "departure date year|departure year|check out year|avreiseår",
    "visit.departure_month": """departure date month|departure month|check out month
        avreisemåned|avresemånad|abreisemonat""",
    "visit.departure_day": """departure date day of month|departure day|departure date day
        check out day|avreisedag|avresedag""",
    "visit.nights": """nights|number of nights|no of nights|room nights|los|length of stay
        stays in week nights|stays in weekend nights|netter|antall netter|overnattinger
        nätter|antal nätter|gästnätter|nætter|antal nætter|yöt|öitä|yöpymiset|nächte
        anzahl nächte|übernachtungen|overnattingar|døgn|dygn|duration nights""",
    "visit.time": """time|arrival time|check in time|start time|eta|reservation time
        klokkeslett|tid|tidspunkt|ankomsttid|klokkeslæt|kellonaika|aika|saapumisaika
        uhrzeit|zeit|ankunftszeit|klokka|kl""",
    "visit.people": """people|persons|guests|number of guests|no of guests|pax|covers
        party size|adults|children|babies|infants|kids|number of adults|number of children
        gjester|antall gjester|antall personer|personer|voksne|barn|vuxna|gäster
        antal gäster|antal personer|gæster|antal gæster|børn|henkilöt|henkilömäärä|aikuiset
        lapset|vieraita|personen|anzahl personen|erwachsene|kinder|gäste|anzahl gäste
        vaksne|party|spedbarn|seats""",
    "visit.spend": """total|total price|price|amount|spend|revenue|total amount|total revenue
        room revenue|booking value|turnover|sum|beløp|totalt|totalbeløp|pris|totalpris
        omsetning|forbruk|beløb|totalbeløb|belopp|summa|totalsumma|omsättning|omsætning|loppusumma|hinta
        kokonaishinta|myynti|betrag|gesamtbetrag|gesamtpreis|preis|umsatz|gross amount
        total incl vat|invoice amount|bill|bill total|å betale|grand total|spent
        total spend|verbrauch|omsetnad|adr total""",
    "visit.kind": """visit type|visit kind|type of visit|service type|type besøk|besøkstype
        booking type|bookingtype""",
    "visit.state": """status|state|reservation status|booking status|statuskode|tila|tilanne
        varauksen tila|bokningsstatus|bookingstatus|buchungsstatus|bestillingsstatus
        is canceled|is cancelled|cancelled|canceled|res status|reservasjonsstatus|avbestilt
        zustand""",
    "visit.venue": """venue|property|hotel|restaurant|location|property name|hotel name
        restaurant name|site|outlet|hotell|avdeling|sted navn|anlegg|eiendom|anläggning
        hotelli|ravintola|toimipaikka|betrieb|objekt|standort|virksomhedssted""",
    "visit.label": """room|room number|room no|table|table number|table no|room name|rom
        romnummer|romnr|bord|bordnummer|rum|rumsnummer|rumnr|værelse|værelsesnummer
        værelsesnr|huone|huonenumero|pöytä|zimmer|zimmernummer|tisch|tischnummer|zimmernr
        reserved room|assigned room""",
    "visit.source": """booked through|channel|booking channel|booking source|source
        distribution channel|ota|agent|travel agent|kanal|bestilt via|kilde|bookingkanal
        bestillingskanal|bokningskanal|källa|varauskanava|kanava|lähde|buchungskanal|quelle
        vertriebskanal|portal|origin|rate source|booked via""",
    "visit.employer_paid": """employer pays|company pays|business trip|business stay
        forretningsreise|jobbreise|firmabetalt|affärsresa|tjänsteresa|forretningsrejse
        työmatka|geschäftsreise|dienstreise|yrkesreise|business travel""",
    "consent.marketing.email": """newsletter|newsletter consent|marketing consent
        email consent|email marketing|marketing|marketing email|email opt in|opt in
        opt in email|opted in|accepts marketing|email marketing consent|subscribed
        email subscription|newsletter subscription|gdpr marketing|nyhetsbrev|samtykke
        samtykke e post|samtykke nyhetsbrev|samtykke markedsføring|markedsføring
        samtykke til markedsføring|ønsker nyhetsbrev|samtycke|samtycke nyhetsbrev
        samtycke marknadsföring|samtycke e post|marknadsföring|nyhedsbrev|samtykke nyhedsbrev
        tilladelse nyhedsbrev|uutiskirje|markkinointilupa|markkinointi
        sähköpostimarkkinointi|suostumus|einwilligung|werbeeinwilligung
        einwilligung newsletter|newsletter einwilligung|marketing einwilligung
        samtykke marknadsføring|nyheitsbrev""",
    "consent.marketing.sms": """sms consent|sms marketing|sms opt in|text marketing
        opt in sms|samtykke sms|samtycke sms|sms samtykke|sms lupa|sms markkinointi
        tekstiviestimarkkinointi|einwilligung sms|marketing sms|sms reklame""",
    "consent.survey.email": """survey consent|feedback consent|surveys|samtykke
        undersøkelser|samtykke undersøkelse|kundeundersøkelse|enkätsamtycke|kyselylupa
        umfragen|einwilligung umfragen|feedback email""",
    "consent.survey.sms": "survey sms|sms survey|samtykke undersøkelse sms",
}

# Some of the people; where there are such columns, one of all of them is left out.
_PARTS_OF_PARTY = """adults|children|babies|infants|kids|number of adults
    number of children|voksne|barn|vuxna|børn|aikuiset|lapset|erwachsene|kinder|vaksne
    spedbarn"""

# A yes in such a column is a no.
_REFUSALS = """unsubscribed|opt out|opted out|email opt out|do not contact|do not email
    no marketing|no newsletter|do not mail|reservert|reservert mot markedsføring|avmeldt
    reserverad|avregistrerad|ingen reklam|frameldt|afmeldt|markkinointikielto|abgemeldet
    keine werbung|werbesperre|marketing opt out|newsletter opt out|ikke kontakt
    reservert mot reklame|suoramarkkinointikielto|ei markkinointia"""

# Columns that say something about the record, and others that must not be kept.
_LEFT_OUT = """created|created at|created on|updated|modified|last modified|booked on
    booking date|date booked|booking created|opprettet|skapad|oprettet|luotu|erstellt
    bestillingsdato|bokningsdatum|bookingdato|varauspäivä|buchungsdatum|title|salutation
    tittel|titel|anrede|puhuttelu|gender|sex|kjønn|kön|køn|sukupuoli|geschlecht|age|alder
    ålder|ikä|alter|password|passord|ip address|credit card|card number|kredittkort
    passport|passport number|passnummer|personnummer|fødselsnummer|cpr|henkilötunnus|id card
    kortnummer|passinumero|reisepass|currency|valuta|valuutta|währung|tax|mva|moms|vat
    lead time|days in waiting list|number of visits|visits|last visit|antall besøk|siste besøk
    reservation status date|cancellation date|paid|betalt|deposit|website|url|adr"""


def _words(text: str) -> list[str]:
    return [
        folded(word) for line in text.splitlines() for word in line.split("|") if word
    ]


HEADINGS: Mapping[str, str] = {
    word: key for key, text in _SAID.items() for word in _words(text)
}
PARTS_OF_PARTY = frozenset(_words(_PARTS_OF_PARTY))
REFUSALS = frozenset(_words(_REFUSALS))
LEFT_OUT = frozenset(_words(_LEFT_OUT))
