from django.urls import path

from .views import applicant, check, sections

app_name = "enrollment"
urlpatterns = [
    # Applying
    path("apply/<slug:code>/", applicant.start, name="start"),
    path("applications/", applicant.applications, name="applications"),
    path("applications/<str:reference>/", applicant.application, name="application"),
    path("applications/<str:reference>/check/", check.check, name="check"),
    path("applications/<str:reference>/sent/", check.sent, name="sent"),
    path("applications/<str:reference>/accept/", applicant.accept_offer, name="accept_offer"),
    path("applications/<str:reference>/decline-offer/", applicant.decline_offer, name="decline_offer"),
    path("applications/<str:reference>/withdraw/", applicant.withdraw, name="withdraw"),
    path("applications/<str:reference>/leave/", applicant.leave, name="leave"),
    path("applications/<str:reference>/documents/<int:pk>/", applicant.document, name="document"),
    path(
        "applications/<str:reference>/documents/<int:pk>/remove/",
        sections.remove_document,
        name="remove_document",
    ),
    path("applications/<str:reference>/evidence/", sections.evidence, name="evidence"),
    path("applications/<str:reference>/declarations/", sections.declarations, name="declarations"),
    path("applications/<str:reference>/<slug:section>/", sections.section, name="section"),
]
