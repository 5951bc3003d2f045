"""Tell authors what is wrong with their words before anybody gets them."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from customers.models import Purpose
from outreach.writing.links import LINKS
from outreach.writing.liquid_texts import CannotFillIn, fill_in, unknown_fields
from outreach.writing.rendering import FIELDS, MAX_SUBJECT
from outreach.writing.sms_texts import MAX_TEXT, sms_text_in

MAX_CONTENTS = 60_000


def check_template(contents: dict[str, Any], *, purpose: str) -> list[str]:
    """Return what is wrong with a template, in words for its author; empty when fine."""
    if not any(words.get("subject") for words in contents.values()):
        return [_("Write a subject in at least one language.")]
    if len(str(contents)) > MAX_CONTENTS:
        return [_("The message is too big. Make it shorter.")]
    problems: list[str] = []
    for code, words in contents.items():
        name = translation.get_language_info(code)["name_translated"]
        problems += [
            _("%(language)s: %(problem)s") % {"language": name, "problem": problem}
            for problem in dict.fromkeys(problems_in(words, purpose))
        ]
    return problems


def problems_in(words: dict[str, Any], purpose: str) -> list[str]:
    """Return what is wrong with the words of one language."""
    problems = _problems_of_mail(words, purpose) if words.get("subject") else []
    if text := sms_text_in(words):
        problems += problems_of_sms(text, purpose=purpose)
    return problems


def _problems_of_mail(words: dict[str, Any], purpose: str) -> list[str]:
    problems = []
    subject = words["subject"]
    if "\n" in subject or "\r" in subject:
        problems.append(_("The subject must be one line."))
    if len(subject) > MAX_SUBJECT:
        problems.append(
            _("The subject is longer than %(count)s letters.") % {"count": MAX_SUBJECT}
        )
    for text in (subject, words.get("preview", ""), *_texts(words)):
        problems += _problems_of_text(text)
    links = {block.get("link") for block in words["blocks"] if block.get("link")}
    if purpose == Purpose.SURVEY and "survey" not in links:
        problems.append(_("There is no button that opens the survey."))
    problems += [
        _("A button leads to “%(link)s”, which does not exist.") % {"link": link}
        for link in sorted(links - set(LINKS))
    ]
    return problems


def _texts(words: dict[str, Any]) -> list[str]:
    return [block.get("text", "") for block in words["blocks"]]


def problems_of_sms(text: str, *, purpose: str) -> list[str]:
    """Return what is wrong with an SMS, in words for its author; empty when fine."""
    if len(text) > MAX_TEXT:
        return [_("The SMS is longer than %(count)s letters.") % {"count": MAX_TEXT}]
    problems = _problems_of_text(text)
    if purpose == Purpose.SURVEY and "survey_link" not in text:
        problems.append(_("There is no link to the survey in the SMS."))
    return problems


def _problems_of_text(text: str) -> list[str]:
    try:
        unknown = unknown_fields(text, FIELDS)
        if not unknown:
            fill_in(text, dict.fromkeys(FIELDS, "x"))
    except CannotFillIn as problem:
        return [str(problem)]
    known = ", ".join(FIELDS)
    return [
        _("“%(field)s” is not a field. These are: %(known)s.")
        % {"field": field, "known": known}
        for field in unknown
    ]
