from django.urls import path

from .views import catalog, eligibility, enquiries, intakes, interest, outward, pages

app_name = "courses"
urlpatterns = [
    path("courses/", catalog.catalog, name="catalog"),
    path("courses/<slug:slug>/", pages.course, name="course"),
    path("courses/<slug:slug>/picture.png", outward.course_picture, name="picture"),
    path("courses/<slug:slug>/prospectus.pdf", outward.prospectus, name="prospectus"),
    path("courses/<slug:slug>/intakes.ics", intakes.course_calendar, name="course_calendar"),
    path("courses/<slug:course_slug>/<slug:slug>/", pages.module, name="module"),
    path("intakes/", intakes.intakes, name="intakes"),
    path("intakes/<slug:code>.ics", intakes.intake_calendar, name="intake_calendar"),
    path("interest/<slug:slug>/", interest.interest, name="interest"),
    path("interest/sent/<slug:slug>/", interest.sent, name="interest_sent"),
    path("interest/confirm/<str:token>/", interest.confirm, name="interest_confirm"),
    path("interest/stop/<str:token>/", interest.stop, name="interest_stop"),
    path("ask/", enquiries.ask, name="ask_anything"),
    path("ask/<slug:slug>/", enquiries.ask, name="ask"),
    path("asked/", enquiries.asked, name="asked_anything"),
    path("asked/<slug:slug>/", enquiries.asked, name="asked"),
    path("accreditation/<slug:key>.png", outward.mark, name="mark"),
    path("articles/", pages.article_list, name="article_list"),
    path("articles/feed.atom", outward.feed, name="feed"),
    path("articles/<slug:slug>/", pages.article, name="article"),
    path("about/", pages.about, name="about"),
    path("eligibility/", eligibility.eligibility_check, name="eligibility"),
    path("sitemap.xml", outward.sitemap, name="sitemap"),
    path("sitemap-<slug:section>.xml", outward.sitemap_part, name="sitemap_part"),
]
