from django.conf import settings
from django.http import HttpResponseForbidden


def site_facts(request):
    return {"SITE_URL": settings.SITE_URL}


def csrf_failure(request, reason=""):
    return HttpResponseForbidden(
        "This page was open for too long. Go back, reload it, and send the form again."
    )
