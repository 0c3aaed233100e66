"""Questions to the office: what waits, who answered what, and the box for the answer."""

from django import forms
from django.contrib import admin, messages
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from courses import enquiries
from courses.models import Enquiry
from iiwam import office
from iiwam.templatetags.components import status_tag

from .modules import CourseFilter

TOO_LATE = _("Somebody was first: this question is answered or closed already, and nothing was sent.")


class AnswerForm(forms.ModelForm):
    class Meta:
        widgets = {"answer": forms.Textarea({"rows": 8, "class": "vLargeTextField"})}
        help_texts = {"answer": _("It is sent by email as soon as you save, with the question below it.")}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("waiting", _("Waits")), ("answered", _("Answered")), ("closed", _("Closed"))]

    def queryset(self, request, queryset):
        match self.value():
            case "waiting":
                return queryset.waiting()
            case "answered":
                return queryset.answered()
            case "closed":
                return queryset.closed()
        return queryset


@admin.register(Enquiry)
class EnquiryAdmin(admin.ModelAdmin):
    form = AnswerForm
    list_display = ["asked_at", "course", "email", "profession", "state", "done_by"]
    list_filter = [StateFilter, CourseFilter, "profession"]
    list_select_related = ["course", "profession", "done_by"]
    search_fields = ["email", "name", "text", "answer", "course__title"]
    search_help_text = _("Search by address, name, words or course")
    show_full_result_count = False
    list_per_page = 50
    actions = ["close_selected"]
    fieldsets = [
        (None, {"fields": ["course", "text", "name", "email", "profession", "asked_at"]}),
        (_("The answer"), {"fields": ["answer", "done_by", "done_at", "answer_sent_at"]}),
    ]

    def has_add_permission(self, request):
        return False

    def get_readonly_fields(self, request, obj=None):
        names = [name for _title, options in self.fieldsets for name in options["fields"]]
        return [name for name in names if name != "answer" or not (obj and obj.is_waiting)]

    def save_model(self, request, obj, form, change):
        if obj.answer.strip():
            self.done(request, obj, enquiries.answer, _("The answer is on its way."), text=obj.answer.strip())

    def done(self, request, enquiry, verb, words, **given):
        try:
            verb(enquiry=enquiry, by=request.user, **given)
        except enquiries.AlreadyDone:
            self.message_user(request, TOO_LATE, messages.WARNING)
        else:
            self.message_user(request, words)

    @admin.action(description=_("Close without an answer"), permissions=["change"])
    def close_selected(self, request, queryset):
        closed = 0
        for enquiry in queryset.waiting():
            try:
                enquiries.close(enquiry=enquiry, by=request.user)
            except enquiries.AlreadyDone:
                continue
            closed += 1
            self.log_change(request, enquiry, str(_("Closed without an answer.")))
        words = ngettext("%(n)s question is closed.", "%(n)s questions are closed.", closed)
        self.message_user(request, words % {"n": closed})

    @admin.display(description=_("state"))
    def state(self, enquiry):
        if enquiry.is_waiting:
            return status_tag(_("Waits"), "wait")
        return status_tag(_("Answered"), "ok") if enquiry.answer else status_tag(_("Closed"), "off")


@office.waiting
def questions_to_answer(request):
    if request.user.has_perm("courses.view_enquiry"):
        address = reverse("admin:courses_enquiry_changelist")
        yield _("Questions to answer"), Enquiry.objects.waiting().count(), f"{address}?state=waiting"
