from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrollmentConfig(AppConfig):
    name = "enrollment"
    verbose_name = _("Admissions and certification")

    def ready(self):
        from iiwam import jobs

        from . import tasks

        jobs.every_hour(tasks.expire_offers)
