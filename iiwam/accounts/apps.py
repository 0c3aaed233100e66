from datetime import time

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "iiwam.accounts"
    label = "accounts"
    verbose_name = _("People, roles and jobs")

    def ready(self):
        # Here and not beside the tasks, which a worker imports only when it meets the first of them.
        from iiwam import jobs
        from iiwam.accounts import tasks

        jobs.connect()
        jobs.every_day(tasks.forget_sessions, at=time(3, 40))
