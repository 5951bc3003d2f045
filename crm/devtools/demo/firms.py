"""Firms that send their people here on weekdays and pay."""

FIRMS = (
    "Nordvind AS", "Fjordkraft Bygg AS", "Stryn Maskin AS", "Vestland Revisjon",
    "Nordfjord Sjømat AS", "Breheimen Energi", "Måløy Skipsverft",
    "Hauge & Dahl Arkitekter", "Sunnmøre Møbel AS", "Bergen Ingeniørteam AS",
    "Skår Elektro", "Helse i Fjord", "Jostedal Kraft", "Øvrebø Transport AS",
    "Lunde Anlegg", "Skandinavisk Lyd AB", "Nordsjö Teknik AB",
    "Weber Maschinenbau GmbH", "Ålesund Marine Systems", "Vik Geologi",
    "Fagernes Trelast", "Olden Brevatn AS", "Kystdata AS", "Aas Advokatfirma",
)  # fmt: skip
