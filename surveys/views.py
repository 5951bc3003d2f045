from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from crm.core.languages import guest_language_choices
from crm.core.paging import page_of
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from crm.tenancy.scope import scope_of
from surveys.drawings import answers_chart, groups_bar, nps_chart, scores_chart
from surveys.forms import SurveyForm
from surveys.invitations import SurveyNotPublished, current_version
from surveys.models import Question
from surveys.results import answer_figures, comments


@require_safe
@staff_view(Staff.Role.VIEWER)
def answers(request: StaffRequest) -> HttpResponse:
    scope = scope_of(request, today=timezone.localdate())
    figures = answer_figures(request.business, scope.period, venue=scope.venue)
    months = scope.period.months
    written = comments(request.business, scope.period, venue=scope.venue)
    context = {
        "scope": scope,
        "figures": figures,
        "groups": groups_bar(figures.nps),
        "trend": nps_chart(figures, months),
        "by_month": answers_chart(figures, months),
        "satisfaction_chart": scores_chart(figures, Question.Kind.SATISFACTION),
        "surveys": list(request.business.surveys.order_by("name", "pk")),
        # Names and words are for those who may act on them.
        "page": page_of(request, written, per_page=20)
        if request.staff.is_manager
        else None,
    }
    return render(request, "surveys/answers.html", context)


@require_safe
@staff_view(Staff.Role.VIEWER)
def preview(request: StaffRequest, survey_uuid: UUID) -> HttpResponse:
    survey = get_object_or_404(request.business.surveys, uuid=survey_uuid)
    language = _language_of(request)
    try:
        version = current_version(survey)
    except SurveyNotPublished as error:
        raise Http404 from error
    with translation.override(language):
        form = SurveyForm(
            questions=version.questions.order_by("position"), language=language
        )
        context = {
            "form": form,
            "is_preview": True,
            "languages": guest_language_choices(),
            "language": language,
            **version.words_in(language),
        }
        return render(request, "surveys/public/questions.html", context)


def _language_of(request: StaffRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in settings.GUEST_LANGUAGES else request.business.language
