from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrollmentConfig(AppConfig):
    name = "enrollment"
    verbose_name = _("Admissions and certification")

    def ready(self):
        from iiwam import jobs

        from . import schedule

        jobs.every_hour(schedule.expire_offers)
        jobs.every_hour(schedule.remind_of_offers)
