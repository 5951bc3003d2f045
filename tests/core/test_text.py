import unicodedata

import pytest

from crm.core.text import initials, name_sort_key, search_key


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("oystein", "Øystein"),
        ("OYSTEIN", "øystein"),
        ("malmo", "Malmö"),
        ("aerlig", "Ærlig"),
        ("asa", "Åsa"),
        ("strasse", "Straße"),
        ("lukasz", "Łukasz"),
        ("jose", unicodedata.normalize("NFD", "José")),
        ("nora ostby", "  Nora   Østby "),
    ],
)
def test_what_is_typed_plainly_finds_what_is_written_with_marks(typed, stored):
    assert search_key(typed) == search_key(stored)


@pytest.mark.parametrize(
    ("language", "names"),
    [
        pytest.param("nb", ["Anna", "Zoë", "Ærlig", "Östen", "Åse"], id="æ ø å"),
        pytest.param("da", ["Anna", "Zoë", "Ærlig", "Østen", "Åse"], id="danish"),
        pytest.param("sv", ["Anna", "Zoë", "Åse", "Ärlig", "Östen"], id="å ä ö"),
        pytest.param("fi", ["Anna", "Zoë", "Åse", "Ärlig", "Östen"], id="finnish"),
        pytest.param("en", ["Anna", "Ärlig", "Åse", "Östen", "Zoë"], id="no accents"),
    ],
)
def test_names_sort_as_in_the_alphabet_of_the_house(language, names):
    shuffled = sorted(names)

    assert sorted(shuffled, key=lambda name: name_sort_key(name, language)) == names


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Nora Østby", "NØ"),
        ("Nora Marie Østby", "NØ"),
        ("Cher", "C"),
        ("Μαρία Παπαδοπούλου", "ΜΠ"),
        ("", "?"),
        ("– –", "?"),
    ],
)
def test_initials_are_first_and_last(name, letters):
    assert initials(name) == letters
