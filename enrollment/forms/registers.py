"""Professional registers as people choose them: from a list by country, or by their full name when not in it.

An abbreviation alone is a trap: “MMC” is a council in Malaysia and another in Myanmar.
"""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.countries import names as countries

from ..models import Register

AMBIGUOUS: Mapping[str, tuple[str, str]] = {
    "MMC": ("Malaysian Medical Council", "Myanmar Medical Council"),
    "NMC": ("National Medical Commission (India)", "Nursing and Midwifery Council (United Kingdom)"),
}


class Registers:
    """The registers that can be chosen, read once for a form."""

    def __init__(self):
        self.rows = list(Register.objects.filter(is_retired=False))

    @property
    def names(self) -> set[str]:
        return {row.name for row in self.rows}

    def countries_of(self, name: str) -> set[str]:
        return {row.country for row in self.rows if row.name == name}

    def choices(self) -> list:
        """For a select: nothing chosen, then each country with its registers."""
        known, groups = countries(), {}
        for row in self.rows:
            groups.setdefault(known.get(row.country, row.country), []).append((row.name, row.name))
        return [("", _("Choose a register")), *sorted(groups.items())]


class RegisterWidget(forms.MultiWidget):
    """A list of registers, and a line for one that is not in it."""

    template_name = "forms/widgets/register.html"
    use_fieldset = True

    def __init__(self, attrs=None):
        line = {"class": "inp", "autocomplete": "off", "maxlength": 150, "spellcheck": "false"}
        super().__init__({"known": forms.Select({"class": "inp"}), "other": forms.TextInput(line)}, attrs)

    def decompress(self, value):
        listed = {
            name for _group, names in self.widgets[0].choices if isinstance(names, list) for name, _n in names
        }
        return [value, ""] if value in listed else ["", value or ""]


class RegisterField(forms.Field):
    """The full name of a register, chosen or written."""

    widget = RegisterWidget

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.line = forms.CharField(max_length=150, required=False)

    def offer(self, registers: Registers) -> None:
        self.registers = registers
        self.widget.widgets[0].choices = registers.choices()

    def to_python(self, value):
        if not isinstance(value, list):
            return value or ""
        known, other = (self.line.clean(part) for part in value)
        if known and other and known != other:
            raise forms.ValidationError(_("Choose a register from the list or write its name, not both"))
        if known and not other and known not in self.registers.names:
            raise forms.ValidationError(_("Choose a register of the list, or write its full name"))
        return other or known

    def validate(self, value):
        super().validate(value)
        if meanings := AMBIGUOUS.get((value or "").upper().replace(".", "")):
            raise forms.ValidationError(
                _("Write the name in full: “%(short)s” is both %(first)s and %(second)s"),
                params={"short": value, "first": meanings[0], "second": meanings[1]},
            )
