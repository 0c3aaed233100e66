from django.contrib import admin
from django.urls import include, path

from courses.views.outward import picture
from courses.views.pages import home
from iiwam import views
from iiwam.accounts.views import ConfirmAddress, SignUp, account, erase, export, own_data

urlpatterns = [
    path("", home, name="home"),
    path("", include("courses.urls")),
    path("", include("enrollment.urls")),
    path("", include("enrollment.credential_urls")),
    path("account/", account, name="account"),
    path("account/data/", own_data, name="own_data"),
    path("account/data/export/", export, name="export"),
    path("account/data/erase/", erase, name="erase"),
    path("accounts/signup/", SignUp.as_view(), name="account_signup"),
    path("accounts/confirm-email/<str:key>/", ConfirmAddress.as_view(), name="account_confirm_email"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("theme/", views.choose_theme, name="theme"),
    path("components/", views.components, name="components"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("picture.png", picture, name="picture"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
]

handler400 = "iiwam.views.bad_request"
handler403 = "iiwam.views.permission_denied"
handler404 = "iiwam.views.page_not_found"
handler429 = "iiwam.views.too_many_requests"
handler500 = "iiwam.views.server_error"
