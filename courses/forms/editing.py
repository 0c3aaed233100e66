"""How editors write the catalog: Markdown becomes HTML when it is saved, and what is missing is named."""

from collections.abc import Mapping

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..markdown import Rendered, render
from ..marks import Mark, drawn_anew
from ..models import CLINICAL_MODELS, Question, Source
from ..programme import programme_of, title_fault

MARKDOWN_HELP = _(
    "Markdown. Five examples: **bold**; ## Heading; - a line of a list; [@KEY] cites the source with that key; "
    "[the devices](module:microneedling/devices) links to a module (or course:…, article:…)."
)


class MarkdownForm(forms.ModelForm):
    """Each Markdown field has a twin that holds the HTML which readers see."""

    twins: Mapping[str, str] = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.twins.keys() & self.fields.keys():
            self.fields[name].help_text = MARKDOWN_HELP

    def clean(self):
        cleaned = super().clean()
        self.rendered: dict[str, Rendered] = {}
        for name in self.twins.keys() & cleaned.keys():
            self.render_field(name, cleaned[name])
        return cleaned

    def render_field(self, name: str, text: str) -> None:
        try:
            self.rendered[name] = render(text)
        except ValidationError as refusal:
            self.add_error(name, refusal)
        else:
            setattr(self.instance, self.twins[name], self.rendered[name].html)


class CitingForm(MarkdownForm):
    """The sources of a text are those that it cites."""

    def _save_m2m(self):
        super()._save_m2m()
        if "body" in self.rendered:
            cited = Source.objects.filter(key__in=self.rendered["body"].source_keys)
            self.instance.sources.set(cited)


class CourseForm(MarkdownForm):
    twins = {"description": "description_html", "assessment": "assessment_html"}


class TopicForm(CitingForm):
    twins = {"body": "body_html"}


class ArticleForm(CitingForm):
    twins = {"body": "body_html"}


class PlainForm(MarkdownForm):
    """Texts that stand apart from the list of sources, so that a number of a source would lead nowhere."""

    def render_field(self, name, text):
        super().render_field(name, text)
        if name in self.rendered and self.rendered[name].source_keys:
            self.add_error(name, _("No list of sources follows this text. Name the source in words."))


class FrequentQuestionForm(PlainForm):
    twins = {"answer": "answer_html"}


class PolicyForm(PlainForm):
    twins = {"text": "text_html"}


class AccreditationForm(forms.ModelForm):
    """The mark is a file here and a small picture of our own making in the record."""

    mark_file = forms.FileField(
        label=_("Picture of the mark"),
        required=False,
        help_text=_("PNG, JPEG or WebP up to 2 MB; it replaces the one on file."),
        widget=forms.FileInput({"accept": "image/png,image/jpeg,image/webp"}),
    )
    drop_mark = forms.BooleanField(label=_("Remove the picture on file"), required=False)

    def clean_mark_file(self) -> Mark | None:
        upload = self.cleaned_data["mark_file"]
        return drawn_anew(upload) if upload else None

    def _post_clean(self):
        super()._post_clean()
        if self.cleaned_data.get("drop_mark"):
            self.keep_mark(b"", None, None)
        if mark := self.cleaned_data.get("mark_file"):
            self.keep_mark(*mark)

    def clean(self):
        cleaned = super().clean()
        scheme, course = cleaned.get("scheme"), cleaned.get("course") or self.instance.course
        if scheme and course and (fault := title_fault(course.title, scheme)):
            self.add_error("scheme", fault)
        if scheme and cleaned.get("reference") and course and course.pk and not self.instance.programme:
            # What the scheme approved is what stands here when its reference arrives.
            self.instance.programme = programme_of(course)
        return cleaned

    def keep_mark(self, png: bytes, width: int | None, height: int | None) -> None:
        row = self.instance
        row.mark, row.mark_width, row.mark_height = png, width, height


class FacultyForm(MarkdownForm):
    twins = {"biography": "biography_html"}


class InstituteFactForm(MarkdownForm):
    twins = {"text": "text_html"}


class ModuleForm(forms.ModelForm):
    def clean_kind(self):
        """A module that changes its kind would hide the rows of the kind it had."""
        kind, before = self.cleaned_data["kind"], self.initial.get("kind")
        if self.instance.pk and kind != before:
            for model in CLINICAL_MODELS:
                count = model.objects.filter(module=self.instance).count() if model.kind == before else 0
                if count:
                    raise ValidationError(
                        _(
                            "It holds %(count)s %(rows)s, which belong to its present kind. Delete them first."
                        ),
                        params={"count": count, "rows": model._meta.verbose_name_plural},
                    )
        return kind


class QuestionForm(forms.ModelForm):
    class Meta:
        widgets = {
            "stem": forms.Textarea({"rows": 3, "class": "vLargeTextField"}),
            "explanation": forms.Textarea({"rows": 4, "class": "vLargeTextField"}),
        }


class OptionFormSet(forms.BaseInlineFormSet):
    """A question can be answered: it has a right option, a wrong one, and as many right ones as its kind says."""

    def clean(self):
        super().clean()
        if any(self.errors):
            return
        given = [form.cleaned_data for form in self.forms if self.is_kept(form)]
        right = sum(bool(option.get("is_correct")) for option in given)
        for sentence in self.faults(len(given), right):
            raise ValidationError(sentence)

    def is_kept(self, form) -> bool:
        return bool(form.cleaned_data.get("text")) and not form.cleaned_data.get("DELETE")

    def faults(self, given: int, right: int):
        if given < 2:
            yield _("Add at least two options.")
        if self.instance.kind == Question.Kind.SINGLE:
            if right == 0:
                yield _("Tick the one option that is right.")
            if right > 1:
                yield _("Tick only one option as right, or choose “Several right answers” above.")
        elif right < 2:
            yield _("Tick at least two options as right, or choose “One right answer” above.")
        if given and given == right:
            yield _("Add an option that is wrong.")
