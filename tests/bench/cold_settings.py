"""The site as it stands, but every page is made anew."""

from iiwam.settings import *  # noqa: F403

PAGES_KEPT_SECONDS = 0
