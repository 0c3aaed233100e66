from datetime import time

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class EnrollmentConfig(AppConfig):
    name = "enrollment"
    verbose_name = _("Admissions and certification")

    def ready(self):
        from iiwam import jobs

        from . import guards, own_data, schedule  # noqa: F401

        pre_migrate.connect(guards.take_off, sender=self)
        post_migrate.connect(guards.keep, sender=self)

        jobs.every_hour(schedule.expire_offers)
        jobs.every_hour(schedule.scan_evidence)
        jobs.every_day(schedule.purge_evidence, at=time(3, 10))
        jobs.every_day(schedule.tell_of_cpd_dates, at=time(7, 40))
        jobs.every_day(schedule.forget_identity_numbers, at=time(3, 25))
        jobs.every_hour(schedule.remind_of_offers)
        jobs.every_day(schedule.warn_of_licenses, at=time(8, 30))
        jobs.every_hour(schedule.remind_of_requests)
        jobs.every_hour(schedule.watch_certificates)
