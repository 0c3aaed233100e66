"""The words of letters, edited as rows: with the variables they may name, and a preview before anybody reads them."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.loader import get_template
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from enrollment import notifications, permissions, wordings
from enrollment.models import Application, Certificate, Event, Letter, LetterWording, LogbookEntry

from .acts import moment
from .letters import title_of


class WordingForm(forms.ModelForm):
    """Words for one letter in one language; every variable they name must be one that this letter knows."""

    reference = forms.CharField(
        label=_("Preview with the application"),
        max_length=16,
        required=False,
        help_text=_("Its reference, such as AP-7K2M-9QXT. Empty: a person who does not exist."),
    )

    class Meta:
        model = LetterWording
        fields = ["name", "language", "in_use", "subject", "body"]
        widgets = {"body": forms.Textarea({"rows": 18, "class": "vLargeTextField"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "name" in self.fields:
            names = [(name, title_of(name)) for name in sorted(notifications.ACTIONS)]
            self.fields["name"] = forms.ChoiceField(label=_("Letter"), choices=names)
        if "language" in self.fields:
            self.fields["language"] = forms.ChoiceField(
                label=_("Language"), choices=settings.LANGUAGES, initial=settings.LANGUAGE_CODE
            )

    def clean(self):
        answers = super().clean()
        letter = answers.get("name") or self.instance.name
        for field in ("subject", "body"):
            for sentence in wordings.faults(letter, answers.get(field) or ""):
                self.add_error(field, sentence)
        return answers


@admin.register(LetterWording)
class LetterWordingAdmin(admin.ModelAdmin):
    form = WordingForm
    change_form_template = "admin/enrollment/letterwording/change_form.html"
    list_display = ["__str__", "tongue", "subject", "in_use", "changed_by", "changed"]
    list_filter = ["in_use"]
    list_select_related = ["changed_by"]
    search_fields = ["name", "subject", "body"]
    search_help_text = _("Search by letter or words")
    fields = ["name", "language", "in_use", "subject", "body", "reference"]
    shown = ["letter_name", *fields[1:]]

    def get_urls(self):
        preview = self.admin_site.admin_view(require_POST(self.preview_view))
        return [path("preview/", preview, name="enrollment_letterwording_preview"), *super().get_urls()]

    def get_fields(self, request, obj=None):
        return self.shown if obj else self.fields

    def get_readonly_fields(self, request, obj=None):
        return ["letter_name"] if obj else []

    @admin.display(description=_("letter"))
    def letter_name(self, wording):
        return title_of(wording.name)

    @admin.display(description=_("language"), ordering="language")
    def tongue(self, wording):
        return dict(settings.LANGUAGES).get(wording.language, wording.language)

    def save_model(self, request, obj, form, change):
        obj.changed_by = request.user
        super().save_model(request, obj, form, change)

    @admin.display(description=_("last change"), ordering="changed_at")
    def changed(self, wording):
        return moment(wording.changed_at)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        wording = self.get_object(request, object_id) if object_id else None
        letter = wording.name if wording else ""
        context = {
            "variables": wordings.variables_of(letter) if letter else wordings.VARIABLES,
            "built_in": built_in(letter) if letter else None,
            **(extra_context or {}),
        }
        return super().changeform_view(request, object_id, form_url, context)

    def preview_view(self, request):
        """The letter with the words that stand in the form, which nobody has saved."""
        if not (self.has_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied
        wording = LetterWording.objects.filter(pk=number(request.POST.get("pk"))).first() or LetterWording()
        form = WordingForm({**request.POST.dict(), "name": request.POST.get("name") or wording.name})
        form.instance = wording
        form.full_clean()
        words = LetterWording(
            name=form.data["name"], subject=form.data.get("subject", ""), body=form.data.get("body", "")
        )
        faults = [
            *wordings.faults(words.name, words.subject),
            *wordings.faults(words.name, words.body),
        ]
        letter, told = (
            (None, "")
            if faults or words.name not in notifications.ACTIONS
            else self.letter(request, words, form.data.get("reference", ""))
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _("Preview"),
            "opts": self.opts,
            "original": title_of(words.name),
            "letter": letter,
            "faults": faults,
            "told": told,
        }
        return TemplateResponse(request, "admin/enrollment/letterwording/preview.html", context)

    def letter(self, request, words, reference):
        """The letter about this application, or about nobody; and a sentence where the application cannot have it."""
        if not reference.strip():
            return notifications.sample(words), ""
        application = visible(request.user).filter(reference=reference.strip().upper()).first()
        if application is None:
            return notifications.sample(words), _(
                "There is no such application, so the preview tells of nobody."
            )
        about = subjects(application, words.name)
        if about is None:
            return notifications.sample(words), _(
                "This application has nothing that the letter is about, so the preview tells of nobody."
            )
        event = Event(application=application, note=str(_("The reason stands here.")), at=timezone.now())
        told = notifications.preview(
            words.name, event=event, recipient=application.applicant, wording=words, **about
        )
        return told, ""


def number(value) -> int | None:
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 10 else None


def visible(by):
    """Applications whose letters this person may read: as a reviewer, or in the list of all letters."""
    if permissions.may(by, "view_letter"):
        letters = Letter.objects.filter(permissions.given_to(by, "application__"))
        return Application.objects.filter(pk__in=letters.values("application")).exclude(applicant=by)
    return permissions.reviewable(by)


def subjects(application: Application, letter: str) -> dict | None:
    """What the letter is about beside the application; None when it has none."""
    about = {"application": application}
    enrollment = getattr(application, "enrollment", None)
    if letter == "place-confirmed" or letter in wordings.ENTRIES | wordings.CERTIFICATES:
        if enrollment is None:
            return None
        about["enrollment"] = enrollment
    if letter in wordings.ENTRIES:
        about["entry"] = LogbookEntry.objects.filter(enrollment=enrollment).first()
    if letter in wordings.CERTIFICATES:
        about["certificate"] = Certificate.objects.filter(enrollment=enrollment).first()
    return None if None in about.values() else about


def built_in(letter: str) -> dict[str, str]:
    """The words that go out without a wording, as their author wrote them."""
    folder = notifications.FOLDER
    return {
        "subject": get_template(f"{folder}/{letter}.subject.txt").template.source.strip(),
        "body": get_template(f"{folder}/{letter}.txt").template.source.strip(),
    }
