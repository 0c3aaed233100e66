"""The tests' settings for a server of its own, with the real queue, where letters wait for a worker, and kept pages."""

from iiwam import settings as site
from tests.settings import *  # noqa: F403

TASKS = site.TASKS
PAGES_KEPT_SECONDS = site.PAGES_KEPT_SECONDS
