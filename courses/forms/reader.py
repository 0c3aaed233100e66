"""What readers say about themselves in an address: a profession, a country, and for the eligibility check the rest."""

from collections.abc import Iterable

from django import forms
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..countries import names
from ..eligibility import LicenseStatus, Reader
from ..models import Course, Profession

ELSEWHERE = "other"
LONGEST_CAREER = 70


class ReaderForm(forms.Form):
    """Profession and country. What the address does not mention is not asked for yet, so a link may carry a part."""

    use_required_attribute = False
    profession = forms.ChoiceField(
        label=_("Profession"),
        error_messages={"invalid_choice": _("Choose your profession from the list")},
    )
    country = forms.ChoiceField(
        label=_("Country where you practise"),
        error_messages={"invalid_choice": _("Choose a country from the list")},
    )

    def __init__(self, params: QueryDict, *, professions: Iterable[Profession], countries: Iterable[str]):
        said = self.base_fields.keys() & params.keys()
        super().__init__(params if said else None, auto_id="reader-%s")
        self.professions = {profession.slug: profession for profession in professions}
        self.fields["profession"].choices = [
            ("", _("Choose a profession")),
            *((slug, profession.name) for slug, profession in self.professions.items()),
        ]
        self.fields["country"].choices = country_choices({*countries, params.get("country", "")})

    def clean(self):
        for name in self.fields.keys() - self.data.keys():
            self.errors.pop(name, None)
        return super().clean()

    @property
    def is_answered(self) -> bool:
        return self.is_valid() and self.cleaned_data.keys() == self.fields.keys()

    @property
    def reader(self) -> Reader | None:
        """Who asks, once everything is answered."""
        if not self.is_answered:
            return None
        said = dict(self.cleaned_data)
        profession, country = self.professions[said.pop("profession")], said.pop("country")
        return Reader(profession, "" if country == ELSEWHERE else country, **said)

    @property
    def country_name(self) -> str:
        return dict(self.fields["country"].choices)[self.cleaned_data["country"]]

    @property
    def address(self) -> str:
        """Profession and country as far as they are known, for links to other pages."""
        self.is_valid()
        said = getattr(self, "cleaned_data", {})
        known = {name: said[name] for name in ("profession", "country") if said.get(name)}
        return f"?{urlencode(known)}" if known else ""


class EligibilityForm(ReaderForm):
    """All that the eligibility check asks."""

    license_status = forms.ChoiceField(
        label=_("Your registration or licence to practise"),
        choices=LicenseStatus.choices,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of the four answers")},
    )
    years = forms.IntegerField(
        label=_("Years in practice"),
        help_text=_("Whole years since you were first allowed to practise. 0 if you have just begun."),
        min_value=0,
        max_value=LONGEST_CAREER,
        widget=forms.TextInput({"class": "w4", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": _("Write the years as a whole number, such as 3"),
            "min_value": _("Write 0 or a larger number"),
            "max_value": _("Write a number up to %(limit_value)s"),
        },
    )


def form_for_course(params: QueryDict, course: Course, admitted: Iterable[Profession]) -> ReaderForm:
    """Asks for a profession that the course admits, or the one which the address names, and a country."""
    professions = list(admitted)
    slug = params.get("profession", "")
    if slug and slug not in {profession.slug for profession in professions}:
        professions += Profession.objects.filter(slug=slug)
    countries = (course.scope_countries or "").split(",")
    return ReaderForm(params, professions=professions, countries=countries)


def country_choices(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Countries that rules speak of, and the reader's own when an address names it, then everywhere else."""
    known = country_names()
    named = sorted((known[code], code) for code in set(codes) & known.keys())
    return [
        ("", _("Choose a country")),
        *((code, name) for name, code in named),
        (ELSEWHERE, _("Another country")),
    ]


def country_names() -> dict[str, str]:
    return names((get_language() or "en").partition("-")[0])
