"""Questions that the office added, as fields of the section they belong to; their answers are kept as text."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iiwam.forms import ThreePartDateField

from ..models import ExtraQuestion
from ..transcript import YES_NO, as_date

Kind = ExtraQuestion.Kind
MOST = 2000
FARTHEST = 10**9


def field_for(question: ExtraQuestion) -> forms.Field:
    """The control that fits this kind of answer."""
    return MAKERS[question.kind](question, label=question.label, help_text=question.help_text, required=False)


def stored(value: Any) -> str:
    """The answer as text; dates as year, month and day."""
    return "" if value is None else str(value)


def restored(question: ExtraQuestion, text: str) -> Any:
    """The value that a field shows for a stored answer."""
    if question.kind == Kind.DATE:
        return as_date(text)
    return text


def line(question, **words):
    return forms.CharField(max_length=200, **words)


def text(question, **words):
    return forms.CharField(max_length=MOST, widget=forms.Textarea({"rows": 4}), **words)


def number(question, **words):
    control = forms.TextInput({"inputmode": "numeric", "class": "w20"})
    wrong = {"invalid": _("Write a whole number, such as 4")}
    return forms.IntegerField(
        min_value=-FARTHEST, max_value=FARTHEST, widget=control, error_messages=wrong, **words
    )


def day(question, **words):
    return ThreePartDateField(**words)


def yes_no(question, **words):
    return forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect, **words)


def one_of(question, **words):
    choices = [("", _("Choose an answer")), *((choice, choice) for choice in question.choice_list)]
    return forms.ChoiceField(choices=choices, **words)


MAKERS = {
    Kind.LINE: line,
    Kind.TEXT: text,
    Kind.NUMBER: number,
    Kind.DATE: day,
    Kind.YES_NO: yes_no,
    Kind.CHOICE: one_of,
}
