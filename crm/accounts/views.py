from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from crm.accounts.forms import ProfileForm
from crm.accounts.models import User
from crm.accounts.profiles import save_profile
from crm.core.toasts import toast


class SignedInRequest(HttpRequest):
    user: User


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    # A copy: the frame goes on showing what is stored while the form shows what is typed.
    user = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        save_profile(user, changed=form.changed_data)
        with override(user.language):
            toast(request, _("Saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form})
