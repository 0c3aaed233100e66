"""What a reviewer does on the page of an application beside moving it: each a post that comes back to the page."""

from functools import partial

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from enrollment import admissions, custody
from enrollment.views.documents import guarded

from .forms import WaiverForm
from .review_forms import AssignForm, LicenseCheckForm, NoteForm, ReviewForm, VerdictForm

VERDICTS = {"accept", "reject"}


class DeskActs:
    """Opinion, reviewer, note, look into a register, verdict on a document."""

    def get_urls(self):
        base = "enrollment_application"
        acts = {
            "review": self.review_view,
            "reviewer": self.reviewer_view,
            "note": self.note_view,
            "waive": self.waive_view,
            "license": self.license_view,
        }
        return [
            *(self.act_path(f"<int:pk>/{name}/", view, f"{base}_{name}") for name, view in acts.items()),
            self.act_path(
                "<int:pk>/documents/<int:document_pk>/<slug:verdict>/",
                self.document_view,
                f"{base}_document",
            ),
            path(
                "<int:pk>/license/<int:check_pk>/screenshot/",
                self.admin_site.admin_view(require_safe(self.screenshot_view)),
                name=f"{base}_screenshot",
            ),
            *super().get_urls(),
        ]

    def act_path(self, route, view, name):
        return path(route, self.admin_site.admin_view(require_POST(view)), name=name)

    def review_view(self, request, pk):
        application = self.find(request, pk)
        mine = application.reviews.filter(reviewer=request.user).first()
        form = ReviewForm(request.POST, instance=mine, application=application)
        if not form.is_valid():
            return self.page(request, application, review_form=form)
        act = partial(admissions.record_review, application=application, **form.answers())
        return self.attempt(request, application, _("Your opinion is on record."), act)

    def reviewer_view(self, request, pk):
        """Takes it, gives it back, or hands it to a colleague who has this intake as well."""
        application = self.find(request, pk)
        reviewer, words = request.user, _("You answer for this application now.")
        if request.POST.get("act") == "give":
            reviewer, words = None, _("Nobody answers for it now.")
        elif request.POST.get("act") == "assign":
            form = AssignForm(request.POST, intakes=[application.intake_id])
            if not form.is_valid():
                return self.go_back(request, application, _("Choose one of the reviewers of this intake."))
            reviewer = form.cleaned_data["reviewer"]
            words = _("%s answers for this application now.") % (reviewer or _("Nobody"))
        act = partial(admissions.assign_reviewer, application=application, reviewer=reviewer)
        return self.attempt(request, application, words, act)

    def note_view(self, request, pk):
        application = self.find(request, pk)
        form = NoteForm(request.POST)
        if not form.is_valid():
            return self.page(request, application, note_form=form)
        act = partial(admissions.write_note, application=application, **form.cleaned_data)
        return self.attempt(request, application, _("Your note is kept."), act)

    def license_view(self, request, pk):
        application = self.find(request, pk)
        form = LicenseCheckForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(request, application, license_form=form)
        act = partial(admissions.record_license_check, application=application, **form.cleaned_data)
        return self.attempt(request, application, _("What the register said is on record."), act)

    def waive_view(self, request, pk):
        application = self.find(request, pk)
        form = WaiverForm(request.POST)
        if not form.is_valid():
            return self.go_back(
                request, application, _("Give the reason for the waiver in up to 1,000 characters.")
            )
        act = partial(admissions.waive, application=application, **form.cleaned_data)
        return self.attempt(request, application, _("The expectation is set aside, with your reason."), act)

    def screenshot_view(self, request, pk, check_pk):
        """The picture of a register's page, for those who review that application."""
        check = get_object_or_404(self.find(request, pk).license_checks.exclude(screenshot=""), pk=check_pk)
        try:
            content = check.screenshot.open("rb")
        except FileNotFoundError as lost:
            raise Http404 from lost
        custody.view_picture(check=check, by=request.user)
        return guarded(FileResponse(content, content_type=check.screenshot_type))

    def document_view(self, request, pk, document_pk, verdict):
        application = self.find(request, pk)
        document = get_object_or_404(application.documents, pk=document_pk)
        if verdict not in VERDICTS:
            raise Http404
        accepted = verdict == "accept"
        form = VerdictForm(request.POST)
        if not form.is_valid():
            words = (
                _("Give the reason in up to 300 characters.")
                if "reason" in form.errors
                else _("Give the day until which it is valid, such as 2027-12-31.")
            )
            return self.go_back(request, application, words)
        words = (
            _("“%s” is accepted.") if accepted else _("“%s” is rejected; ask for a new one with a letter.")
        )
        act = partial(admissions.assess_document, document=document, accepted=accepted, **form.cleaned_data)
        return self.attempt(request, application, words % document.label, act)
