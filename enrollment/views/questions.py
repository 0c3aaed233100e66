"""A module's questions: start, answer, and read the result with reasons and sources."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from .. import study
from ..forms.study import AttemptForm
from ..models import Attempt
from ..progress import ModuleProgress, Picture
from ..workflow import MoveRefused
from .desk import own_module


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """What stands open comes first, then the last result, then the invitation to begin."""
    picture, part = own_module(request, pk, slug)
    attempts = picture.enrollment.attempts.filter(module=part.module).order_by("-number")
    if request.method == "POST":
        if "start" in request.POST:
            return start(request, picture, part)
        return submit(request, picture, part, attempts)
    last = attempts.first()
    if last is None:
        return show(request, "start", picture, part, total=questions_asked(part))
    if last.submitted_at is None:
        return show(request, "attempt", picture, part, attempt=last, form=AttemptForm(attempt=last))
    return show(request, "result", picture, part, attempt=last, answers=marked(last))


def show(request: HttpRequest, page: str, picture: Picture, part: ModuleProgress, **context) -> HttpResponse:
    context |= {"enrollment": picture.enrollment, "part": part, "module": part.module}
    return render(request, f"enrollment/learner/questions/{page}.html", context)


def questions_asked(part: ModuleProgress) -> int:
    bank = study.deciding_questions().filter(module=part.module).count()
    return min(part.module.questions_per_attempt or bank, bank)


def start(request: HttpRequest, picture: Picture, part: ModuleProgress) -> HttpResponse:
    try:
        study.start_attempt(enrollment=picture.enrollment, module=part.module, by=request.user)
    except MoveRefused as refused:
        messages.warning(request, str(refused))
    return redirect(part.questions_url)


def submit(request: HttpRequest, picture: Picture, part: ModuleProgress, attempts) -> HttpResponse:
    number = request.POST.get("attempt", "")
    attempt = attempts.filter(number=number).first() if number.isdecimal() and len(number) < 5 else None
    if attempt is None or attempt.submitted_at:
        return redirect(part.questions_url)
    form = AttemptForm(request.POST, attempt=attempt)
    if not form.is_valid():
        return show(request, "attempt", picture, part, attempt=attempt, form=form)
    try:
        study.grade_attempt(attempt=attempt, answers=form.answers, by=request.user)
    except MoveRefused as refused:
        messages.warning(request, str(refused))
    return redirect(part.questions_url)


def marked(attempt: Attempt) -> list[dict]:
    """Each question with what was chosen and what is right, in the order of the attempt."""
    return [
        {
            **question,
            "is_right": study.is_right(question, attempt.answers),
            "options": [
                {
                    "text": option["text"],
                    "is_right": option["id"] in question["right"],
                    "is_chosen": option["id"] in attempt.answers.get(str(question["id"]), []),
                }
                for option in question["options"]
            ],
        }
        for question in attempt.questions
    ]
