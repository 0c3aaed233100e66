"""Certificates: a snapshot to read, a sheet to print, and what can happen to it; rules of renewal by course."""

from django.contrib import admin
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from enrollment import certification, renewal_terms, renewals
from enrollment.credentials.sheets import hand_out
from enrollment.models import Certificate, Correction, RenewalRule
from enrollment.transitions import CERTIFICATE
from enrollment.workflow import MoveRefused
from iiwam.templatetags.components import status_tag

from .acts import Act, ActingRecord, moment
from .certificate_forms import SupersedeForm
from .forms import QuotedReasonForm, RevokeForm
from .history import steps
from .letters import LETTER_TONES

S = Certificate.Status
TONES = {
    S.ISSUED: "ok",
    S.EXPIRED: "off",
    S.SUSPENDED: "wait",
    S.SUPERSEDED: "off",
    S.RENEWED: "off",
    S.REVOKED: "stop",
}
ACTS = {
    "renew": Act(
        renewals.renew,
        _("The certificate is renewed. The new one is on the page of the former."),
        kind="primary",
        hint=_(
            "A new certificate with a number of its own is valid for another term; the former leads to it."
        ),
    ),
    "supersede": Act(
        renewals.supersede,
        _("The corrected certificate is issued. The former leads to it."),
        form=SupersedeForm,
        hint=_(
            "Only the name changes. A corrected certificate with a number of its own takes the place of this one."
        ),
        asks=True,
    ),
    "suspend": Act(
        certification.suspend,
        _("The certificate is suspended; whoever checks it sees that from now on."),
        form=QuotedReasonForm,
        hint=_(
            "For as long as something is looked into. The public sees the state and the date, not the reason."
        ),
    ),
    "reinstate": Act(certification.reinstate, _("The certificate is valid again."), kind="primary"),
    "revoke": Act(
        certification.revoke,
        _("The certificate is revoked; whoever checks it sees that from now on."),
        form=RevokeForm,
        kind="stop",
        hint=_(
            "This cannot be undone. The certificate stays on file and answers “revoked” to everybody who checks it."
        ),
    ),
}


@admin.register(Certificate)
class CertificateAdmin(ActingRecord):
    table, acts, subject = CERTIFICATE, ACTS, "certificate"
    page_template = "admin/enrollment/certificate/page.html"

    list_display = ["number", "holder", "award", "state", "when", "issued_by"]
    list_filter = ["status", "reason_class", ("valid_until", admin.DateFieldListFilter)]
    list_select_related = ["issued_by"]
    search_fields = ["number", "enrollment__application__legal_name", "enrollment__learner__email"]
    search_help_text = _("Search by number, name or email address")
    date_hierarchy = "issued_at"

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(enrollment__learner=request.user)

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/pdf/", view(require_safe(self.sheet_view)), name="enrollment_certificate_pdf"),
            path(
                "<int:pk>/evidence/",
                view(require_safe(self.evidence_view)),
                name="enrollment_certificate_evidence",
            ),
            *super().get_urls(),
        ]

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
            "chain": [(one, TONES[one.status]) for one in renewals.chain(certificate)],
            "ways": renewal_terms.told(certificate, timezone.now()),
            "has_sheet": certificate.status in Certificate.PRINTED,
            "correction": Correction.objects.filter(pk=certificate.pk).first(),
            "steps": list(steps(certificate)),
            "letters": [(letter, LETTER_TONES[letter.status]) for letter in certificate.letters.all()],
        }

    def sheet_view(self, request, pk):
        certificate = self.find(request, pk)
        response = HttpResponse(hand_out(certificate), content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{certificate.number}.pdf"'
        return response

    def evidence_view(self, request, pk):
        """The paper behind a corrected name; the look is on record."""
        try:
            with transaction.atomic():
                correction = renewals.view_evidence(certificate=self.find(request, pk), by=request.user)
                paper = correction.evidence.open("rb")
        except (MoveRefused, FileNotFoundError) as lost:
            raise Http404 from lost
        response = FileResponse(paper, content_type=correction.evidence_type)
        response["Content-Disposition"] = content_disposition_header(True, correction.evidence_name)
        response["Cache-Control"] = "private, no-store"
        return response


@admin.register(RenewalRule)
class RenewalRuleAdmin(admin.ModelAdmin):
    """How long certificates of a course are valid, and what renews them."""

    list_display = ["course", "valid_months", "points", "scheme", "refresher", "opens_days"]
    list_select_related = ["course", "scheme", "refresher"]
    fields = ["course", "valid_months", "points", "scheme", "refresher", "opens_days", "reminders"]
