from django.contrib.sitemaps.views import sitemap
from django.urls import path

from . import catalog_views, eligibility_views, intake_views, interest_views, views
from .sitemaps import SITEMAPS

app_name = "courses"
urlpatterns = [
    path("courses/", catalog_views.catalog, name="catalog"),
    path("courses/<slug:slug>/", views.course, name="course"),
    path("courses/<slug:slug>/intakes.ics", intake_views.course_calendar, name="course_calendar"),
    path("courses/<slug:course_slug>/<slug:slug>/", views.module, name="module"),
    path("intakes/", intake_views.intakes, name="intakes"),
    path("intakes/<slug:code>.ics", intake_views.intake_calendar, name="intake_calendar"),
    path("interest/<slug:slug>/", interest_views.interest, name="interest"),
    path("interest/sent/<slug:slug>/", interest_views.sent, name="interest_sent"),
    path("interest/confirm/<str:token>/", interest_views.confirm, name="interest_confirm"),
    path("interest/stop/<str:token>/", interest_views.stop, name="interest_stop"),
    path("articles/", views.article_list, name="article_list"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("about/", views.about, name="about"),
    path("eligibility/", eligibility_views.eligibility_check, name="eligibility"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
]
