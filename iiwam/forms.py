"""How every form of the site is drawn: label, hint, error, control, in that order."""

import re
from datetime import date

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

STOCK_REQUIRED = forms.Field.default_error_messages["required"]
WHAT_TO_DO = {
    "line": _("Fill in “%(label)s”"),
    "parts": _("Fill in “%(label)s”"),
    "choice": _("Tick “%(label)s”"),
    "choices": _("Choose an answer to “%(label)s”"),
    "file": _("Choose a file for “%(label)s”"),
}


class SiteBoundField(BoundField):
    """A field that knows its shape, so that one template can draw them all."""

    @property
    def problems(self) -> list[str]:
        """Its errors in words that say what to do, the same beside the field and in the summary."""
        asked = WHAT_TO_DO[self.shape] % {"label": self.label}
        return [asked if error == STOCK_REQUIRED else error for error in self.errors]

    @property
    def shape(self) -> str:
        widget = self.field.widget
        if isinstance(widget, forms.MultiWidget):
            return "parts"
        if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
            return "choices"
        return {"checkbox": "choice", "file": "file"}.get(getattr(widget, "input_type", ""), "line")

    @property
    def first_control(self) -> str:
        """The id an error links to: the first control of a group, or the control itself."""
        if self.shape in ("parts", "choices"):
            return f"{self.auto_id}_0"
        return self.id_for_label

    def build_widget_attrs(self, attrs, widget=None):
        attrs = super().build_widget_attrs(attrs, widget)
        if self.shape == "choices":
            # Radios and checkboxes of a group may not carry it: their fieldset is described by the error.
            attrs.pop("aria-invalid", None)
        if self.shape == "line" and not self.is_hidden:
            own = (widget or self.field.widget).attrs.get("class", "")
            attrs["class"] = f"inp {own}".strip()
        return attrs


class SiteRenderer(TemplatesSetting):
    """Django's own forms, allauth's and ours come out in the look of the site."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = SiteBoundField


class ThreePartDate(forms.MultiWidget):
    """Day, month and year as three short text inputs: quicker and safer than a calendar for a known date."""

    template_name = "forms/widgets/date.html"
    use_fieldset = True

    def __init__(self, attrs=None):
        number = {"inputmode": "numeric", "autocomplete": "off"}
        parts = {
            "day": forms.TextInput({**number, "class": "inp w2", "maxlength": 2}),
            "month": forms.TextInput({**number, "class": "inp w2", "maxlength": 2}),
            "year": forms.TextInput({**number, "class": "inp w4", "maxlength": 4}),
        }
        super().__init__(parts, attrs)

    def decompress(self, value):
        return [value.day, value.month, value.year] if isinstance(value, date) else [None, None, None]


class ThreePartDateField(forms.Field):
    """A date given in three parts. Use it for dates people know; put an example in the help text."""

    widget = ThreePartDate
    default_error_messages = {
        "required": _("Enter a date"),
        "unreal": _("Enter a real date, such as 27 3 1990"),
        "no_day": _("The date must include a day"),
        "no_month": _("The date must include a month"),
        "no_year": _("The date must include a year"),
        "short_year": _("The year must have four digits, such as 1990"),
    }

    def to_python(self, value):
        if value is None or isinstance(value, date):
            return value
        parts = [(part or "").strip() for part in value]
        if not any(parts):
            return None
        for part, code in zip(parts, ("no_day", "no_month", "no_year"), strict=True):
            if not part:
                raise self.refusal(code)
        return self.real_date(*parts)

    def real_date(self, day, month, year):
        if re.fullmatch(r"\d{1,3}", year):
            raise self.refusal("short_year")
        if not re.fullmatch(r"\d{1,2} \d{1,2} \d{4}", f"{day} {month} {year}"):
            raise self.refusal("unreal")
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            raise self.refusal("unreal") from None

    def refusal(self, code):
        return forms.ValidationError(self.error_messages[code], code=code)
