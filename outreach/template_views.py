"""Write the words of a message, see them as a guest would, and try them on oneself."""

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Business, Staff
from customers.models import Guest, Visit
from outreach.automations.changing import save_words
from outreach.forms import PreviewForm, WordsForm, words_as_fields
from outreach.models import MessageTemplate
from outreach.writing.bubbles import bubble_for
from outreach.writing.layout import Letter
from outreach.writing.liquid_texts import CannotFillIn
from outreach.writing.rendering import FIELDS, best_language, compose
from outreach.writing.trying import send_test

_RECENT = 20


@staff_view(Staff.Role.MANAGER)
def template_edit(request: StaffRequest, template_uuid: str) -> HttpResponse:
    template = _template(request, template_uuid)
    form = WordsForm(
        request.POST or None, template=template, initial=_words_of(template)
    )
    if form.is_valid() and "preview" not in request.POST:
        save_words(template, form.contents, actor=request.user, now=timezone.now())
        toast(request, _("Saved. Messages that have not begun use the new words."))
        return redirect(request.path)
    return render(
        request,
        "outreach/template_edit.html",
        {
            "template": template,
            "form": form,
            "fields": FIELDS,
            **_preview(request, template, form),
        },
    )


@staff_view(Staff.Role.MANAGER)
@require_POST
def template_preview(request: StaffRequest, template_uuid: str) -> HttpResponse:
    template = _template(request, template_uuid)
    form = WordsForm(request.POST, template=template)
    return render(request, "outreach/letter.html", _preview(request, template, form))


@staff_view(Staff.Role.MANAGER)
@require_POST
def template_test(request: StaffRequest, template_uuid: str) -> HttpResponse:
    template = _template(request, template_uuid)
    version = template.versions.order_by("-number").first()
    guest = _recent_guests(request.business).first() or _example_guest(request.business)
    language = request.POST.get("language", "")
    try:
        sent = version is not None and send_test(
            version,
            to=request.user.email,
            language=language if language in settings.GUEST_LANGUAGES else "",
            guest=guest,
            visit=_visit_of(guest),
        )
    except CannotFillIn as problem:
        toast(request, str(problem))
    else:
        words = (
            _("A test is on its way to %(address)s. Its links lead nowhere.")
            if sent
            else _("The mail server did not take the test. Try again in a minute.")
        )
        toast(request, words % {"address": request.user.email})
    return redirect("outreach:template_edit", request.business.slug, template.uuid)


def _template(request: StaffRequest, template_uuid: str) -> MessageTemplate:
    return get_object_or_404(
        request.business.message_templates.select_related("business"),
        uuid=template_uuid,
    )


def _words_of(template: MessageTemplate) -> dict[str, str]:
    version = template.versions.order_by("-number").first()
    return words_as_fields(version.contents) if version else {}


def _preview(
    request: StaffRequest, template: MessageTemplate, form: WordsForm
) -> dict[str, object]:
    """Return the letter as it would read now, or what is wrong with it."""
    guests = _recent_guests(request.business)
    chosen = PreviewForm(
        request.POST or None,
        guests=guests,
        initial={"language": request.business.language},
    )
    wishes = chosen.cleaned_data if chosen.is_valid() else {}
    guest = wishes.get("guest") or guests.first() or _example_guest(request.business)
    context: dict[str, object] = {"preview_form": chosen, "guest": guest}
    contents = form.typed_contents
    try:
        code = best_language(
            contents, wishes.get("language", ""), request.business.language
        )
        context["letter"] = _letter(template, contents[code], code, guest)
    except CannotFillIn as problem:
        context["problem"] = str(problem)
    try:
        context["bubble"] = bubble_for(
            contents,
            language=wishes.get("language", ""),
            template=template,
            guest=guest,
            visit=_visit_of(guest),
        )
    except CannotFillIn as problem:
        context["sms_problem"] = str(problem)
    return context


def _letter(
    template: MessageTemplate, words: dict[str, object], code: str, guest: Guest
) -> Letter:
    with translation.override(code):
        return compose(
            words,
            language=code,
            purpose=template.purpose,
            business=template.business,
            guest=guest,
            visit=_visit_of(guest),
        )


def _recent_guests(business: Business) -> "QuerySet[Guest]":
    """Return guests who were here lately: the ones a message would go to."""
    recent = (
        business.guest_summaries.filter(last_visit_on__isnull=False)
        .order_by("-last_visit_on", "-guest")
        .values("guest")[:_RECENT]
    )
    return business.guests.filter(pk__in=list(recent.values_list("guest", flat=True)))


def _example_guest(business: Business) -> Guest:
    return Guest(
        business=business,
        display_name="Nora Østby",
        given_name="Nora",
        language=business.language,
    )


def _visit_of(guest: Guest) -> Visit | None:
    if guest._state.adding:
        return None
    return (
        guest.visits.completed()
        .select_related("venue")
        .order_by("-departure_date", "-pk")
        .first()
    )
