"""Who saw what of whom: one page that answers for a breach, to look at and as a table to hand on."""

import csv
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from enrollment.models import EvidenceEvent
from iiwam import office

from .acts import Record

A_PAGE = 100
# Beyond them a day has no midnight in every time zone.
YEARS = range(1900, 9000)
# A spreadsheet takes a cell that begins so for a formula (OWASP, CSV Injection).
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class SightingsForm(forms.Form):
    """Whose evidence, seen by whom, when; every part may stay empty."""

    person = forms.CharField(
        label=gettext_lazy("Whose documents"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("Part of the name or email address, or the reference."),
    )
    viewer = forms.CharField(
        label=gettext_lazy("Seen by"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("Part of the name or email address."),
    )
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput({"type": "date"})
    )
    own = forms.BooleanField(label=gettext_lazy("Also looks at one’s own documents"), required=False)

    def sightings(self) -> QuerySet:
        """The looks that fit, newest first; a part that makes no sense narrows nothing."""
        asked = self.cleaned_data
        found = EvidenceEvent.objects.sightings().select_related("application__applicant", "actor")
        if not asked.get("own"):
            found = found.exclude(actor=F("application__applicant"))
        if words := asked.get("person"):
            found = found.filter(
                Q(application__reference__iexact=words)
                | Q(application__legal_name__icontains=words)
                | Q(application__applicant__full_name__icontains=words)
                | Q(application__applicant__email__icontains=words)
            )
        if words := asked.get("viewer"):
            found = found.filter(
                Q(actor_name__icontains=words)
                | Q(actor__full_name__icontains=words)
                | Q(actor__email__icontains=words)
            )
        if (day := asked.get("since")) and day.year in YEARS:
            found = found.filter(at__gte=midnight(day))
        if (day := asked.get("until")) and day.year in YEARS:
            found = found.filter(at__lt=midnight(day + timedelta(days=1)))
        return found.order_by("-at", "-pk")


def midnight(day) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class Echo:
    """What csv writes is handed straight on."""

    def write(self, line: str) -> str:
        return line


@admin.register(EvidenceEvent)
class SightingAdmin(Record):
    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def get_urls(self):
        table = self.admin_site.admin_view(require_safe(self.table_view))
        return [
            path("table.csv", table, name="enrollment_evidenceevent_table"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        form, found = self.asked(request)
        counted = found.order_by().aggregate(
            looks=Count("pk"),
            viewers=Count("actor", distinct=True),
            people=Count("application__applicant", distinct=True),
            documents=Count("document", distinct=True),
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _("Who saw what"),
            "opts": self.opts,
            "form": form,
            "counted": counted,
            "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        }
        return TemplateResponse(request, "admin/enrollment/evidenceevent/page.html", context)

    def table_view(self, request):
        """The same looks as CSV, streamed."""
        _form, found = self.asked(request)
        writer = csv.writer(Echo())
        lines = (writer.writerow([harmless(cell) for cell in row]) for row in rows(found))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="who-saw-what.csv"'
        return response

    def asked(self, request) -> tuple[SightingsForm, QuerySet]:
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = SightingsForm(office.read(request.GET))
        form.is_valid()
        return form, form.sightings()


def rows(found: QuerySet) -> Iterator[list[str]]:
    yield ["when", "viewer", "viewer email", "act", "document", "page", "reference", "person", "person email"]
    for look in found.iterator(chunk_size=2000):
        person = look.application.applicant
        yield [
            look.at.isoformat(timespec="seconds"),
            look.actor_name,
            look.actor.email if look.actor else "",
            look.act,
            look.label,
            str(look.page or ""),
            look.application.reference,
            look.application.legal_name or str(person),
            person.email,
        ]


def harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell
