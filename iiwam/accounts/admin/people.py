from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from iiwam.accounts import own_data, people
from iiwam.accounts.forms import EraseOnRequestForm
from iiwam.accounts.models import Role, User

# Its stock page prints the secret of an authenticator app; staff have no use for the rows.
admin.site.unregister(Authenticator)
admin.site.unregister(EmailAddress)
admin.site.unregister(Group)


@admin.register(User)
class PersonAdmin(admin.ModelAdmin):
    """People and what they may do. Passwords are never shown or set here: a letter lets the person choose one."""

    list_display = ["email", "full_name", "is_staff", "roles", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active", "groups"]
    search_fields = ["email", "full_name"]
    search_help_text = _("Search by name or email address")
    ordering = ["email"]
    show_full_result_count = False
    change_form_template = "admin/accounts/user/change_form.html"
    adding = [
        (None, {"fields": ["email", "full_name"]}),
        (_("In the office"), {"fields": ["is_staff", "groups"]}),
    ]
    changing = [
        (None, {"fields": ["email", "full_name"]}),
        (_("In the office"), {"fields": ["is_staff", "groups"]}),
        (
            _("Account"),
            {"fields": ["state", "address_confirmed", "second_factor", "last_login", "date_joined"]},
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def lookup_allowed(self, lookup, value, request):
        # A filter on what the password is stored as would give it away sign by sign.
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def get_fieldsets(self, request, obj=None):
        return self.changing if obj else self.adding

    def get_readonly_fields(self, request, obj=None):
        # A changed address must be confirmed by its owner, on their own account page.
        return (
            ["email", "state", "address_confirmed", "second_factor", "last_login", "date_joined"]
            if obj
            else []
        )

    def has_change_permission(self, request, obj=None):
        """Only a superuser may alter one, and nobody whoever was erased."""
        allowed = super().has_change_permission(request, obj) and not getattr(obj, "erased_at", None)
        return allowed and (request.user.is_superuser or not getattr(obj, "is_superuser", False))

    def has_delete_permission(self, request, obj=None):
        return False

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        # The admin's own two-list widget names its icons in a way that screen readers cannot use.
        return super().formfield_for_manytomany(
            db_field, request, widget=forms.CheckboxSelectMultiple, help_text="", **kwargs
        )

    def save_model(self, request, obj, form, change):
        if change:
            super().save_model(request, obj, form, change)
        else:
            people.invite(user=obj)

    @admin.display(description=_("roles"))
    def roles(self, person):
        return ", ".join(group.name for group in person.groups.all())

    @admin.display(description=_("state"))
    def state(self, person):
        if person.erased_at:
            return _("Erased on %s") % date_format(timezone.localtime(person.erased_at), "j M Y, H:i")
        return _("Open") if person.is_active else _("Closed: this person cannot sign in")

    @admin.display(description=_("address confirmed"), boolean=True)
    def address_confirmed(self, person):
        return EmailAddress.objects.filter(user=person, email=person.email, verified=True).exists()

    @admin.display(description=_("second factor"), boolean=True)
    def second_factor(self, person):
        return (
            Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
        )

    def get_urls(self):
        act = self.admin_site.admin_view
        return [
            path("<int:pk>/close/", act(self.close_account), name="accounts_user_close"),
            path("<int:pk>/open/", act(self.open_account), name="accounts_user_open"),
            path("<int:pk>/invite/", act(self.send_invitation), name="accounts_user_invite"),
            path("<int:pk>/erase/", act(self.erase_view), name="accounts_user_erase"),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["may_erase"] = obj is not None and not obj.erased_at and self.may_erase(request)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def may_erase(self, request) -> bool:
        return request.user.has_perm("accounts.erase_user")

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def erase_view(self, request, pk):
        """What goes, what stays and what stands in the way; then, once, the end of it."""
        if not self.may_erase(request):
            raise PermissionDenied
        person = get_object_or_404(self.get_queryset(request), pk=pk)
        back = reverse("admin:accounts_user_change", args=[pk])
        if person.erased_at:
            self.message_user(request, _("This person has been erased already."), messages.WARNING)
            return HttpResponseRedirect(back)
        form = EraseOnRequestForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            return self.erased(request, person, form.cleaned_data, back)
        return self.erase_page(request, person, form, back)

    def erased(self, request, person, answers, back):
        try:
            own_data.erase_on_request(
                person=person, by=request.user, reason=answers["reason"], identified=answers["identified"]
            )
        except people.Refused as refusal:
            self.message_user(request, refusal, messages.WARNING)
        else:
            self.message_user(request, _("Erased. The history of the account says who did it and why."))
        return HttpResponseRedirect(back)

    def erase_page(self, request, person, form, back):
        own = [_("You cannot erase yourself.")] if person == request.user else []
        context = {
            **self.admin_site.each_context(request),
            "title": _("Erase on request"),
            "opts": self.opts,
            "original": person,
            "form": form,
            "obstacles": own or own_data.obstacles(person=person),
            "back": back,
        }
        return TemplateResponse(request, "admin/accounts/user/erase.html", context)

    @method_decorator(require_POST)
    def close_account(self, request, pk):
        return self.act(request, pk, people.close, _("Closed: %s can no longer sign in."))

    @method_decorator(require_POST)
    def open_account(self, request, pk):
        return self.act(request, pk, people.reopen, _("Open: %s can sign in again."))

    @method_decorator(require_POST)
    def send_invitation(self, request, pk):
        return self.act(
            request, pk, people.send_password_link, _("A link to choose a password is on its way to %s.")
        )

    def act(self, request, pk, verb, words):
        """Find, check, do, say, go back."""
        person = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, person):
            return HttpResponseRedirect(reverse("admin:accounts_user_changelist"))
        try:
            verb(user=person, by=request.user)
        except people.Refused as refusal:
            self.message_user(request, refusal, messages.WARNING)
        else:
            self.message_user(request, words % person.email)
            self.log_change(request, person, str(words % person.email))
        return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[pk]))


@admin.register(Role)
class RoleAdmin(admin.ModelAdmin):
    """Roles are written in code and applied by `sync_roles`; here one sees who may do what."""

    list_display = ["name", "members"]
    search_fields = ["name"]
    fields = readonly_fields = ["name", "rights"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("user_set", "permissions")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("people"))
    def members(self, group):
        return len(group.user_set.all())

    @admin.display(description=_("may"))
    def rights(self, group):
        return ", ".join(permission.name for permission in group.permissions.all())
