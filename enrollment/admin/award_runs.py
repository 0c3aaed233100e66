"""Runs of awards: how far the worker is with certificates that were asked for together."""

from django.contrib import admin
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from enrollment import permissions
from enrollment.models import AwardLine, AwardRun
from iiwam.templatetags.components import status_tag

from .acts import Record, moment

# Enough to look into; the list of certificates has them all.
LINES_SHOWN = 100


@admin.register(AwardRun)
class AwardRunAdmin(Record):
    list_display = ["when", "asked_by", "progress", "refusals"]
    list_display_links = ["when"]
    list_select_related = ["asked_by"]

    def has_view_permission(self, request, obj=None):
        return permissions.may(request.user, "issue_certificate")

    has_module_permission = has_view_permission

    def get_queryset(self, request):
        return super().get_queryset(request).with_progress()

    @admin.display(description=_("asked for"), ordering="asked_at")
    def when(self, run):
        return moment(run.asked_at)

    @admin.display(description=_("issued"))
    def progress(self, run):
        words = _("%(issued)s of %(total)s") % {"issued": run.issued, "total": run.total}
        return status_tag(words, "wait" if run.waiting else "ok")

    @admin.display(description=_("not issued"))
    def refusals(self, run):
        return run.refused or None

    def change_view(self, request, object_id, form_url="", extra_context=None):
        run = self.get_object(request, object_id) if self.has_view_permission(request) else None
        if run is None:
            raise Http404
        lines = run.lines.select_related("enrollment__application", "enrollment__learner", "certificate")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Certificates asked for on %(when)s") % {"when": moment(run.asked_at)},
            "opts": self.opts,
            "original": run,
            "run": run,
            "refused": lines.filter(outcome=AwardLine.Outcome.REFUSED)[:LINES_SHOWN],
            "issued": lines.filter(outcome=AwardLine.Outcome.ISSUED).order_by("-done_at", "-pk")[
                :LINES_SHOWN
            ],
        }
        return TemplateResponse(request, "admin/enrollment/awardrun/page.html", context)
