"""A learner's training days as calendars read them: a file for one course, and a private address for all."""

import hashlib

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses.outward.calendars import calendar_of_days

from .. import ahead
from .desk import own_enrollment

KEPT_SECONDS = 900


@login_required
@require_safe
def days(request: HttpRequest, pk: int) -> HttpResponse:
    """The training days of one course, to put into a calendar once."""
    intake = own_enrollment(request, pk).intake
    name = _("IIWAM: %(course)s") % {"course": intake.course.title}
    return written(request, calendar_of_days(name, [intake]), f"{intake.code}-days.ics")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """All training days of the person whose address this is; whoever has the address needs no account."""
    try:
        learner = ahead.feed_of(token).learner
    except ahead.BadAddress as bad:
        raise Http404 from bad
    content = calendar_of_days(_("IIWAM: my training days"), ahead.intakes_of(learner))
    return written(request, content, "iiwam-training-days.ics")


@login_required
@require_POST
def address(request: HttpRequest) -> HttpResponse:
    """Makes a private address, makes another in its place, or ends it."""
    if "end" in request.POST:
        ahead.end_feed(learner=request.user)
        messages.success(request, _("The calendar address is closed."))
    else:
        ahead.make_feed(learner=request.user)
        messages.success(request, _("Your calendar address is ready. An earlier one no longer works."))
    return redirect(f"{reverse('enrollment:learn')}#days")


def written(request: HttpRequest, content: bytes, name: str) -> HttpResponse:
    """The calendar for this person alone, or word that their copy is still the same."""
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Robots-Tag"] = "noindex"
    response["ETag"] = quote_etag(hashlib.sha256(content).hexdigest()[:32])
    patch_cache_control(response, private=True, max_age=KEPT_SECONDS)
    return get_conditional_response(request, response["ETag"], response=response)
