from datetime import time

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrollmentConfig(AppConfig):
    name = "enrollment"
    verbose_name = _("Admissions and certification")

    def ready(self):
        from iiwam import jobs

        from . import own_data, schedule  # noqa: F401

        jobs.every_hour(schedule.expire_offers)
        jobs.every_hour(schedule.scan_evidence)
        jobs.every_day(schedule.purge_evidence, at=time(3, 10))
        jobs.every_hour(schedule.remind_of_offers)
        jobs.every_hour(schedule.remind_of_requests)
