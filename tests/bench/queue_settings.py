"""The site as it stands; who measures signs in without a second factor."""

from iiwam.settings import *  # noqa: F403

DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
STAFF_SECOND_FACTOR = False
