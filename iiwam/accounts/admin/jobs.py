from django.contrib import admin, messages
from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from iiwam import jobs, office
from iiwam.accounts.models import Job

admin.site.unregister(DBTaskResult)


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    """Work in the queue: to look at, and to try again what failed for good."""

    list_display = ["task_name", "status", "attempts", "enqueued_at", "finished_at", "why"]
    list_filter = ["status", "queue_name"]
    search_fields = ["task_path"]
    search_help_text = _("Search by the name of the task")
    date_hierarchy = "enqueued_at"
    actions = ["try_again"]
    fields = readonly_fields = [
        "task_name",
        "status",
        "attempts",
        "args_kwargs",
        "enqueued_at",
        "started_at",
        "finished_at",
        "exception_class_path",
        "traceback",
    ]
    show_full_result_count = False

    def get_queryset(self, request):
        failed_first = Case(
            When(status=TaskResultStatus.FAILED, then=Value(0)), default=Value(1), output_field=IntegerField()
        )
        return super().get_queryset(request).order_by(failed_first, "-enqueued_at")

    def get_ordering(self, request):
        return ()

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return obj is None and super().has_change_permission(request)

    @admin.display(description=_("task"))
    def task_name(self, job):
        return job.task_path.rsplit(".", 1)[-1].replace("_", " ")

    @admin.display(description=_("attempts"))
    def attempts(self, job):
        return len(job.worker_ids)

    @admin.display(description=_("why it failed"), empty_value="")
    def why(self, job):
        return job.exception_class_path.rsplit(".", 1)[-1]

    @admin.action(description=_("Try the failed ones again"), permissions=["change"])
    def try_again(self, request, queryset):
        count = jobs.revive(queryset)
        words = ngettext("%d job is in the queue again.", "%d jobs are in the queue again.", count) % count
        self.message_user(request, words, messages.SUCCESS if count else messages.WARNING)


@office.waiting
def failed_jobs(request):
    if request.user.has_perm("accounts.view_job") and (count := jobs.failed_count()):
        address = reverse("admin:accounts_job_changelist")
        yield _("Jobs that failed"), count, f"{address}?status__exact={TaskResultStatus.FAILED}"
