"""A worker that is born anew whenever it is killed, as a service manager would have it; says each life's process id."""

import os
from datetime import timedelta

import django

django.setup()

from django.db import connections  # noqa: E402

from iiwam import jobs  # noqa: E402
from iiwam.accounts.management.commands.run_worker import runner  # noqa: E402
from iiwam.worker import Loop  # noqa: E402


def live() -> None:
    # What the last life had in hand was taken back after minutes in earnest; here nobody waits that long.
    jobs.reap(older_than=timedelta(0))
    loop = Loop(runner(), interval=0.02)
    loop.listen()
    loop.run()
    os._exit(0)


while True:
    connections.close_all()
    if (child := os.fork()) == 0:
        live()
    print(child, flush=True)
    _pid, ending = os.waitpid(child, 0)
    if os.WIFEXITED(ending):
        break
