"""Skills shown in person: whom an assessor may judge, and the checklist of one learner."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from .. import practice
from ..forms.skills import ChecklistForm
from ..models import Enrollment
from ..workflow import MoveRefused
from .assessor import require_assessor

PAGE = 50


def learners_to_judge(request: HttpRequest):
    """Those who study, on courses that have skills to show; never the assessor's own place."""
    require_assessor(request)
    studying = Enrollment.objects.filter(
        status=Enrollment.Status.ACTIVE, intake__course__competencies__isnull=False
    )
    return (
        studying.exclude(learner=request.user)
        .distinct()
        .select_related("application", "learner", "intake__course")
    )


@login_required
@require_safe
def learners(request: HttpRequest) -> HttpResponse:
    found = learners_to_judge(request).order_by("intake__starts_on", "application__legal_name", "pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "enrollment/assessor/learners.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def skills(request: HttpRequest, pk: int) -> HttpResponse:
    """Every skill of the course in one list, saved in one go; what was not seen stays open."""
    enrollment = get_object_or_404(learners_to_judge(request), pk=pk)
    newest = practice.newest_checks(enrollment)
    asked = enrollment.intake.course.competencies.all()
    form = ChecklistForm(request.POST if request.method == "POST" else None, skills=asked, newest=newest)
    if request.method == "POST" and form.is_valid():
        return save(request, enrollment, form)
    context = {"enrollment": enrollment, "form": form, "newest": newest}
    return render(request, "enrollment/assessor/skills.html", context)


def save(request: HttpRequest, enrollment: Enrollment, form: ChecklistForm) -> HttpResponse:
    try:
        changed = practice.check_competencies(enrollment=enrollment, judged=form.judged, by=request.user)
    except MoveRefused as refused:
        messages.warning(request, str(refused))
    else:
        words = ngettext("%d judgement is on record.", "%d judgements are on record.", changed) % changed
        messages.success(request, words if changed else _("Nothing has changed."))
    return redirect("enrollment:assess_skills", enrollment.pk)
