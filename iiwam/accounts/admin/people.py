from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from iiwam.accounts import people
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
        """Only a superuser may alter one."""
        allowed = super().has_change_permission(request, obj)
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
            *super().get_urls(),
        ]

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
