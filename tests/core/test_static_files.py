import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder

from crm.core.static_files import LeanStaticFilesStorage, lean_script, lean_style

STYLES = sorted((settings.BASE_DIR / "crm/static/css").glob("*.css"))
SCRIPTS = sorted((settings.BASE_DIR / "crm/static/js").glob("*.js"))


def test_a_style_loses_its_remarks_and_its_space():
    style = """
    /* Who
       leads */
    .card > :is(h2, h3):first-child,
    .card-head {
      margin: 0 auto var(--s3) calc(1px + 2px);
      color: red !important;
    }

    @media (min-width: 60rem) and (pointer: coarse) {
      .a .b:not(.c) { inset: 0 }
    }
    """

    assert lean_style(style) == (
        ".card>:is(h2,h3):first-child,.card-head{"
        "margin:0 auto var(--s3) calc(1px + 2px);color:red !important;}"
        "@media (min-width: 60rem) and (pointer: coarse){.a .b:not(.c){inset: 0}}"
    )


def test_a_script_loses_lines_that_are_remarks():
    script = "// Why\n\nconst a = 1; // here\n  // and\n  go(`https://x`);\n"

    assert lean_script(script) == "const a = 1; // here\ngo(`https://x`);\n"


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_our_styles_keep_every_rule(path):
    before, after = path.read_text(), lean_style(path.read_text())

    def signs(text):
        return re.sub(r"/\*.*?\*/|\s", "", text, flags=re.DOTALL)

    # White space counts inside values and between parts of a selector only.
    assert signs(before) == signs(after)
    assert not re.search(r"url\(\s|content: ?\"[^\"]* {2}", before)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_our_scripts_have_no_text_over_several_lines(path):
    texts = re.findall(r"`[^`]*`", lean_script(path.read_text()))

    assert [text for text in texts if "\n" in text] == []


def test_collected_files_are_lean_hashed_and_compressed(tmp_path):
    storage = LeanStaticFilesStorage(location=tmp_path, base_url="/static/")
    paths = {}
    for path, source in FileSystemFinder().list([]):
        if path.startswith(("css/tokens", "js/app", "img/favicon")):
            paths[path] = (source, path)
            with source.open(path) as original:
                storage.save(path, original)

    for _name, _hashed, problem in storage.post_process(paths):
        assert not isinstance(problem, Exception), problem

    style = Path(tmp_path, storage.stored_name("css/tokens.css"))
    icon = Path(tmp_path, storage.stored_name("img/favicon.svg"))
    assert style.read_text().startswith(":root{color-scheme:light dark;--paper:")
    assert style.with_suffix(".css.gz").exists()
    assert "/*" not in style.read_text()
    assert (
        icon.read_text()
        == (settings.BASE_DIR / "crm/static/img/favicon.svg").read_text()
    )
    assert "//" not in Path(tmp_path, storage.stored_name("js/app.js")).read_text()[:99]
