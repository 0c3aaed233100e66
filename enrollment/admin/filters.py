"""Ways to narrow a list that several lists share."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from courses.models import Intake


class IntakeFilter(admin.SimpleListFilter):
    """Intakes that the list has records of, by name in one question to the database."""

    title = _("intake")
    parameter_name = "intake"

    def lookups(self, request, model_admin):
        used = model_admin.get_queryset(request).order_by().values("intake")
        intakes = Intake.objects.filter(pk__in=used).values_list("pk", "course__title", "code")
        return [(str(pk), f"{title} ({code})") for pk, title, code in intakes]

    def queryset(self, request, queryset):
        value = self.value()
        if value is None:
            return queryset
        return queryset.filter(intake=value) if value.isdecimal() else queryset.none()
