"""A module's questions: start, answer one by one, and read the result with reasons and sources."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

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
    attempts = list(picture.enrollment.attempts.filter(module=part.module).order_by("-number"))
    if request.method == "POST":
        if "start" in request.POST:
            return start(request, picture, part)
        return take(request, picture, part, named(request, attempts))
    if not attempts:
        return show(request, "start", picture, part, total=questions_asked(part))
    attempt = asked_for(request, attempts)
    if attempt.submitted_at is None:
        return show(request, "attempt", picture, part, attempt=attempt, form=AttemptForm(attempt=attempt))
    return show(request, "result", picture, part, attempt=attempt, attempts=attempts, answers=marked(attempt))


@login_required
@require_POST
def answer(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """One answer is kept as soon as it is given; 409 when the attempt takes no more."""
    picture, part = own_module(request, pk, slug)
    attempt = named(request, picture.enrollment.attempts.filter(module=part.module))
    if attempt is None:
        raise Http404
    try:
        attempt = keep(request, attempt, only=request.POST.getlist("question"))
    except MoveRefused as refused:
        return JsonResponse({"refused": str(refused)}, status=409)
    return JsonResponse({"revision": attempt.revision, "answered": attempt.answered})


def keep(request: HttpRequest, attempt: Attempt, only: list[str] | None = None) -> Attempt:
    """What the form says is kept: of all its questions, or of those alone that were just answered."""
    form = AttemptForm(request.POST, attempt=attempt)
    form.is_valid()
    answers = {key: given for key, given in form.answers.items() if only is None or key in only}
    return study.save_answers(attempt=attempt, answers=answers, by=request.user)


def named(request: HttpRequest, attempts) -> Attempt | None:
    """The attempt that a form was shown for."""
    number = request.POST.get("attempt", "")
    return next((one for one in attempts if str(one.number) == number), None)


def asked_for(request: HttpRequest, attempts: list[Attempt]) -> Attempt:
    """The submitted attempt that the address names, or else the last."""
    wanted = request.GET.get("attempt", "")
    return next((one for one in attempts if one.submitted_at and str(one.number) == wanted), attempts[0])


def show(
    request: HttpRequest, page: str, picture: Picture, part: ModuleProgress, **context: Any
) -> HttpResponse:
    context |= {"enrollment": picture.enrollment, "part": part, "module": part.module, "turn": part.turn}
    context["may_begin"] = picture.enrollment.status == "active" and part.turn.may_begin(picture.at)
    context["waits"] = part.turn.waits(picture.at)
    return render(request, f"enrollment/learner/questions/{page}.html", context)


def questions_asked(part: ModuleProgress) -> int:
    """How many questions an attempt has: those that must be right are always among them."""
    bank = study.deciding_questions().filter(module=part.module)
    wanted = part.module.questions_per_attempt or bank.count()
    return min(max(wanted, bank.filter(is_critical=True).count()), bank.count())


def start(request: HttpRequest, picture: Picture, part: ModuleProgress) -> HttpResponse:
    try:
        study.start_attempt(enrollment=picture.enrollment, module=part.module, by=request.user)
    except MoveRefused as refused:
        messages.warning(request, str(refused))
    return redirect(part.questions_url)


def take(
    request: HttpRequest, picture: Picture, part: ModuleProgress, attempt: Attempt | None
) -> HttpResponse:
    """The form of an attempt came back: from its own window, from an old one, to be kept or to be marked."""
    if attempt is None or attempt.submitted_at:
        return redirect(part.questions_url)
    try:
        if is_from_an_old_window(request, attempt):
            messages.warning(
                request,
                _(
                    "You answered in another window after this page was opened. Check the answers, then submit."
                ),
            )
            return redirect(part.questions_url)
        attempt = keep(request, attempt)
        form = AttemptForm(request.POST, attempt=attempt)
        if "save" not in request.POST:
            if not form.is_valid():
                return show(request, "attempt", picture, part, attempt=attempt, form=form)
            study.grade_attempt(attempt=attempt, answers=form.answers, by=request.user)
            return redirect(part.questions_url)
    except MoveRefused as refused:
        messages.warning(request, str(refused))
        return redirect(part.questions_url)
    words = _("Kept: %(done)s of %(total)s answered. You can close this page.")
    messages.success(request, words % {"done": attempt.answered, "total": attempt.total})
    return redirect(part.questions_url)


def is_from_an_old_window(request: HttpRequest, attempt: Attempt) -> bool:
    """Whether answers were saved that this form never knew of, and that it would now undo."""
    if request.POST.get("seen") == str(attempt.revision):
        return False
    form = AttemptForm(request.POST, attempt=attempt)
    form.is_valid()
    given = study.fitting(attempt, form.answers)
    return any(given.get(key, []) != chosen for key, chosen in attempt.answers.items() if chosen)


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
