"""Whichever site DJANGO_SETTINGS_MODULE names, for the server of a measurement."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
