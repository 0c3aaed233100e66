"""What a reviewer fills in at the desk: an opinion with points, a note, a look into a register, a request."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrollment import evidence, reviewing
from enrollment.completeness import SECTIONS, evidence_slots
from enrollment.models import Application, Document, InformationRequest, LicenseCheck, Review, ReviewDuty
from enrollment.opinions import plan_of

from .forms import QuotedReasonForm


class VerdictForm(forms.Form):
    """What a reviewer says of one document; why is compulsory where it is rejected."""

    reason = forms.CharField(max_length=300, required=False)
    valid_until = forms.DateField(required=False)


class ReviewForm(forms.ModelForm):
    """An opinion, with points for each criterion of the course."""

    class Meta:
        model = Review
        fields = ["recommendation", "note"]
        widgets = {"note": forms.Textarea({"rows": 4})}

    def __init__(self, *args, application: Application, **kwargs):
        super().__init__(*args, **kwargs)
        self.criteria = reviewing.criteria_of(application)
        given = {}
        if self.instance.pk:
            given = dict(self.instance.scores.values_list("criterion", "points"))
        for one in self.criteria:
            self.fields[f"points_{one.pk}"] = forms.IntegerField(
                label=_("%(criterion)s, 0 to %(most)s points") % {"criterion": one.title, "most": one.most},
                min_value=0,
                max_value=one.most,
                help_text=one.guidance,
                initial=given.get(one.pk),
            )
        self.order_fields([*(f"points_{one.pk}" for one in self.criteria), "recommendation", "note"])

    def answers(self) -> dict[str, Any]:
        """What the verb takes."""
        return {
            "recommendation": self.cleaned_data["recommendation"],
            "note": self.cleaned_data["note"],
            "scores": {one.pk: self.cleaned_data[f"points_{one.pk}"] for one in self.criteria},
        }


class NoteForm(forms.Form):
    """A remark among colleagues; the page holds other forms, so its fields have names of their own."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="remark_%s", **kwargs)

    text = forms.CharField(
        label=_("Note for colleagues"),
        max_length=reviewing.LONGEST_NOTE,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The applicant never sees it. It cannot be changed later."),
    )


class LicenseCheckForm(forms.ModelForm):
    """What a public register said, on the day on which somebody looked."""

    address = forms.URLField(
        label=_("Address of the register"), max_length=300, required=False, assume_scheme="https"
    )
    screenshot = forms.FileField(
        label=_("Picture of the register’s page"),
        required=False,
        help_text=_("A screenshot as PNG, JPEG or PDF. Needed where you write nothing down."),
    )

    class Meta:
        model = LicenseCheck
        fields = ["register", "number", "result", "valid_until", "note"]
        widgets = {
            "valid_until": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "note": forms.Textarea({"rows": 3}),
            "result": forms.RadioSelect,
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="license_%s", **kwargs)
        self.fields["result"].choices = LicenseCheck.Result.choices
        self.order_fields(["register", "address", "number", "result", "valid_until", "note", "screenshot"])

    def clean_screenshot(self):
        upload = self.cleaned_data["screenshot"]
        if not upload:
            return None
        try:
            return evidence.check(upload)
        except evidence.EvidenceRefused as refused:
            raise ValidationError(str(refused)) from refused

    def clean(self):
        answers = super().clean()
        if not answers.get("note", "").strip() and not answers.get("screenshot") and not self.errors:
            self.add_error("note", _("Write down what the register said, or add a picture of its page."))
        return answers

    def _post_clean(self):
        """The verb writes the record, so nothing is tried on an instance that has no application yet."""


class AssignForm(forms.Form):
    """Who answers for an application: somebody to whom its intake was given."""

    reviewer = forms.ModelChoiceField(
        label=_("Reviewer"),
        queryset=get_user_model().objects.none(),
        required=False,
        empty_label=_("Nobody"),
    )

    def __init__(self, *args, intakes, **kwargs):
        super().__init__(*args, auto_id="assign_%s", **kwargs)
        self.fields["reviewer"].queryset = reviewers_of(intakes)


def reviewers() -> QuerySet:
    """Members of staff who review, whether an intake was given to them or not, by name."""
    people = get_user_model().objects.filter(is_active=True, is_staff=True)
    return people.filter(holds("review_application")).distinct().order_by("full_name", "pk")


def reviewers_of(intakes: Collection[int]) -> QuerySet:
    """Those of them who may review one of these intakes."""
    duties = ReviewDuty.objects.filter(intake__in=intakes)
    return reviewers().filter(Q(pk__in=duties.values("reviewer")) | holds("review_every_intake"))


def holds(right: str) -> Q:
    permission = Permission.objects.filter(codename=right, content_type__app_label="enrollment")
    return Q(user_permissions__in=permission) | Q(groups__permissions__in=permission) | Q(is_superuser=True)


class RequestForm(QuotedReasonForm):
    """What the applicant is asked for: the parts that open again, and by when."""

    sections = forms.MultipleChoiceField(
        label=_("Sections that open again"), required=False, widget=forms.CheckboxSelectMultiple
    )
    documents = forms.MultipleChoiceField(
        label=_("Documents that may be sent again"), required=False, widget=forms.CheckboxSelectMultiple
    )
    answer_by = forms.DateField(
        label=_("Answer by"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day, by the clock of the place where the course is held."),
    )
    field_order = ["sections", "documents", "answer_by", "note"]

    def __init__(self, *args, record: Application, **kwargs):
        super().__init__(*args, **kwargs)
        self.record, self.plan = record, plan_of(record)
        self.today = timezone.localdate(timezone=record.intake.zone)
        self.fields["sections"].choices = [
            (name, section.label) for name, section in SECTIONS.items() if name != "evidence"
        ]
        self.fields["documents"].choices = [(slot.kind, slot.label) for slot in evidence_slots(record)]
        self.fields["answer_by"].initial = self.today + timedelta(days=self.plan.days_to_answer)
        rejected = record.documents.filter(status=Document.Status.REJECTED)
        self.fields["documents"].initial = list(rejected.values_list("kind", flat=True))
        self.fields["note"].label = _("What you ask for")

    def clean_answer_by(self):
        day, most = self.cleaned_data["answer_by"], reviewing.MOST_DAYS_TO_ANSWER
        if not self.today <= day <= self.today + timedelta(days=most):
            raise ValidationError(_("Choose a day from today to %(days)s days on."), params={"days": most})
        return day

    def clean(self):
        answers = super().clean()
        if not answers.get("sections") and not answers.get("documents"):
            self.add_error("sections", _("Name at least one section or document that opens again."))
        return answers

    def words(self) -> dict[str, Any]:
        """The request as the letter would tell of it with what stands in the form now."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        day = given.get("answer_by") or self.fields["answer_by"].initial
        return {
            "request": InformationRequest(
                sections=given.get("sections", []),
                documents=given.get("documents", self.fields["documents"].initial),
                answer_by=datetime.combine(day, time(23, 59, 59), tzinfo=self.record.intake.zone),
            )
        }
