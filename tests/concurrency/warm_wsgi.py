"""The site with its addresses and pages already read: a process that is born to be killed soon has no time for that."""

from django.db import connections
from django.test import Client

from iiwam.wsgi import application

__all__ = ["application"]

Client().get("/admin/login/")
# No process inherits the line to the database of the one it divides from.
connections.close_all()
