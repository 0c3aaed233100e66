"""Payments as they were recorded, and the account of one place: what is owed, what came, what was put right."""

import uuid
from decimal import Decimal
from functools import partial

from babel.numbers import get_currency_precision
from django import forms
from django.contrib import admin, messages
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.forms.money import minor_units
from courses.templatetags.money import money
from enrollment import payments, permissions
from enrollment.evidence import EvidenceRefused, check
from enrollment.models import Application, Payment
from enrollment.transitions import PLACE
from enrollment.views.road import PLACE_TONES
from enrollment.workflow import MoveRefused, refusal

from .acts import Record, moment
from .forms import ReasonForm

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


class PaymentForm(forms.Form):
    """What a member of staff reads off a bank statement or a slip."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    direction = forms.ChoiceField(
        label=_("What happened"),
        choices=[("in", _("Money came in")), ("out", _("Money was paid back"))],
        widget=forms.RadioSelect,
        initial="in",
    )
    amount = forms.DecimalField(label=_("Amount"), min_value=0, max_digits=11)
    received_on = forms.DateField(
        label=_("Date of the payment"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    method = forms.ChoiceField(label=_("How"), choices=Payment.Method, initial=Payment.Method.TRANSFER)
    reference = forms.CharField(
        label=_("Payment reference"), max_length=100, help_text=_("As on the statement or the slip.")
    )
    proof = forms.FileField(
        label=_("Proof"), required=False, help_text=_("Optional. PDF, JPEG or PNG; kept privately.")
    )
    note = forms.CharField(label=_("Note for staff"), max_length=500, required=False)

    def __init__(self, currency: str, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["key"].initial = uuid.uuid4
        self.fields["received_on"].initial = timezone.localdate
        amount = self.fields["amount"]
        amount.label = _("Amount in %(currency)s") % {"currency": currency}
        amount.widget.attrs["step"] = str(Decimal(1).scaleb(-get_currency_precision(currency)))

    def clean_amount(self) -> int:
        return minor_units(self.cleaned_data["amount"], self.currency)

    def clean_proof(self):
        upload = self.cleaned_data["proof"]
        try:
            return check(upload) if upload else None
        except EvidenceRefused as refused:
            raise forms.ValidationError(str(refused)) from refused

    def answers(self) -> dict:
        """What the verb takes."""
        given = dict(self.cleaned_data)
        sign = -1 if given.pop("direction") == "out" else 1
        return given | {"amount_minor": sign * given.pop("amount")}


class SponsorForm(ReasonForm):
    field_order = ["sponsor", "note"]
    sponsor = forms.CharField(
        label=_("Sponsor"),
        max_length=200,
        required=False,
        help_text=_("The employer or other body that has undertaken to pay. Empty: none any more."),
    )


@admin.register(Payment)
class PaymentAdmin(Record):
    list_display = ["received_on", "amount", "name", "for_application", "method", "reference", "recorded"]
    list_filter = ["method", "currency"]
    list_select_related = ["application__applicant"]
    search_fields = ["reference", "application__reference", "application__legal_name"]
    search_help_text = _("Search by payment reference, application or name")
    date_hierarchy = "received_on"
    ordering = ["-recorded_at", "-pk"]

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(application__applicant=request.user)

    def get_urls(self):
        view, both = self.admin_site.admin_view, require_http_methods(["GET", "HEAD", "POST"])
        base = "enrollment_payment"
        return [
            path("account/<int:pk>/", view(both(self.account_view)), name=f"{base}_account"),
            path("account/<int:pk>/sponsor/", view(require_POST(self.sponsor_view)), name=f"{base}_sponsor"),
            path("<int:pk>/correct/", view(both(self.correct_view)), name=f"{base}_correct"),
            path("<int:pk>/proof/", view(require_safe(self.proof_view)), name=f"{base}_proof"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A row is read on the account that it belongs to."""
        payment = self.row(request, object_id)
        return HttpResponseRedirect(address(payment.application))

    @admin.display(description=_("amount"), ordering="amount_minor")
    def amount(self, payment):
        return money(payment.amount_minor, payment.currency)

    @admin.display(description=_("name"), ordering="application__legal_name")
    def name(self, payment):
        return payment.application.legal_name or payment.application.applicant

    @admin.display(description=_("application"))
    def for_application(self, payment):
        return payment.application.reference

    @admin.display(description=_("recorded"), ordering="recorded_at")
    def recorded(self, payment):
        return f"{moment(payment.recorded_at)}, {payment.recorded_name}"

    # One account

    def row(self, request, pk) -> Payment:
        payment = self.get_object(request, str(pk)) if self.has_view_permission(request) else None
        if payment is None:
            raise Http404
        return payment

    def of_place(self, request, pk) -> Application:
        """Somebody else's application that has or had an offer."""
        if not self.has_view_permission(request):
            raise Http404
        others = Application.objects.exclude(applicant=request.user).select_related("intake", "applicant")
        return get_object_or_404(others, pk=pk, status__in=PLACE["record_payment"].sources)

    def account_view(self, request, pk):
        application = self.of_place(request, pk)
        if request.method != "POST":
            return self.account_page(request, application)
        form = PaymentForm(application.offer_currency, request.POST, request.FILES)
        if not form.is_valid():
            return self.account_page(request, application, payment_form=form)
        act = partial(payments.record_payment, application=application, **form.answers())
        return self.attempt(request, application, _("The payment is on record."), act)

    def sponsor_view(self, request, pk):
        application = self.of_place(request, pk)
        form = SponsorForm(request.POST)
        if not form.is_valid():
            return self.account_page(request, application, sponsor_form=form)
        act = partial(payments.record_sponsor, application=application, **form.cleaned_data)
        return self.attempt(request, application, _("The sponsor is on record."), act)

    def correct_view(self, request, pk):
        payment = self.row(request, pk)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            act = partial(payments.correct_payment, payment=payment, **form.cleaned_data)
            return self.attempt(request, payment.application, _("A counter-row is on record."), act)
        context = {"payment": payment, "amount": money(payment.amount_minor, payment.currency), "form": form}
        return self.show(request, payment.application, "correct", title=_("Correct a payment"), **context)

    def proof_view(self, request, pk):
        payment = self.row(request, pk)
        if not payment.proof:
            raise Http404
        try:
            proof = payment.proof.open("rb")
        except FileNotFoundError as lost:
            raise Http404 from lost
        response = FileResponse(proof, content_type=payment.proof_type)
        is_picture = payment.proof_type in ("image/jpeg", "image/png")
        response["Content-Disposition"] = content_disposition_header(not is_picture, payment.proof_name)
        response["Content-Security-Policy"] = SANDBOX
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response

    def attempt(self, request, application, words, act):
        """Do it, say what became of it, go back to the account."""
        try:
            act(by=request.user)
        except MoveRefused as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, words)
        return HttpResponseRedirect(address(application))

    def account_page(self, request, application, **forms_given):
        account = payments.account(application)
        may_write = permissions.may_keep_accounts(request.user, application)
        sponsorable = not refusal(PLACE, application, "record_sponsor", by=request.user)
        context = {
            "account": account,
            "tone": PLACE_TONES[account.standing],
            "rows": application.payments.select_related("correction").order_by("recorded_at", "pk"),
            "may_write": may_write,
            "payment_form": PaymentForm(account.currency) if may_write and account.currency else None,
            "sponsor_form": SponsorForm(initial={"sponsor": application.sponsor}) if sponsorable else None,
            **forms_given,
        }
        title = f"{application.legal_name or application.applicant}, {application.reference}"
        return self.show(request, application, "account", title=title, **context)

    def show(self, request, application, page, **context):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": application,
            "application": application,
            "back": address(application),
            **context,
        }
        return TemplateResponse(request, f"admin/enrollment/payment/{page}.html", context)


def address(application: Application) -> str:
    return reverse("admin:enrollment_payment_account", args=[application.pk])
