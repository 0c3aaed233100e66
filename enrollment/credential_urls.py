"""Where credentials are had by their holders, and checked by anyone."""

from django.urls import path

from .views import certificates, issuer

app_name = "credentials"
urlpatterns = [
    path("certificates/<str:number>.json", certificates.credential, name="json"),
    path("certificates/<str:number>.jwt", certificates.token, name="jwt"),
    path("certificates/<str:number>.png", certificates.badge_picture, name="png"),
    path("certificates/<str:number>.svg", certificates.badge_drawing, name="svg"),
    path(".well-known/did.json", issuer.did_document, name="did_document"),
    path(".well-known/jwks.json", issuer.key_set, name="key_set"),
    path(".well-known/keys/<str:kid>.json", issuer.key, name="key"),
    path("status/<slug:purpose>/<int:number>", issuer.statuses, name="statuses"),
]
