"""Names of people from the places that a fjord village hears in a summer."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class People:
    """Given and family names of one country, or of one language in it.

    A family name written ``his/hers`` changes with the person.
    """

    country: str
    language: str
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]

    def knows(self, family: str) -> bool:
        return any(family in row.split("/") for row in self.families)

    def family_of(self, name: str) -> str:
        """Return the entry that ``name`` is a form of; ``name`` itself when unknown."""
        return next((row for row in self.families if name in row.split("/")), name)


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is said, and the Latin letters its owner puts in an address."""

    given: str
    family: str
    display: str = ""
    latin: str = ""

    @property
    def said(self) -> str:
        return self.display or f"{self.given} {self.family}".strip()


def _people(country: str, language: str, women: str, men: str, families: str) -> People:
    return People(
        country,
        language,
        *(
            tuple(word.replace("_", " ") for word in words.split())
            for words in (women, men, families)
        ),
    )


NORWEGIAN = _people(
    "NO",
    "nb",
    """Nora Emma Ingrid Sofie Olivia Ella Maja Ada Astrid Frida Hedda Tuva Thea Selma
    Solveig Marit Kari Anne Inger Liv Berit Bjørg Gerd Randi Åse Sigrid Ragnhild Turid
    Grete Hilde Silje Camilla Marte Guro Synnøve Torunn Eldbjørg Jorunn Anne_Lise
    Ann-Kristin Eli Vigdis Gunnhild Bodil Lise Stine Ida Mari Tone Wenche""",
    """Jakob Emil Noah Oliver Filip Lukas Magnus Aksel Sander Håkon Ola Kåre Per Lars
    Knut Bjørn Svein Arne Terje Øystein Ørjan Geir Rune Trond Leif Odd Tor Sverre Einar
    Asbjørn Steinar Kjell Jon_Arne Per_Arne Sigurd Sondre Eirik Vegard Øyvind Pål Frode
    Morten Espen Henning Gaute Torbjørn Reidar Olav Sjur Bård""",
    """Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen
    Berg Haugen Hagen Dahl Lund Moen Strand Solberg Bakken Eide Lie Vik Nes Sæther Aas
    Østby Skår Hjelle Sunde Tonning Loen Flo Briksdal Myklebust Nesdal Faleide Rake
    Melheim Øvrebø Kvame Mæland Rønningen Bøe Fjellstad Aarseth Tveit Nygård Brekke
    Lunde Hauge Sandvik Holm Helle Grytting Årdal Drageset Kirkeeide Muri Visnes""",
)
SAMI = _people(
    "NO", "nb",
    "Máret Elle_Márjá Risten Inga Sárá Ánne Biret Lájlá Káre Ravna",
    "Áilu Máhtte Nils_Ánte Issát Mihkkal Jovnna Ánte Niillas Lásse Biera",
    "Sara Gaup Hætta Eira Utsi Oskal Bals Somby Valkeapää Näkkäläjärvi Buljo",
)  # fmt: skip
SWEDISH = _people(
    "SE", "sv",
    """Alice Maja Elsa Astrid Wilma Ebba Freja Linnéa Karin Birgitta Gunilla Åsa Ulrika
    Malin Annika Märta Signe""",
    """William Hugo Oskar Axel Göran Björn Åke Sven Lennart Fredrik Jörgen Mats Erik
    Håkan Per-Olof Nils""",
    """Lindqvist Andersson Johansson Karlsson Nilsson Eriksson Öberg Åkesson Bergström
    Sjögren Lundgren Wikström Hellström Nyström Dahlgren Söderberg Malmqvist Ek""",
)  # fmt: skip
DANISH = _people(
    "DK", "da",
    """Freja Ida Clara Karen Mette Kirsten Lærke Pernille Birgitte Bodil Signe Dorthe
    Rikke Maren""",
    """Mads Rasmus Søren Jørgen Niels Anders Mikkel Jeppe Bjarne Preben Åge Kaj Thorkild
    Esben""",
    """Nielsen Møller Sørensen Rasmussen Jørgensen Poulsen Knudsen Kjær Nørgaard
    Østergaard Thygesen Bæk Skov Højlund Bruun Lauridsen""",
)  # fmt: skip
FINNISH = _people(
    "FI", "fi",
    "Aino Helmi Sofia Päivi Tuula Leena Kaisa Riikka Hannele Sinikka Outi Anneli",
    "Eino Onni Väinö Jukka Matti Heikki Pekka Antti Tapio Juhani Kalevi Ville",
    """Korhonen Virtanen Mäkinen Nieminen Hämäläinen Laine Heikkinen Järvinen Lehtonen
    Saarinen Yli-Hukkala Ojala""",
)  # fmt: skip
ICELANDIC = _people(
    "IS", "en",
    "Guðrún Sigríður Þórunn Ragnheiður Björk Halldóra Ásta",
    "Guðmundur Sigurður Þór Einar Halldór Davíð Örn",
    "Jónsson/Jónsdóttir Þórðarson/Þórðardóttir Sigurðsson/Sigurðardóttir Einarsson/Einarsdóttir",
)  # fmt: skip
GERMAN = _people(
    "DE", "de",
    """Hannah Lena Katharina Sabine Ursula Monika Heike Jule Anke Brigitte Lieselotte
    Annegret Franziska Käthe""",
    """Lukas Felix Jürgen Wolfgang Klaus Günther Matthias Uwe Hans-Peter Karl-Heinz
    Rüdiger Jörg Bernd Moritz""",
    """Müller Schmidt Schneider Fischer Weber Schäfer Köhler Krüger Groß Weiß Jäger
    Böhm Schröder Vogel Hoffmann Kühn von_der_Heide""",
)  # fmt: skip
DUTCH = _people(
    "NL", "en",
    "Emma Sanne Femke Lotte Marijke Anouk Ingeborg Margriet",
    "Daan Sem Jeroen Pieter Willem Maarten Joost Cornelis",
    "de_Jong Jansen de_Vries van_den_Berg van_Dijk Bakker Visser Smit van_'t_Hoff",
)  # fmt: skip
BRITISH = _people(
    "GB", "en",
    "Olivia Amelia Charlotte Fiona Siân Bronwen Catherine Margaret Niamh",
    "George Harry Oliver Callum Rhys Alasdair Nigel Graham Seán",
    """Smith Jones Taylor Williams Brown O'Connor MacDonald Llewellyn Ashworth
    Featherstone-Hughes Patel Okafor""",
)  # fmt: skip
POLISH = _people(
    "PL", "en",
    "Zofia Małgorzata Agnieszka Katarzyna Łucja Joanna Barbara",
    "Jakub Paweł Łukasz Tomasz Grzegorz Stanisław Michał",
    """Kowalski/Kowalska Wiśniewski/Wiśniewska Wójcik Zieliński/Zielińska Szczepański/Szczepańska
    Dąbrowski/Dąbrowska Nowak""",
)  # fmt: skip
SPANISH = _people(
    "ES", "en",
    "María Lucía Carmen Begoña Íñiga Pilar María_José",
    "José Íñigo Álvaro Joaquín Andrés Ramón José_Luis",
    "García_López Fernández_Muñoz Núñez_Ibáñez Martínez_Peña Etxeberria Sánchez_Ríos",
)  # fmt: skip
FRENCH = _people(
    "FR", "en",
    "Zoé Hélène Françoise Anaïs Maëlle Chloé Geneviève",
    "Étienne François Loïc Jérôme Benoît Jean-Baptiste Raphaël",
    "Lefèvre Bélanger Dupont Garçon D'Aubigné Moreau Lemaître Brûlé",
)  # fmt: skip
GREEK = _people(
    "GR", "en",
    "Maria Eleni Katerina Dimitra Sofia Despina",
    "Giorgos Nikos Kostas Yannis Dimitris Spyros",
    "Papadopoulos/Papadopoulou Vlahos/Vlahou Nikolaidis/Nikolaidou Georgiou Economou",
)  # fmt: skip
UKRAINIAN = _people(
    "UA", "en",
    "Olena Oksana Iryna Nataliia Yuliia Daryna",
    "Oleksandr Andrii Dmytro Bohdan Serhii Taras",
    "Shevchenko Bondarenko Kovalenko Tkachuk Melnyk Savchuk",
)  # fmt: skip
ARAB = _people(
    "AE", "en",
    "Fatima Aisha Layla Noor Mariam Huda",
    "Mohammed Ahmad Omar Khalid Yusuf Tariq",
    "Al-Mansouri Haddad Al-Farsi Khoury bin_Rashid Najjar",
)  # fmt: skip
JAPANESE = _people(
    "JP", "en",
    "Yuki Sakura Haruka Naoko Akiko Emi",
    "Haruto Kenji Takashi Hiroshi Daichi Ryō",
    "Satō Suzuki Takahashi Watanabe Itō Yamamoto Kobayashi Ōno",
)  # fmt: skip
CHINESE = _people(
    "CN", "en",
    "Li_Na Xiaoyan Meiling Jing Yan Xin",
    "Wei Jun Jianguo Lei Haoran Ming",
    "Wang Li Zhang Liu Chen Lü Huang Zhao",
)  # fmt: skip
AMERICAN = _people(
    "US", "en",
    "Emily Madison Ashley Linda Barbara Guadalupe Mary-Kate",
    "Michael James Robert Tyler Brandon Dwayne J.J.",
    "Miller Johnson Nguyen Anderson Halvorson Lopez Petersen Smith-Olson",
)  # fmt: skip

