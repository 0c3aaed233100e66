from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class SiteAdminConfig(AdminConfig):
    default_site = "iiwam.admin.OfficeSite"


class OfficeSite(AdminSite):
    site_header = site_title = _("IIWAM office")
