"""Buttons that move a module or a topic up or down; they work by keyboard and without scripts."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from courses.ordering import step


class Ordered(admin.ModelAdmin):
    """Records with a number in their parent."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/up/", view(require_POST(self.up_view)), name=self.name_of("up")),
            path("<int:pk>/down/", view(require_POST(self.down_view)), name=self.name_of("down")),
            *super().get_urls(),
        ]

    @admin.display(description=_("order"))
    def order(self, record):
        # The list is a form already: its buttons post to other addresses than the form does.
        return format_html(
            '<span class="order"><button formaction="{}" aria-label="{}">&uarr;</button>'
            '<button formaction="{}" aria-label="{}">&darr;</button></span>',
            self.address("up", record.pk),
            _("Move up: %s") % record,
            self.address("down", record.pk),
            _("Move down: %s") % record,
        )

    def up_view(self, request, pk):
        return self.step_view(request, pk, down=False)

    def down_view(self, request, pk):
        return self.step_view(request, pk, down=True)

    def step_view(self, request, pk, down):
        record = self.find(request, pk)
        if not self.has_change_permission(request, record):
            self.message_user(request, _("You may not change the order."), messages.WARNING)
        elif not self.unless_locked(request, lambda request: step(item=record, down=down)):
            words = _("“%s” is the last already.") if down else _("“%s” is the first already.")
            self.message_user(request, words % record, messages.WARNING)
        return HttpResponseRedirect(self.came_from(request))

    def came_from(self, request) -> str:
        target = request.POST.get("next") or request.headers.get("Referer", "")
        is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
        return target if is_ours else self.address("changelist")
