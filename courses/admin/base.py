"""What every page of an editor has: a word on who wins, a preview, and buttons that post."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.messages.storage import default_storage
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Model
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from courses.loading.shapes import BY_MODEL
from courses.markdown import render
from courses.models import Course, LoadedRow
from courses.programme import ProgrammeLocked, keep_locked
from courses.publishing import PERMISSION, PublicationRefused, publish, unpublish
from courses.search import Change, followed
from iiwam.pages import content_changed
from iiwam.templatetags.components import status_tag

from .relations import SHELF_ID, Relations

FROM_FILES = _(
    "This record also stands in the catalog files. Once you change it here, what you wrote stays: from then on "
    "the files no longer overwrite it, and loading the catalog names it as kept."
)
MADE_HERE = _("This record is kept here alone: loading the catalog files never changes it.")


def loaded_key(row: Model) -> str:
    """What the catalog files call this record."""
    shape = BY_MODEL[type(row)]
    parts = (
        loaded_key(getattr(row, name)) if name in shape.parents and getattr(row, name) else getattr(row, name)
        for name in shape.key
    )
    return "/".join(str(part or "everyone") for part in parts)


def who_wins(row: Model) -> str:
    shape = BY_MODEL.get(type(row))
    if shape and LoadedRow.objects.filter(model=shape.name, key=loaded_key(row)).exists():
        return FROM_FILES
    return MADE_HERE


class Rows(Relations, admin.options.InlineModelAdmin):
    """Lines of a record. Without scripts, `?rows=1` brings an empty one."""

    extra = 0

    def get_extra(self, request, obj=None, **kwargs):
        return 1 if "rows" in request.GET else 0


class TabularRows(Rows, admin.TabularInline):
    pass


class StackedRows(Rows, admin.StackedInline):
    pass


def refused_by(locked: ProgrammeLocked, form: type[forms.ModelForm]) -> type[forms.ModelForm]:
    """The form as it was sent, with the sentence beside what it concerns; it saves nothing."""

    class Refused(form):
        def clean(self):
            cleaned = super().clean()
            of_course = self._meta.model is Course
            beside = [name for name in self.changed_data if locked.concerns(name, of_course=of_course)]
            for name in beside or [None]:
                self.add_error(name, str(locked))
            return cleaned

    return Refused


class HeldToProgramme(admin.ModelAdmin):
    """Whatever is posted, a programme that a scheme approved stays as approved; the refusal is a sentence."""

    def changeform_view(self, request, *args, **kwargs):
        """What was typed is shown again with the sentence; nobody types it twice."""
        try:
            return self.while_locked(request, super().changeform_view, *args, **kwargs)
        except ProgrammeLocked as locked:
            request.programme_locked = locked
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        locked = getattr(request, "programme_locked", None)
        return refused_by(locked, form) if locked else form

    def delete_view(self, request, *args, **kwargs):
        return self.unless_locked(request, super().delete_view, *args, **kwargs)

    def changelist_view(self, request, *args, **kwargs):
        return self.unless_locked(request, super().changelist_view, *args, **kwargs)

    def unless_locked(self, request, view, *args, **kwargs):
        try:
            return self.while_locked(request, view, *args, **kwargs)
        except ProgrammeLocked as locked:
            messages.error(request, str(locked))
            return HttpResponseRedirect(request.get_full_path())

    def while_locked(self, request, view, *args, **kwargs):
        """What the view answers; ProgrammeLocked when an approved programme would not be as approved after it."""
        if request.method != "POST":
            return view(request, *args, **kwargs)
        try:
            with transaction.atomic():
                response = view(request, *args, **kwargs)
                keep_locked()
        except ProgrammeLocked:
            # What the view said of its success is not true any more.
            request._messages = default_storage(request)
            raise
        return response


class CatalogAdmin(HeldToProgramme, Relations, admin.ModelAdmin):
    show_full_result_count = False
    list_per_page = 50
    change_form_template = "admin/courses/change_form.html"
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def get_urls(self):
        preview = self.admin_site.admin_view(require_POST(self.preview_view))
        return [path("preview/", preview, name=self.name_of("preview")), *super().get_urls()]

    def name_of(self, act: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{act}"

    def address(self, act: str, *args: Any) -> str:
        return reverse(f"admin:{self.name_of(act)}", args=args)

    def save_model(self, request, obj, form, change):
        form.touched = Change.begin(obj)
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        content_changed()
        form.touched.settle(form.instance)

    def delete_model(self, request, obj):
        with followed(obj):
            super().delete_model(request, obj)
        content_changed()

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            self.delete_model(request, obj)

    def find(self, request, pk):
        """The record, for somebody who may change it."""
        record = self.get_object(request, str(pk))
        if record is None or not self.has_view_or_change_permission(request, record):
            raise Http404
        return record

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context |= {
            "who_wins": who_wins(obj) if obj else "",
            # Set by the first field that points to a source; a page without one carries no list.
            "shelf": getattr(request, "shelf", None),
            "shelf_id": SHELF_ID,
            "preview_url": self.address("preview") if getattr(self.form, "twins", None) else "",
            **(self.extras(request, obj) if obj else {}),
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def extras(self, request, record) -> dict[str, Any]:
        """What the page of this kind of record shows beside its form."""
        return {}

    def preview_view(self, request):
        """The texts of the form as readers would see them; nothing is saved."""
        if not (self.has_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied
        twins = getattr(self.form, "twins", {})
        context = {
            **self.admin_site.each_context(request),
            "title": _("Preview: nothing is saved yet"),
            "opts": self.opts,
            "texts": [self.shown(name, request.POST[name]) for name in twins if request.POST.get(name)],
        }
        return TemplateResponse(request, "admin/courses/preview.html", context)

    def shown(self, name: str, text: str) -> dict[str, Any]:
        label = self.opts.get_field(name).verbose_name
        try:
            return {"label": label, "html": render(text).html}
        except ValidationError as refusal:
            return {"label": label, "faults": refusal.messages}


class PublishableAdmin(CatalogAdmin):
    """Drafts and what the public reads; the step between them is an act, never a tick."""

    actions = ["publish_selected", "unpublish_selected"]

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/publish/", view(require_POST(self.publish_view)), name=self.name_of("publish")),
            path(
                "<int:pk>/unpublish/", view(require_POST(self.unpublish_view)), name=self.name_of("unpublish")
            ),
            *super().get_urls(),
        ]

    def extras(self, request, record):
        may = request.user.has_perm(PERMISSION)
        return {
            "is_publishable": True,
            "missing": [] if record.is_published else record.missing_for_publication(),
            "publish_url": self.address("publish", record.pk) if may else "",
            "unpublish_url": self.address("unpublish", record.pk) if may else "",
        }

    @admin.display(description=_("state"), ordering="published_at")
    def state(self, record):
        return status_tag(_("Published"), "ok") if record.is_published else status_tag(_("Draft"), "none")

    def has_publish_permission(self, request):
        return request.user.has_perm(PERMISSION)

    def publish_view(self, request, pk):
        record = self.find(request, pk)
        self.change_state(request, record, publish, _("“%s” is published."))
        return HttpResponseRedirect(self.address("change", record.pk))

    def unpublish_view(self, request, pk):
        record = self.find(request, pk)
        self.change_state(
            request, record, unpublish, _("“%s” is a draft again; the public no longer sees it.")
        )
        return HttpResponseRedirect(self.address("change", record.pk))

    @admin.action(description=_("Publish"), permissions=["publish"])
    def publish_selected(self, request, queryset):
        for record in queryset:
            self.change_state(request, record, publish, _("“%s” is published."))

    @admin.action(description=_("Unpublish"), permissions=["publish"])
    def unpublish_selected(self, request, queryset):
        for record in queryset:
            self.change_state(
                request, record, unpublish, _("“%s” is a draft again; the public no longer sees it.")
            )

    def change_state(self, request, record, verb, words):
        try:
            verb(item=record, by=request.user)
        except PublicationRefused as refused:
            self.message_user(request, str(refused), messages.WARNING)
        else:
            self.log_change(request, record, str(words % record))
            self.message_user(request, words % record)
