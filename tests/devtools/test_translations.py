import gettext

import pytest

from crm.devtools import translations

TEMPLATE = """{% extends "base.html" %}
{% block main %}
  <h1>{% translate "Thank you" %}</h1>
    {% blocktranslate trimmed count nights=visit.nights %}
      One night
    {% plural %}
      {{ nights }} nights
    {% endblocktranslate %}
  {% include "x.html" with text=_("Come again") only %}
  {% translate "May" context "month" %}
{% endblock %}
"""
CODE = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext

LABEL = gettext_lazy("Guest")
text = _("Hello %(name)s") % {"name": name}
count = ngettext("%(n)s guest", "%(n)s guests", n) % {"n": n}
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    public = tmp_path / "templates" / "surveys" / "public"
    public.mkdir(parents=True)
    (public / "thanks.html").write_text(TEMPLATE)
    (tmp_path / "customers").mkdir()
    (tmp_path / "customers" / "views.py").write_text(CODE)
    monkeypatch.setattr(translations, "BASE_DIR", tmp_path)
    monkeypatch.setattr(translations, "LOCALES", tmp_path / "locale")
    return tmp_path


def translate(language, **words):
    path = translations.po_file(language)
    text = path.read_text()
    for english, translated in words.items():
        text = text.replace(
            f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{translated}"'
        )
    path.write_text(text)


def test_sentences_are_found_in_templates_and_in_code(project):
    found = {(m.id, m.context) for m in translations.collect() if m.id}

    assert found == {
        ("Thank you", None),
        (("One night", "%(nights)s nights"), None),
        ("Come again", None),
        ("May", "month"),
        ("Guest", None),
        ("Hello %(name)s", None),
        (("%(n)s guest", "%(n)s guests"), None),
    }


def test_languages_for_guests_only_get_what_guests_meet(project):
    translations.update_catalogues()

    assert 'msgid "Guest"' in translations.po_file("nn").read_text()
    assert 'msgid "Guest"' not in translations.po_file("fi").read_text()
    assert 'msgid "Thank you"' in translations.po_file("fi").read_text()


def test_translations_are_kept_and_unused_sentences_go(project):
    translations.update_catalogues()
    translate("nb", Guest="Gjest")
    (project / "templates/surveys/public/thanks.html").unlink()

    translations.update_catalogues()

    text = translations.po_file("nb").read_text()
    assert 'msgid "Guest"\nmsgstr "Gjest"' in text
    assert "Thank you" not in text


def test_collecting_twice_changes_nothing(project):
    translations.update_catalogues()
    before = translations.po_file("sv").read_text()

    translations.update_catalogues()

    assert translations.po_file("sv").read_text() == before


def test_what_is_missing_is_named(project):
    translations.update_catalogues()

    assert (
        "de: “Thank you” (templates/surveys/public/thanks.html) is not translated"
        in (list(translations.problems()))
    )


def test_a_translation_that_would_break_a_page_is_named(project):
    translations.update_catalogues()
    path = translations.po_file("nb")
    path.write_text(
        path.read_text().replace(
            'msgid "Hello %(name)s"\nmsgstr ""',
            'msgid "Hello %(name)s"\nmsgstr "Hei %(navn)s"',
        )
    )

    assert [
        line for line in translations.problems() if "Hello" in line and "nb" in line
    ] == ["nb: “Hello %(name)s” (customers/views.py): unknown named placeholder 'navn'"]


def test_compiled_catalogues_are_read_by_gettext(project):
    translations.update_catalogues()
    translate("nb", Guest="Gjest")

    translations.compile_catalogues()

    with translations.po_file("nb").with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Guest") == "Gjest"
