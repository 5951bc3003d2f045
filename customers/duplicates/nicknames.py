"""Which given names are said for which: Lisa for Elisabeth, Bill for William.

Each line is one name and what people make of it. A short form may stand in several.
"""

from collections import defaultdict
from functools import lru_cache

from crm.core.text import one_spelling, plain_words

_SAID_FOR = """
Alexander Alex Sander Sascha Sasha Aleks Xander
Alexandra Alex Sandra Sascha Alexa Aleksandra
Andreas Anders Andrew Andy Andi Antti
Anna Anne Annie Anni Ann Annika Anja Anneli
Anne-Marie Annemarie Ami Mia
Anton Anthony Tony Toni Antonio Anthon
Barbara Babs Bärbel Barbro
Benjamin Ben Benny Benni
Bernhard Bernt Bernd Bernard Bernie Berndt
Birgit Birgitta Birgitte Gitte Britt Britta Berit
Bjørn Bjarne
Charles Charlie Chuck Charly
Charlotte Lotte Lotta Lotten Charlie
Christian Kristian Chris Kris Christer Krister
Christina Kristina Christine Kristine Kristin Kirsten Tina Stina Kirsti Chris Kerstin Tine
Christopher Kristoffer Chris Kristofer Stoffer Christoffer Toffe
Daniel Dan Danny Dani
David Dave Davy
Edvard Edward Ed Eddie Ted Eetu
Eirik Erik Eric Erich Eero
Elisabeth Elizabeth Lisbeth Lisa Lise Elise Liz Beth Betty Bettina Liisa Elsa Elli Lis Lisbet Ella Eliza
Emil Emilian Eemeli
Emilie Emily Emma Milla Emmi Emilia Milly
Eva Eve Evy Eevi
Frederik Fredrik Fred Freddy Friedrich Fritz Frederick Rico Fredde
Frank Franklin Francis Frankie
Franz Frans Frants François Franco
Gabriel Gabe Gabi Gabrielle
Georg George Jørgen Jürgen Jörgen Göran Gøran Yrjö Jørn
Gerhard Gerard Gert Gerd
Gudrun Guri Guro Gudny
Gunnar Gunter Günther Gunder
Gunhild Gunn Gun Gunilla Nilla
Gustav Gustaf Gösta Kustaa
Hans Johannes Johan John Hannes Hanne Jon Johnny Juhani Jussi Johann Jan Jens Juha Hansi
Helena Helene Helen Lena Lene Elena Eline Leena Heleen Ellen
Henrik Henry Heinrich Harry Heikki Hank Heinz Rik Henri
Henriette Jette Henrietta Jetta
Ingeborg Inge Inga Ingebjørg
Ingrid Inger Inga Ingerid
Jakob Jacob Jack Jake Jaakko Jeppe Jim James Jimmy Jamie
Joachim Jochen Kim Achim Jokum Joakim
Johanna Hanna Hannah Hanne Johanne Joan Jane Jenny Janne
Jonas Jonathan Jonatan Jonny Joonas Jon
Josef Joseph Joe Jussi Sepp Joey Josep
Josefine Josephine Fina Fine Jossan
Karl Carl Kalle Charles Kaarlo Carlos
Karin Katarina Katharina Katrine Kari Karen Katherine Catherine Kate Kathy Katie Katri Trine Katja Käthe Cathrine Kathrine Kaja Kati Trina Katarzyna Kasia
Kenneth Ken Kenny Kent
Klaus Claus Nikolaus Nikolai Nicolai Nicholas Nick Nils Niels Niklas Klas Claes Nicolas Nico Niko Nicklas Niilo
Knut Knud
Lars Lasse Lauritz Laurits Lorenz Laurence Larry Lauri Lassi Lorentz Lorens
Leonard Leonhard Leo Len Lennart Leon
Ludvig Ludwig Louis Lewis Lou Luis
Magdalena Magda Malene Malin Lena Magdalene Leni Madeleine Maddie
Magnus Mogens Manne Måns
Margareta Margarethe Margaret Margrete Margit Grete Greta Gretchen Maggie Peggy Meg Merete Mette Rita Marit Marita Märta Marthe Margot Marketta Margrethe Gretel
Maria Marie Mary Mia Maja Mari Marja Marianne Miriam Mimmi Maren Molly Polly
Mathilde Matilda Tilda Tilde Tilly Mathilda
Martin Marten Mårten Morten Marty Martti
Mathias Matthias Mats Matti Mads Matias Matthew Matt Matz Mattias
Maximilian Max Maks Maxim
Michael Mikael Mike Mikkel Mick Mikko Michel Mickey Miguel Micke Mikal
Olav Olaf Ole Ola Olof Olle Oluf Olavi Olli
Oliver Ollie Oli Olli
Oscar Oskar Ossi Oz
Patrick Patrik Pat Paddy
Paul Pål Paal Poul Pavel Pauli Paulo
Per Peter Peder Petter Pete Pelle Petri Pekka Pierre Peer Pär Piet
Philip Philipp Filip Phil Lippe
Randi Ragnhild Ragna Ragni Randhild
Rebecca Rebekka Becky Bekka Becca
Richard Rick Dick Rikard Ricky Rich Ricard
Robert Bob Rob Bobby Robbie Bert Robban
Rolf Rudolf Rolv Rudi Ralf Rudolph
Samuel Sam Sammy Samuli
Sebastian Seb Basti Bastian Basse
Sigurd Sjur Siggen Sivert
Sigrid Siri Siv Sigge Siiri
Sofia Sofie Sophie Sophia Fia Soffi Zofia
Stefan Stephan Steffen Stephen Steven Steve Staffan Tapani
Stein Steinar Sten
Susanne Susanna Susan Sanna Sanne Sue Suzanne Susie Sussi Zuzanna
Terje Torgeir Terry Tarjei
Theodor Ted Theo Teodor Teo Teddy
Theresa Therese Teresa Terry Tess Resi Tessa
Thomas Tom Tommy Tomas Tuomas Tomi Thom Tomasz
Thor Tor Thore Tore Thorbjørn Torbjørn Torstein Thorsten Tord Torsten
Tobias Tobi Toby Tobbe
Valdemar Waldemar
Walter Valter
Viktor Victor Vic Vicke
Viktoria Victoria Vicky Tori
Vilhelm Wilhelm William Bill Will Willy Billy Wim Liam Ville Willi Wille Vilho
Wolfgang Wolf Wolfi Wulf
"""


def folded(text: str) -> str:
    """Return ``text`` in the one spelling in which names are compared."""
    return one_spelling(plain_words(text))


def _read(table: str) -> dict[str, tuple[str, ...]]:
    said_for: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for line in table.split("\n"):
        names = [folded(name).replace(" ", "") for name in line.split()]
        for name in names:
            said_for[name][names[0]] = None
    return {name: tuple(whole) for name, whole in said_for.items()}


_WHOLE_NAMES = _read(_SAID_FOR)


@lru_cache(maxsize=20_000)
def whole_names(word: str) -> tuple[str, ...]:
    """Return the names that a folded ``word`` may be said for; else itself."""
    return _WHOLE_NAMES.get(word, (word,))


def is_said_for(word: str, other: str) -> bool:
    """Return whether both folded words may be said for one name."""
    return not set(whole_names(word)).isdisjoint(whole_names(other))
