"""Pages for what reads the catalog on behalf of people: search engines, feed readers, link previews, printers."""

from django.contrib.sitemaps import views as sitemaps
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from iiwam.pages import public_page, true_until

from ..models import Accreditation, Course
from ..outward import pictures
from ..outward import prospectus as paper
from ..outward.feeds import Articles
from ..outward.sitemaps import SITEMAPS, parts
from ..page_parts import facts_of, with_parts
from .answers import turning_points

answer_feed = Articles()


@require_safe
@public_page()
def picture(request):
    """What a link to any page shows that has no picture of its own."""
    title = _("Certification in microneedling and cosmetic dermatology")
    return HttpResponse(pictures.picture(title, []), content_type="image/png")


@require_safe
@public_page()
def course_picture(request, slug):
    course = get_object_or_404(Course.objects.published(), slug=slug)
    facts = [str(course.get_kind_display()), str(course.get_delivery_display()), course.duration]
    if course.delivery == Course.Delivery.UNCONFIRMED:
        del facts[1]
    drawn = pictures.picture(course.title, [fact for fact in facts if fact])
    return HttpResponse(drawn, content_type="image/png")


@require_safe
@public_page()
def mark(request, key):
    """The mark of a body that let us show it, while its approval stands."""
    record = get_object_or_404(Accreditation.objects.with_mark(timezone.localdate()), key=key)
    return HttpResponse(bytes(record.mark), content_type="image/png")


@require_safe
@public_page()
def prospectus(request, slug):
    course = get_object_or_404(with_parts().published(), slug=slug)
    facts = facts_of(course, timezone.now())
    response = HttpResponse(paper.render(facts), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="iiwam-{slugify(course.slug)}.pdf"'
    response["X-Robots-Tag"] = "noindex"
    return true_until(response, turning_points(facts["intakes"]))


@require_safe
@public_page()
def feed(request):
    return answer_feed(request)


@require_safe
@public_page()
def sitemap(request):
    return render(request, "sitemap_index.xml", {"sitemaps": parts()}, content_type="application/xml")


@require_safe
@public_page(choices=["p"])
def sitemap_part(request, section):
    return sitemaps.sitemap(request, SITEMAPS, section=section)
