"""The tests' settings for a server of its own, with the real queue: letters wait for a worker."""

from iiwam import settings as site
from tests.settings import *  # noqa: F403

TASKS = site.TASKS
