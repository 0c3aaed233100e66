from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self):
        from iiwam import jobs

        from . import listing, own_data, schedule  # noqa: F401

        pre_migrate.connect(listing.take_off, sender=self)
        post_migrate.connect(listing.keep, sender=self)
        jobs.every_hour(schedule.tell_of_open_intakes)
        jobs.every_hour(schedule.forget_addresses)
        jobs.every_hour(schedule.forget_enquiries)
