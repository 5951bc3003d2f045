"""The house's tags in the settings: all of them, and what gives the automatic ones."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.models import Tag
from customers.profile.tag_forms import AutomaticTagForm, TagForm
from customers.profile.tag_panel import TagLine
from customers.profile.tag_rules import rule_in_words
from customers.profile.tag_settings import (
    TagNameTaken,
    bring_tag_back,
    change_tag,
    create_tag,
    remove_tag,
)
from customers.profile.tags import count_guests, guests_per_tag, tags_in_use, today_of


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.MANAGER)
def tag_list(request: StaffRequest) -> HttpResponse:
    business, now = request.business, timezone.now()
    form = AutomaticTagForm(request.POST or None, business=business)
    if request.method == "POST" and form.is_valid() and _create(request, form):
        return redirect("customers:tag_list", business.slug)
    counts = guests_per_tag(business, today=today_of(business, now))
    rows = [
        (TagLine(tag, rule_in_words(tag, business)), counts.get(tag.pk, 0))
        for tag in tags_in_use(business)
    ]
    context = {"rows": rows, "form": form}
    return render(request, "customers/tag_list.html", context)


def _create(request: StaffRequest, form: AutomaticTagForm) -> bool:
    typed = form.cleaned_data
    try:
        tag = create_tag(
            request.business,
            name=typed["name"],
            tone=typed["tone"],
            rule=typed["rule"],
            rule_number=form.rule_number(),
            rule_word=form.rule_word(),
            actor=request.user,
            now=timezone.now(),
        )
    except TagNameTaken:
        form.add_error("name", _("There is a tag with this name already."))
        return False
    toast(request, _("“%(tag)s” is on whom it fits, from now on.") % {"tag": tag.name})
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.MANAGER)
def tag_edit(request: StaffRequest, tag_uuid: UUID) -> HttpResponse:
    business, tag = request.business, _tag(request, tag_uuid)
    name, today = tag.name, today_of(business, timezone.now())
    kind = AutomaticTagForm if tag.is_automatic else TagForm
    form = kind(request.POST or None, business=business, tag=tag)
    if request.method == "POST" and form.is_valid() and _change(request, tag, form):
        toast(request, _("Saved."))
        return redirect("customers:tag_list", business.slug)
    context = {
        "tag": tag,
        "name": name,
        "form": form,
        "guests": count_guests(_tag(request, tag_uuid), today=today),
    }
    return render(request, "customers/tag_edit.html", context)


def _change(request: StaffRequest, tag: Tag, form: TagForm) -> bool:
    rule = (
        {
            "rule": form.cleaned_data["rule"],
            "rule_number": form.rule_number(),
            "rule_word": form.rule_word(),
        }
        if isinstance(form, AutomaticTagForm)
        else {}
    )
    try:
        change_tag(
            tag,
            name=form.cleaned_data["name"],
            tone=form.cleaned_data["tone"],
            actor=request.user,
            now=timezone.now(),
            **rule,
        )
    except TagNameTaken:
        form.add_error("name", _("There is a tag with this name already."))
        return False
    return True


@require_POST
@staff_view(Staff.Role.MANAGER)
def tag_delete(request: StaffRequest, tag_uuid: UUID) -> HttpResponse:
    tag = _tag(request, tag_uuid)
    remove_tag(tag, actor=request.user, now=timezone.now())
    undo = reverse("customers:tag_restore", args=[request.business.slug, tag.uuid])
    words = _("“%(tag)s” is deleted.") % {"tag": tag.name}
    toast(request, words, undo_url=undo)
    return redirect("customers:tag_list", request.business.slug)


@require_POST
@staff_view(Staff.Role.MANAGER)
def tag_restore(request: StaffRequest, tag_uuid: UUID) -> HttpResponse:
    tag = get_object_or_404(request.business.tags, uuid=tag_uuid)
    words = {"tag": tag.name}
    try:
        bring_tag_back(tag, actor=request.user, now=timezone.now())
    except TagNameTaken:
        text = _("There is a new tag called “%(tag)s”, so the old one stays away.")
        toast(request, text % words, level=messages.ERROR)
    else:
        toast(request, _("“%(tag)s” is back, with its guests.") % words)
    return redirect("customers:tag_list", request.business.slug)


def _tag(request: StaffRequest, tag_uuid: UUID) -> Tag:
    return get_object_or_404(tags_in_use(request.business), uuid=tag_uuid)
