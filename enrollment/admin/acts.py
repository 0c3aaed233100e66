"""Buttons that change a record: each opens a page for its reason and its letter, and posts to the verb behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enrollment.workflow import Move, MoveRefused, Table, available_moves, refusal

from .forms import ReasonForm
from .letter_preview import preview

FILTERS = "_changelist_filters"


@dataclass(frozen=True)
class Act:
    """What stands behind a button: the verb, what is asked before it and what is said after it."""

    verb: Callable[..., Any]
    done: str | Promise
    form: type[forms.Form] = ReasonForm
    suggestion: str | Promise = ""
    kind: str = "secondary"
    hint: str | Promise = ""
    asks: bool = False  # whether the form depends on the record


@dataclass(frozen=True)
class Button:
    """A move that is possible now, as a page shows it."""

    label: str | Promise
    url: str
    kind: str
    hint: str | Promise = field(default="")


def moment(at) -> str | None:
    """Day and minute, as the desk writes them."""
    return date_format(timezone.localtime(at), "j M Y, H:i") if at else None


def kept_filters(request) -> str:
    """What the list was narrowed to when the record was opened from it, for the next address."""
    filters = request.GET.get(FILTERS, "")
    return f"?{urlencode({FILTERS: filters})}" if filters else ""


class Record(admin.ModelAdmin):
    """A record of admission, study or award: read here, never typed over, never deleted."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ActingRecord(Record):
    """A record that changes by the moves of its table alone."""

    table: Table
    acts: Mapping[str, Act]
    subject: str  # what the verbs call the record
    page_template: str

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_move"
        view = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.move_view))
        return [path("<int:pk>/move/<slug:name>/", view, name=name), *super().get_urls()]

    def find(self, request, pk):
        """The record, among those this person may see."""
        record = self.get_object(request, str(pk)) if self.has_view_permission(request) else None
        if record is None:
            raise Http404
        return record

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return self.page(request, self.find(request, object_id))

    def page(self, request, record, **context):
        """The record with what can be done about it now."""
        context = {
            **self.admin_site.each_context(request),
            "title": self.title(record),
            "opts": self.opts,
            "original": record,
            "buttons": self.buttons(request, record),
            "blocked": self.blocked(request, record),
            **self.details(request, record),
            **context,
        }
        return TemplateResponse(request, self.page_template, context)

    def title(self, record) -> str:
        return str(record)

    def details(self, request, record) -> dict[str, Any]:
        """What the page of this kind of record shows."""
        raise NotImplementedError

    def address(self, record) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[record.pk])

    def back(self, request, record) -> str:
        """The record's page, still on its way through the list that it was reached from."""
        return self.address(record) + kept_filters(request)

    def buttons(self, request, record) -> list[Button]:
        moves = available_moves(self.table, record, by=request.user)
        return [self.button(request, record, name, move) for name, move in moves.items() if name in self.acts]

    def blocked(self, request, record) -> list[tuple[str | Promise, str]]:
        """Moves that this state and this person allow and that something else forbids, with what forbids them."""
        by_reason: dict[str, list[str]] = {}
        for name, move in self.table.items():
            if name not in self.acts or record.status not in move.sources:
                continue
            if move.who(request.user, record) and (reason := move.guard(record, timezone.now())):
                by_reason.setdefault(str(reason), []).append(str(move.label))
        return [(", ".join(labels), reason) for reason, labels in by_reason.items()]

    def button(self, request, record, name: str, move: Move) -> Button:
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_move", args=[record.pk, name])
        return Button(move.label, address + kept_filters(request), self.acts[name].kind, self.acts[name].hint)

    def move_view(self, request, pk, name):
        """The page of one act; posting it calls the verb, and every refusal is a sentence on the record's page."""
        record = self.find(request, pk)
        if name not in self.acts:
            raise Http404
        if sentence := refusal(self.table, record, name, by=request.user):
            return self.go_back(request, record, self.once_is_enough(request, record, name) or sentence)
        act = self.acts[name]
        given = request.POST if request.method == "POST" else None
        files = {"files": request.FILES} if request.FILES else {}
        asked = {"record": record} if act.asks else {}
        form = act.form(given, initial={"note": act.suggestion}, **files, **asked)
        if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
            return self.perform(request, record, name, form.cleaned_data)
        return self.act_page(request, record, name, form)

    def perform(self, request, record, name, answers):
        try:
            self.acts[name].verb(**{self.subject: record}, by=request.user, **answers)
        except MoveRefused as refused:
            record.refresh_from_db()
            return self.go_back(request, record, self.once_is_enough(request, record, name) or str(refused))
        messages.success(request, self.acts[name].done)
        return HttpResponseRedirect(self.back(request, record))

    def once_is_enough(self, request, record, name) -> str:
        """What a second click gets whose first one did it."""
        last = record.history.order_by("-at", "-pk").first()
        if (
            last
            and last.move == name
            and last.actor_id == request.user.pk
            and last.to_status == record.status
        ):
            return _("You have done this already: it is “%(status)s” now.") % {
                "status": record.get_status_display()
            }
        return ""

    def go_back(self, request, record, sentence):
        messages.warning(request, sentence)
        return HttpResponseRedirect(self.back(request, record))

    def attempt(self, request, record, words, act):
        """Do it, say what became of it, go back to the record."""
        try:
            act(by=request.user)
        except MoveRefused as refused:
            return self.go_back(request, record, str(refused))
        messages.success(request, words)
        return HttpResponseRedirect(self.back(request, record))

    def act_page(self, request, record, name, form):
        move = self.table[name]
        words = {"note": form.data.get("note", "") if form.is_bound else str(self.acts[name].suggestion)}
        if "reason_class" in form.fields:
            words["reason_class"] = form.data.get("reason_class", "")
        if self.acts[name].asks:
            words |= form.words()
        context = {
            **self.admin_site.each_context(request),
            "title": move.label,
            "about": self.title(record),
            "opts": self.opts,
            "original": record,
            "record": record,
            "move": move,
            "act": self.acts[name],
            "act_kind": "stop" if self.acts[name].kind == "stop" else "primary",
            "form": form,
            "letter": preview(move.letter, record, **words) if move.letter else None,
            "back": self.back(request, record),
        }
        return TemplateResponse(request, "admin/enrollment/act.html", context)
