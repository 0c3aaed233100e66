"""The competency checklist of one learner: a row for each skill, met, not yet met, or not seen."""

from collections.abc import Iterable, Mapping

from django import forms
from django.utils.translation import gettext as _

from courses.models import Competency

from ..models import CompetencyCheck


class ChecklistForm(forms.Form):
    """Rows without an answer were not seen and say nothing."""

    use_required_attribute = False

    def __init__(self, *args, skills: Iterable[Competency], newest: Mapping[int, CompetencyCheck], **kwargs):
        super().__init__(*args, **kwargs)
        self.skills = list(skills)
        for skill in self.skills:
            before = newest.get(skill.pk)
            self.fields[f"skill-{skill.pk}"] = forms.ChoiceField(
                label=skill.title,
                required=False,
                choices=CompetencyCheck.Result.choices,
                widget=forms.RadioSelect,
                initial=before.result if before else None,
                error_messages={"invalid_choice": _("Choose “met” or “not yet met”")},
            )
            self.fields[f"skill-{skill.pk}"].asked_for = True
            self.fields[f"note-{skill.pk}"] = forms.CharField(
                label=_("Comment on this skill"),
                required=False,
                max_length=300,
                initial=before.note if before else "",
            )

    def rows(self) -> list[tuple]:
        return [(skill, self[f"skill-{skill.pk}"], self[f"note-{skill.pk}"]) for skill in self.skills]

    @property
    def judged(self) -> dict[Competency, tuple[str, str]]:
        answers = self.cleaned_data
        return {
            skill: (answers[f"skill-{skill.pk}"], answers[f"note-{skill.pk}"])
            for skill in self.skills
            if answers[f"skill-{skill.pk}"]
        }
