"""The ways to narrow the catalog, and what each of their choices would leave."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from .countries import names
from .models import Course
from .survey import Row

NARROWING = ("profession", "country", "subject", "kind", "mode", "award", "enrolment")


@dataclass
class Choice:
    value: str
    label: str
    plural: str = ""
    checked: bool = False
    count: int = 0


@dataclass
class Facet:
    """One way to narrow the list; several choices of one facet widen it, several facets narrow it."""

    name: str
    label: str
    choices: list[Choice] = field(default_factory=list)
    hint: str = ""
    asked: list[str] = field(default_factory=list)

    @property
    def chosen(self) -> list[Choice]:
        return [choice for choice in self.choices if choice.checked]

    @property
    def unknown(self) -> list[str]:
        known = {choice.value for choice in self.choices}
        return [value for value in self.asked if value not in known]

    @property
    def narrowing(self) -> list[str]:
        """What is asked, without the values that cannot be among the choices where these are known beforehand."""
        known = {choice.value for choice in self.choices}
        return [value for value in self.asked if value in known or not known]

    def learn(self, told: list[Row]) -> None:
        """The choices, where they come from the database, and how many courses each of them would leave."""
        if not self.choices:
            self.choices = [Choice(value, label, plural) for _name, value, label, plural, *_rest in told]
        numbers = {row[1]: row[5] for row in told}
        for choice in self.choices:
            choice.count, choice.checked = numbers.get(choice.value, 0), choice.value in self.asked


class Countries(Facet):
    """Countries whose rules on file let somebody train, by their names."""

    def learn(self, told: list[Row]) -> None:
        super().learn(told)
        for choice in self.choices:
            choice.label = names().get(choice.value, choice.value)
        self.choices.sort(key=lambda choice: choice.label)


def facets() -> list[Facet]:
    """The facets of the catalog; what else they can be asked comes with the counts."""
    return [
        Facet("profession", _("Your profession")),
        Countries(
            "country",
            _("Country you practise in"),
            hint=_(
                "Courses that the rules on file let your profession train in; any profession, until you choose yours. "
                "For a country not listed, the eligibility check says whom to ask."
            ),
        ),
        Facet("subject", _("Subject")),
        of_column("kind", _("Kind"), Course.Kind),
        of_column("mode", _("Format"), Course.Delivery),
        Facet("award", _("Award")),
        of_column("enrolment", _("Enrolment"), Course.Enrolment),
    ]


def of_column(name: str, label: str, choices) -> Facet:
    return Facet(name, label, [Choice(value, words) for value, words in choices.choices])
