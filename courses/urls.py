from django.urls import path

from . import catalog_views, eligibility_views, intake_views, interest_views, outward_views, views

app_name = "courses"
urlpatterns = [
    path("courses/", catalog_views.catalog, name="catalog"),
    path("courses/<slug:slug>/", views.course, name="course"),
    path("courses/<slug:slug>/picture.png", outward_views.course_picture, name="picture"),
    path("courses/<slug:slug>/prospectus.pdf", outward_views.prospectus, name="prospectus"),
    path("courses/<slug:slug>/intakes.ics", intake_views.course_calendar, name="course_calendar"),
    path("courses/<slug:course_slug>/<slug:slug>/", views.module, name="module"),
    path("intakes/", intake_views.intakes, name="intakes"),
    path("intakes/<slug:code>.ics", intake_views.intake_calendar, name="intake_calendar"),
    path("interest/<slug:slug>/", interest_views.interest, name="interest"),
    path("interest/sent/<slug:slug>/", interest_views.sent, name="interest_sent"),
    path("interest/confirm/<str:token>/", interest_views.confirm, name="interest_confirm"),
    path("interest/stop/<str:token>/", interest_views.stop, name="interest_stop"),
    path("articles/", views.article_list, name="article_list"),
    path("articles/feed.atom", outward_views.feed, name="feed"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("about/", views.about, name="about"),
    path("eligibility/", eligibility_views.eligibility_check, name="eligibility"),
    path("sitemap.xml", outward_views.sitemap, name="sitemap"),
    path("sitemap-<slug:section>.xml", outward_views.sitemap_part, name="sitemap_part"),
]
