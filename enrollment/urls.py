from django.urls import path

from .views import (
    applicant,
    assessor,
    beginning,
    calendar,
    certificates,
    check,
    documents,
    learner,
    logbook,
    offers,
    public,
    questions,
    sections,
)

app_name = "enrollment"
urlpatterns = [
    # Applying
    path("apply/<slug:code>/", applicant.start, name="start"),
    path("apply/<slug:code>/about/", beginning.about, name="begin"),
    path("apply/<slug:code>/begun/", beginning.begun, name="begun"),
    path("applications/", applicant.applications, name="applications"),
    path("applications/<str:reference>/", applicant.application, name="application"),
    path("applications/<str:reference>/check/", check.check, name="check"),
    path("applications/<str:reference>/sent/", check.sent, name="sent"),
    path("applications/<str:reference>/copy.pdf", check.copy, name="copy"),
    path("applications/<str:reference>/accept/", applicant.accept_offer, name="accept_offer"),
    path("applications/<str:reference>/decline-offer/", applicant.decline_offer, name="decline_offer"),
    path("applications/<str:reference>/withdraw/", applicant.withdraw, name="withdraw"),
    path("applications/<str:reference>/leave/", applicant.leave, name="leave"),
    path("applications/<str:reference>/documents/<int:pk>/", documents.document, name="document"),
    path("applications/<str:reference>/documents/<int:pk>/preview/", documents.preview, name="preview"),
    path(
        "applications/<str:reference>/documents/<int:pk>/pages/<int:number>/<slug:size>.webp",
        documents.document_page,
        name="document_page",
    ),
    path(
        "applications/<str:reference>/documents/<int:pk>/remove/",
        documents.remove_document,
        name="remove_document",
    ),
    path("applications/<str:reference>/evidence/", documents.evidence, name="evidence"),
    path("applications/<str:reference>/declarations/", sections.declarations, name="declarations"),
    path(
        "applications/<str:reference>/consents/",
        sections.declarations,
        {"section": "consents"},
        name="consents",
    ),
    path("applications/<str:reference>/<slug:section>/", sections.section, name="section"),
    path("offers/<str:token>/decline/", offers.decline_by_link, name="decline_by_link"),
    # Studying
    path("learn/", learner.learn, name="learn"),
    path("learn/calendar/", calendar.address, name="calendar_address"),
    path("learn/calendar/<str:token>.ics", calendar.feed, name="calendar_feed"),
    path("learn/<int:pk>/days.ics", calendar.days, name="calendar_days"),
    path("learn/<int:pk>/", learner.enrollment, name="enrollment"),
    path("learn/<int:pk>/logbook/", logbook.logbook, name="logbook"),
    path("learn/<int:pk>/logbook/new/", logbook.new_entry, name="new_entry"),
    path("learn/<int:pk>/logbook/<int:entry_pk>/", logbook.entry, name="logbook_entry"),
    path("learn/<int:pk>/certificate/", certificates.certificate, name="certificate"),
    path("learn/<int:pk>/<slug:slug>/", learner.module, name="learn_module"),
    path("learn/<int:pk>/<slug:slug>/questions/", questions.questions, name="questions"),
    path("learn/<int:pk>/<slug:slug>/questions/answer/", questions.answer, name="answer"),
    path("learn/<int:pk>/<slug:slug>/<slug:topic_slug>/place/", learner.place, name="reading_place"),
    path("learn/<int:pk>/<slug:slug>/<slug:topic_slug>/", learner.topic, name="learn_topic"),
    path("certificates/<str:number>.pdf", certificates.sheet, name="certificate_pdf"),
    path("certificates/<str:number>.webp", certificates.picture, name="certificate_picture"),
    # Assessing
    path("assess/", assessor.assess, name="assess"),
    path("assess/<int:pk>/", assessor.assess_entry, name="assess_entry"),
    # Verifying
    path("verify/", public.verify, name="verify"),
    path("verify/<str:number>/", public.verify_number, name="verify_number"),
]
