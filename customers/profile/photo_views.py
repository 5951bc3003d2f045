"""A guest's photo: shown to the house's own people, and changed on the guest page."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from crm.core.pictures import CONTENT_TYPE, UnreadablePicture
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.holding import GuestIsForgotten
from customers.in_place import ask_in_place
from customers.models import Agreement, Guest, known
from customers.profile.agreements import agreed, wording_for
from customers.profile.photo_forms import PhotoForm
from customers.profile.photos import NoYesToPhoto, keep_photo, portrait_of, remove_photo
from customers.views import known_guest

Subject = Agreement.Subject

# Long enough for a morning's clicking about, short on a machine that others use.
_KEPT_BY_BROWSER = "private, max-age=600"


@require_safe
@staff_view(Staff.Role.STAFF)
def guest_photo(request: StaffRequest, guest_uuid: UUID) -> HttpResponseBase:
    guest = get_object_or_404(
        request.business.guests.filter(known()).select_related("photo"),
        uuid=guest_uuid,
        photo__isnull=False,
    )
    assert guest.photo
    is_small = request.GET.get("size") == "small"
    etag = f'"{guest.photo.uuid}{"-small" if is_small else ""}"'
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        try:
            content = portrait_of(guest.photo, is_small=is_small)
        except FileNotFoundError as error:
            raise Http404 from error
        answer = HttpResponse(content, content_type=CONTENT_TYPE)
    answer["ETag"] = etag
    answer["Cache-Control"] = _KEPT_BY_BROWSER
    answer["Content-Disposition"] = "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.STAFF)
def guest_photo_new(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest = known_guest(request, guest_uuid)
    yes = agreed(guest, Subject.PHOTO)
    is_sent = request.method == "POST"
    form = PhotoForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        has_agreed=yes is not None,
    )
    if form.is_valid() and _keep(request, guest, form):
        toast(request, _("The photo is kept."))
        return _to_guest(request, guest)
    context = {
        "guest": guest,
        "form": form,
        "yes": yes,
        "asked_with": wording_for(guest, Subject.PHOTO),
    }
    return ask_in_place(request, "customers/photo_form.html", context)


@require_POST
@staff_view(Staff.Role.STAFF)
def guest_photo_remove(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest = known_guest(request, guest_uuid)
    remove_photo(guest, actor=request.user, now=timezone.now())
    toast(request, _("The photo is deleted."))
    return redirect("frontdesk:guest_detail", request.business.slug, guest.uuid)


def _keep(request: StaffRequest, guest: Guest, form: PhotoForm) -> bool:
    picture = form.cleaned_data["picture"]
    try:
        keep_photo(
            guest,
            picture,
            size=picture.size,
            says_yes=form.cleaned_data.get("says_yes", False),
            actor=request.user,
            now=timezone.now(),
        )
    except UnreadablePicture as problem:
        form.add_error("picture", str(problem))
        return False
    except NoYesToPhoto:
        # The yes of before was taken back while the picture came in.
        form.add_error(None, _("Without their yes the photo cannot be kept."))
        return False
    except GuestIsForgotten as forgotten:
        raise Http404 from forgotten
    return True


def _to_guest(request: StaffRequest, guest: Guest) -> HttpResponse:
    url = reverse("frontdesk:guest_detail", args=[request.business.slug, guest.uuid])
    if request.htmx:  # type: ignore[attr-defined]
        # The face at the top changes too, and wherever else it stands.
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
