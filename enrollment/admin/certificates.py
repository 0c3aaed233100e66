"""Certificates: a snapshot to read, a sheet to print, and the one thing that can happen to it."""

from django.contrib import admin
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from enrollment import certification
from enrollment.credentials.sheets import hand_out
from enrollment.models import Certificate
from enrollment.transitions import CERTIFICATE
from iiwam.templatetags.components import status_tag

from .acts import Act, ActingRecord, moment
from .forms import RevokeForm
from .history import steps
from .letters import LETTER_TONES

TONES = {
    Certificate.Status.ISSUED: "ok",
    Certificate.Status.SUSPENDED: "wait",
    Certificate.Status.REVOKED: "stop",
}
ACTS = {
    "revoke": Act(
        certification.revoke,
        _("The certificate is revoked; whoever checks it sees that from now on."),
        form=RevokeForm,
        kind="stop",
        hint=_(
            "This cannot be undone. The certificate stays on file and answers “revoked” to everybody who checks it."
        ),
    )
}


@admin.register(Certificate)
class CertificateAdmin(ActingRecord):
    table, acts, subject = CERTIFICATE, ACTS, "certificate"
    page_template = "admin/enrollment/certificate/page.html"

    list_display = ["number", "holder", "award", "state", "when", "issued_by"]
    list_filter = ["status", "reason_class"]
    list_select_related = ["issued_by"]
    search_fields = ["number", "enrollment__application__legal_name", "enrollment__learner__email"]
    search_help_text = _("Search by number, name or email address")
    date_hierarchy = "issued_at"

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(enrollment__learner=request.user)

    def get_urls(self):
        sheet = self.admin_site.admin_view(require_safe(self.sheet_view))
        return [path("<int:pk>/pdf/", sheet, name="enrollment_certificate_pdf"), *super().get_urls()]

    @admin.display(description=_("holder"))
    def holder(self, certificate):
        return certificate.snapshot["holder"]["name"]

    @admin.display(description=_("award"))
    def award(self, certificate):
        return certificate.title

    @admin.display(description=_("status"), ordering="status")
    def state(self, certificate):
        return status_tag(certificate.get_status_display(), TONES[certificate.status])

    @admin.display(description=_("issued"), ordering="issued_at")
    def when(self, certificate):
        return moment(certificate.issued_at)

    def title(self, certificate):
        return f"{certificate.number}, {self.holder(certificate)}"

    def details(self, request, certificate):
        return {
            "certificate": certificate,
            "snapshot": certificate.snapshot,
            "tone": TONES[certificate.status],
            "steps": list(steps(certificate)),
            "letters": [(letter, LETTER_TONES[letter.status]) for letter in certificate.letters.all()],
        }

    def sheet_view(self, request, pk):
        certificate = self.find(request, pk)
        response = HttpResponse(hand_out(certificate), content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{certificate.number}.pdf"'
        return response
