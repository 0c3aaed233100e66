from django import forms
from django.utils.translation import gettext as _

from courses.models import Question

from ..models import Attempt


class AttemptForm(forms.Form):
    """The questions of one attempt as they were frozen; the key stays behind."""

    use_required_attribute = False

    def __init__(self, *args, attempt: Attempt, **kwargs):
        super().__init__(*args, **kwargs)
        self.attempt = attempt
        for place, question in enumerate(attempt.questions, start=1):
            self.fields[field_name(question)] = question_field(place, question)
            self.initial[field_name(question)] = chosen_before(question, attempt)

    @property
    def answers(self) -> dict[str, list[int]]:
        """The choices by question, as the verbs of study take them; none where none was made, no key where it is no choice."""
        chosen = {}
        for question in self.attempt.questions:
            name = field_name(question)
            if name in self.cleaned_data or not self.data.getlist(name):
                chosen[str(question["id"])] = [int(option) for option in self.cleaned_data.get(name, ())]
        return chosen


class OneAnswerField(forms.TypedChoiceField):
    """One choice, handed on as a list like the field for several."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs):
        super().__init__(coerce=lambda option: [option], empty_value=[], **kwargs)


class SeveralAnswersField(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


def chosen_before(question: dict, attempt: Attempt) -> list[str] | str:
    """What the attempt holds already, so that it is found again after a lost connection."""
    kept = [str(option) for option in attempt.answers.get(str(question["id"]), [])]
    return kept if question["kind"] == Question.Kind.MULTIPLE else next(iter(kept), "")


def field_name(question: dict) -> str:
    return f"question-{question['id']}"


def question_field(place: int, question: dict) -> forms.Field:
    several = question["kind"] == Question.Kind.MULTIPLE
    field = SeveralAnswersField if several else OneAnswerField
    return field(
        label=f"{place}. {question['stem']}",
        choices=[(str(option["id"]), option["text"]) for option in question["options"]],
        help_text=" ".join(hints(question)),
        error_messages={
            "required": _("Answer question %(place)s") % {"place": place},
            "invalid_choice": _("Choose one of the answers to question %(place)s") % {"place": place},
            "invalid_list": _("Choose one of the answers to question %(place)s") % {"place": place},
        },
    )


def hints(question: dict) -> list[str]:
    told = [_("Choose every right answer.")] if question["kind"] == Question.Kind.MULTIPLE else []
    return [*told, _("Must be right.")] if question["is_critical"] else told
