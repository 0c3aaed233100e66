"""Leave for one attempt more, given on the page of a learner whose attempts are used up."""

from functools import partial

from django import forms
from django.http import Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from courses.models import Module
from enrollment import permissions, study
from enrollment.models import Enrollment
from enrollment.progress import picture_of


class ExtraAttemptForm(forms.Form):
    """Which module, and why."""

    use_required_attribute = False
    module = forms.ModelChoiceField(Module.objects.none(), label=_("Module"))
    note = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}), help_text=_("Kept on record.")
    )

    def __init__(self, *args, spent: list[Module], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["module"].queryset = Module.objects.filter(pk__in=[module.pk for module in spent])


class ExtraAttempts:
    """For the page of an enrollment: where no attempt is left, a registrar may allow another."""

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.extra_attempt_view))
        name = "enrollment_enrollment_extra_attempt"
        return [path("<int:pk>/extra-attempt/", view, name=name), *super().get_urls()]

    def attempts_shown(self, request, enrollment: Enrollment) -> dict:
        """Attempts by module, leave given, and the form where somebody may give more."""
        spent = spent_modules(enrollment) if permissions.may_issue(request.user, enrollment) else []
        return {
            "attempts": enrollment.attempts.select_related("module").order_by("module__number", "number"),
            "extra_attempts": enrollment.extra_attempts.select_related("module", "given_by"),
            "extra_attempt_form": ExtraAttemptForm(spent=spent) if spent else None,
        }

    def extra_attempt_view(self, request, pk):
        enrollment = self.find(request, pk)
        if not permissions.may_issue(request.user, enrollment):
            raise Http404
        form = ExtraAttemptForm(request.POST, spent=list(enrollment.course.modules.all()))
        if not form.is_valid():
            return self.page(request, enrollment, extra_attempt_form=form)
        act = partial(study.allow_attempt, enrollment=enrollment, **form.cleaned_data)
        return self.attempt(request, enrollment, _("One more attempt is allowed."), act)


def spent_modules(enrollment: Enrollment) -> list[Module]:
    """Modules whose attempts are used up without a pass."""
    if enrollment.status != Enrollment.Status.ACTIVE:
        return []
    parts = picture_of(enrollment).modules
    return [part.module for part in parts if part.turn.is_spent and not part.is_under_way]
