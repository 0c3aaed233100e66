"""How a form points to other records: plain selects, and for sources a box that takes their short names.

The admin's own autocompletion writes styles into the page, which the content policy forbids, and is dead without
scripts. A text box with a list of suggestions needs neither, and one list serves every line of a page.
"""

from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, ManyToManyField
from django.utils.translation import gettext_lazy as _

from courses.models import Module, Source

SHELF_ID = "sources"


class Shelf:
    """All sources, read once for a page."""

    @cached_property
    def sources(self) -> list[Source]:
        return list(Source.objects.defer("note").order_by("key"))

    @cached_property
    def by_key(self) -> dict[str, Source]:
        return {source.key: source for source in self.sources}

    @cached_property
    def by_pk(self) -> dict[int, Source]:
        return {source.pk: source for source in self.sources}

    def key_of(self, value) -> str:
        """What the box shows: stored values are numbers or records, typed ones are words."""
        if isinstance(value, Source):
            return value.key
        if isinstance(value, int):
            return self.by_pk[value].key if value in self.by_pk else ""
        return str(value or "")

    def find(self, key: str) -> Source:
        if key not in self.by_key:
            raise ValidationError(
                _("“%(key)s” is the key of no source. Choose one from the list, or add the source first."),
                params={"key": key},
            )
        return self.by_key[key]


def shelf_of(request) -> Shelf:
    request.shelf = getattr(request, "shelf", None) or Shelf()
    return request.shelf


class SourceBox(forms.TextInput):
    """A box for keys that says what they stand for."""

    template_name = "admin/courses/widgets/sources.html"

    def __init__(self, shelf: Shelf):
        super().__init__({"list": SHELF_ID, "autocomplete": "off", "class": "source-key"})
        self.shelf = shelf

    def get_context(self, name, value, attrs):
        keys = [key.strip() for key in str(value or "").split(",")]
        said = [self.shelf.by_key[key] for key in keys if key in self.shelf.by_key]
        return {**super().get_context(name, value, attrs), "said": said}


class SourceField(forms.CharField):
    """One source, by its key."""

    def __init__(self, *, shelf: Shelf, **kwargs):
        super().__init__(widget=SourceBox(shelf), **kwargs)
        self.shelf = shelf

    def prepare_value(self, value):
        return self.shelf.key_of(value)

    def clean(self, value):
        key = super().clean(self.shelf.key_of(value))
        return self.shelf.find(key) if key else None

    def has_changed(self, initial, data):
        return self.shelf.key_of(initial) != (data or "").strip()


class SourcesField(SourceField):
    """Several sources, by their keys with commas between."""

    def prepare_value(self, value):
        if isinstance(value, str):
            return value
        return ", ".join(self.shelf.key_of(one) for one in value or ())

    def clean(self, value):
        text = forms.CharField.clean(self, value)
        return [self.shelf.find(key.strip()) for key in text.split(",") if key.strip()]

    def has_changed(self, initial, data):
        return self.prepare_value(initial) != (data or "").strip()


class Relations:
    """For pages and for lines of pages: what points to a source takes its key, other lists are read once."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        points_to_source = getattr(db_field, "related_model", None) is Source
        if points_to_source and isinstance(db_field, ForeignKey):
            return self.source_box(SourceField, db_field, request, _("The key of a source, such as JUH."))
        if points_to_source and isinstance(db_field, ManyToManyField):
            return self.source_box(
                SourcesField, db_field, request, _("Keys with commas between, such as JUH, CTG.")
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def source_box(self, field_class, db_field, request, help_text):
        return field_class(
            shelf=shelf_of(request),
            label=db_field.verbose_name.capitalize(),
            required=not db_field.blank,
            help_text=help_text,
            error_messages={"required": _("Give the key of the source that says so.")},
        )

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        # As a list, so that the lines of a page don't ask once each.
        field.choices = module_choices() if db_field.related_model is Module else list(field.choices)
        return field

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.related_model is Module:
            field.choices = module_choices()[1:]
        return field


def module_choices() -> list[tuple]:
    """Modules of all courses, told apart by the course's code."""
    modules = Module.objects.select_related("course").order_by("course__position", "course__title", "number")
    return [("", "---------"), *((module.pk, f"{module.course.code}: {module}") for module in modules)]
