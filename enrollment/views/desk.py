"""How learners reach their records: through themselves, so that what is not theirs is not found."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from ..models import Enrollment
from ..progress import ModuleProgress, Picture, picture_of


def own_enrollment(request: HttpRequest, pk: int) -> Enrollment:
    """The person's own enrollment, or “not found”."""
    mine = Enrollment.objects.of(request.user).select_related("intake__course", "learner", "application")
    return get_object_or_404(mine, pk=pk)


def own_module(request: HttpRequest, pk: int, slug: str) -> tuple[Picture, ModuleProgress]:
    """A module of the person's own course, with how far they are in it and in the course."""
    enrollment = own_enrollment(request, pk)
    module = get_object_or_404(enrollment.course.modules, slug=slug)
    picture = picture_of(enrollment)
    return picture, next(part for part in picture.modules if part.module.pk == module.pk)
