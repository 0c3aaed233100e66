"""Only the app's configuration: Django reads it before any model can be imported. The site itself is in `office`."""

from django.contrib.admin.apps import AdminConfig


class SiteAdminConfig(AdminConfig):
    default_site = "iiwam.office.OfficeSite"