# What forms and screens often get wrong: one part only, very long, other scripts,
# from right to left, small letters, apostrophes. Country and language beside each.
RARE: tuple[tuple[Name, str, str], ...] = (
    (Name("", "Ásgeir", "Ásgeir", "asgeir"), "IS", "en"),
    (Name("Suharto", "", "Suharto", "suharto"), "ID", "en"),
    (
        Name(
            "Anne-Margrethe Elisabeth",
            "Wedel-Jarlsberg Løvenskiold Christiansen",
            "Anne-Margrethe Elisabeth Wedel-Jarlsberg Løvenskiold Christiansen",
            "am.wedel",
        ),
        "NO",
        "nb",
    ),
    (Name("ليلى", "الحداد", "ليلى الحداد", "layla.haddad"), "LB", "en"),
    (Name("נועה", "לוי", "נועה לוי", "noa.levi"), "IL", "en"),
    (Name("花子", "山田", "山田 花子", "hanako.yamada"), "JP", "en"),
    (Name("娜", "李", "李娜", "li.na"), "CN", "en"),
    (Name("Олена", "Коваль", "Олена Коваль", "olena.koval"), "UA", "en"),
    (Name("Ελένη", "Βλάχου", "Ελένη Βλάχου", "eleni.vlachou"), "GR", "en"),
    (Name("Hallgerður", "Þórðardóttir", latin="hallgerdur"), "IS", "en"),
    (Name("Ludwig", "von und zu Grünfeld-Hohenstein", latin="l.gruenfeld"), "DE", "de"),
    (
        Name("María del Pilar", "Íñiguez de la Fuente", latin="pilar.iniguez"),
        "ES",
        "en",
    ),
    (Name("Seán", "Ó Súilleabháin", latin="sean.os"), "IE", "en"),
    (Name("Nguyễn Thị", "Minh Khai", "Nguyễn Thị Minh Khai", "minhkhai"), "VN", "en"),
    (Name("Bjørnstjerne", "Bø", latin="bb"), "NO", "nn"),
    (Name("Ánne Risten", "Näkkäläjärvi-Hætta", latin="anne.risten"), "NO", "nb"),
)


def draw_name(people: People, rng: Random, *, family: str = "") -> Name:
    """Draw a name; a family name that is given is kept, in the person's form."""
    is_woman = rng.random() < 0.52
    given = rng.choice(people.women if is_woman else people.men)
    his, _slash, hers = (family or rng.choice(people.families)).partition("/")
    return Name(given, (hers or his) if is_woman else his)
