"""What a good engineer writes in an afternoon: a word, a list of 20 with its pages, and one record with its parts."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path

from courses.models import Course


def hello(request):
    return HttpResponse("Hello.")


def listing(request):
    courses = Course.objects.filter(published_at__isnull=False).order_by("title")
    courses = courses.prefetch_related("audiences__profession", "intakes")
    page = Paginator(courses, 20).get_page(request.GET.get("page"))
    return render(request, "listing.html", {"page": page})


def detail(request, slug):
    courses = Course.objects.prefetch_related("modules__topics", "intakes", "audiences__profession")
    return render(request, "detail.html", {"course": get_object_or_404(courses, slug=slug)})


urlpatterns = [path("hello/", hello), path("list/", listing), path("detail/<slug:slug>/", detail)]
