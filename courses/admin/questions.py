from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from courses import question_bank
from courses.forms.editing import OptionFormSet, QuestionForm
from courses.forms.question_file import BankForm, ConfirmForm, FileForm
from courses.models import Module, Option, Question

from .base import CatalogAdmin, TabularRows
from .topics import TopicCourseFilter


class ReviewedFilter(admin.SimpleListFilter):
    title = _("clinical sign-off")
    parameter_name = "reviewed"

    def lookups(self, request, model_admin):
        return [("yes", _("Signed off")), ("no", _("Not yet"))]

    def queryset(self, request, queryset):
        return queryset if self.value() is None else queryset.filter(reviewed_on__isnull=self.value() == "no")


class ModuleFilter(admin.SimpleListFilter):
    title = _("module")
    parameter_name = "module"

    def lookups(self, request, model_admin):
        asked = Module.objects.filter(questions__isnull=False).distinct().select_related("course")
        return [(str(module.pk), str(module)) for module in asked.order_by("course__position", "number")]

    def queryset(self, request, queryset):
        value = self.value()
        if value is None:
            return queryset
        is_key = value.isascii() and value.isdecimal() and len(value) < 10
        return queryset.filter(module=value) if is_key else queryset.none()


class OptionRows(TabularRows):
    model = Option
    formset = OptionFormSet
    fields = ["text", "is_correct", "position"]

    def get_extra(self, request, obj=None, **kwargs):
        return 4 if obj is None else super().get_extra(request, obj, **kwargs)


@admin.register(Question)
class QuestionAdmin(CatalogAdmin):
    form = QuestionForm
    change_form_template = "admin/courses/question/change_form.html"
    change_list_template = "admin/courses/question/change_list.html"
    inlines = [OptionRows]
    list_display = [
        "short_stem",
        "module",
        "kind",
        "option_count",
        "strength",
        "is_critical",
        "is_active",
        "reviewed_on",
    ]
    list_filter = [
        TopicCourseFilter,
        ModuleFilter,
        "kind",
        ReviewedFilter,
        "is_active",
        "is_critical",
        "is_contested",
    ]
    list_select_related = ["module", "source"]
    search_fields = ["stem", "key", "explanation", "module__title", "source__key"]
    search_help_text = _("Search by wording, key, module or source")
    ordering = ["module__course__position", "module__number", "position", "pk"]
    fieldsets = [
        (None, {"fields": ["module", "stem", "kind", "explanation", "source"]}),
        (
            _("Use"),
            {"fields": ["is_active", "is_critical", "is_contested", "reviewed_on", "position", "key"]},
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(options_held=Count("options"))

    @admin.display(description=_("question"), ordering="stem")
    def short_stem(self, question):
        return Truncator(question.stem).chars(90)

    @admin.display(description=_("options"), ordering="options_held")
    def option_count(self, question):
        return question.options_held

    @admin.display(description=_("source"), ordering="source__strength")
    def strength(self, question):
        return f"{question.source.key}: {question.source.get_strength_display()}"

    # The bank as a file

    def get_urls(self):
        view = self.admin_site.admin_view
        import_view = view(require_http_methods(["GET", "HEAD", "POST"])(self.import_view))
        return [
            path("import/", import_view, name=self.name_of("import")),
            path("bank.csv", view(require_safe(self.bank_view)), name=self.name_of("bank")),
            *super().get_urls(),
        ]

    def bank_view(self, request):
        """The questions of a module as a file that can be changed and read in again."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = BankForm(request.GET or None)
        if not form.is_valid():
            return HttpResponseRedirect(self.address("import"))
        module = form.cleaned_data["module"]
        # The mark at the head tells a spreadsheet that the file is UTF-8.
        content = f"\ufeff{question_bank.written(module)}"
        response = HttpResponse(content, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="questions-{module.slug}.csv"'
        return response

    def import_view(self, request):
        """A file is looked at first, line by line, and taken over when somebody says so."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        if request.method != "POST":
            return self.import_page(request, FileForm())
        if "fingerprint" in request.POST:
            return self.take_over(request)
        form = FileForm(request.POST, request.FILES)
        plan = form.plan if form.is_valid() else None
        return self.import_page(request, form, plan, form.content if plan else "")

    def import_page(self, request, form, plan=None, content=""):
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import questions"),
            "opts": self.opts,
            "form": form,
            "plan": plan,
            "content": content,
            "module": form.cleaned_data["module"] if plan else None,
            "modules": Module.objects.select_related("course").order_by("course__position", "number"),
            "columns": question_bank.COLUMNS,
            "needed": question_bank.NEEDED,
        }
        return TemplateResponse(request, "admin/courses/question/import.html", context)

    def take_over(self, request):
        form = ConfirmForm(request.POST)
        if not form.is_valid():
            messages.warning(request, _("Choose the file again."))
            return HttpResponseRedirect(self.address("import"))
        given = form.cleaned_data
        try:
            taken = question_bank.take_over(
                module=given["module"], rows=form.rows, fingerprint=given["fingerprint"]
            )
        except question_bank.ImportRefused as refused:
            messages.warning(request, str(refused))
            return self.import_page(request, form, form.plan, given["content"])
        for question, is_new in taken:
            log = self.log_addition if is_new else self.log_change
            log(request, question, str(_("Taken over from a file.")))
        words = ngettext(
            "%(n)s question is as the file says.", "%(n)s questions are as the file says.", len(taken)
        )
        messages.success(request, words % {"n": len(taken)})
        return HttpResponseRedirect(f"{self.address('changelist')}?module={given['module'].pk}")
