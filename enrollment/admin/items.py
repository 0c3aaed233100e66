"""The figures of the questions, for those who write them: nobody's answers are shown, only how many were right."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from courses.models import Module
from enrollment import item_figures
from enrollment.models import ItemResponse
from iiwam.templatetags.components import status_tag

from .acts import Record

REMARKS = {
    "nobody": (_("Nobody gets it right"), "stop"),
    "backwards": (_("Those who know more miss it: check the key"), "stop"),
    "everybody": (_("Everybody gets it right"), "wait"),
    "poor": (_("Hardly tells who knows more"), "wait"),
}


@admin.register(ItemResponse)
class ItemFigures(Record):
    """One page for the whole bank or a module; there is no list of single answers and no page of one."""

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        modules = Module.objects.filter(questions__isnull=False).distinct().select_related("course")
        modules = list(modules.order_by("course__position", "number"))
        asked = request.GET.get("module", "")
        module = next((one for one in modules if str(one.pk) == asked), None)
        lines = [(line, remark(line)) for line in item_figures.figures(module)]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Figures of the questions"),
            "opts": self.opts,
            "modules": modules,
            "module": module,
            "lines": lines,
            "remarked": sum(bool(said) for _line, said in lines),
            "enough": item_figures.ENOUGH,
            "seen": item_figures.SEEN,
        }
        return TemplateResponse(request, "admin/enrollment/itemresponse/figures.html", context)

    def has_view_permission(self, request, obj=None):
        """The page of all; a single answer is no page."""
        return obj is None and super().has_view_permission(request)


def remark(line: item_figures.Figures) -> str:
    return status_tag(*REMARKS[line.remark]) if line.remark else ""
