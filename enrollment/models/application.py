import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from iiwam.accounts.names import validate_name

# The first migration knows these two by this place.
from .document import evidence_path, evidence_storage  # noqa: F401

REFERENCE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """A reference that can be read out on the telephone; 40 random bits, so it can't be guessed from another."""
    core = "".join(secrets.choice(REFERENCE_ALPHABET) for _position in range(8))
    return f"AP-{core[:4]}-{core[4:]}"


class ApplicationQuerySet(models.QuerySet):
    def of(self, user):
        """What this person may see as an applicant: their own."""
        return self.filter(applicant=user) if user.is_authenticated else self.none()

    def live(self):
        return self.filter(status__in=Application.LIVE)

    def holding_a_seat(self):
        return self.filter(status=Application.Status.OFFERED)

    def waiting_for_a_seat(self):
        """The waiting list, first come first."""
        return self.filter(status=Application.Status.WAITLISTED).order_by("waitlisted_at", "pk")

    def awaiting_review(self):
        """What the office must look at next, oldest first."""
        return self.filter(status__in=[Application.Status.SUBMITTED, Application.Status.IN_REVIEW]).order_by(
            "submitted_at"
        )

    def offers_open(self, at: datetime):
        return self.filter(status=Application.Status.OFFERED, offer_expires_at__gt=at)

    def offers_run_out(self, at: datetime):
        return self.filter(status=Application.Status.OFFERED, offer_expires_at__lte=at)


class Application(models.Model):
    """A request for a place on an intake; answers may be missing until it is submitted."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        IN_REVIEW = "in_review", _("In review")
        INFO_REQUESTED = "info_requested", _("Information requested")
        OFFERED = "offered", _("Place offered")
        WAITLISTED = "waitlisted", _("On the waiting list")
        ENROLLED = "enrolled", _("Enrolled")
        DECLINED = "declined", _("Declined by the institute")
        OFFER_DECLINED = "offer_declined", _("Offer declined")
        EXPIRED = "expired", _("Offer expired")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        CANCELLED = "cancelled", _("Intake cancelled")

    class Standing(models.TextChoices):
        CLEAR = "clear", _("No")
        DECLARED = "declared", _("Yes")

    class Payer(models.TextChoices):
        SELF = "self", _("I do")
        EMPLOYER = "employer", _("My employer")

    LIVE = (
        Status.DRAFT,
        Status.SUBMITTED,
        Status.IN_REVIEW,
        Status.INFO_REQUESTED,
        Status.OFFERED,
        Status.WAITLISTED,
        Status.ENROLLED,
    )

    reference = models.CharField(
        _("reference"), max_length=16, unique=True, default=new_reference, editable=False
    )
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="applications", verbose_name=_("applicant")
    )
    intake = models.ForeignKey(
        "courses.Intake", models.PROTECT, related_name="applications", verbose_name=_("intake")
    )
    second_choice = models.ForeignKey(
        "courses.Intake",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="second_choices",
        verbose_name=_("second choice of intake"),
        help_text=_("Tried when the first is full."),
    )
    waited_for = models.ForeignKey(
        "courses.Intake",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("first choice on whose waiting list they were when the second was offered"),
    )
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.DRAFT, editable=False
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="applications_in_review",
        verbose_name=_("reviewer"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    last_turns = models.JSONField(_("which window saved each section last"), default=dict, editable=False)
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last change"), auto_now=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    waitlisted_at = models.DateTimeField(
        _("on the waiting list since"), null=True, blank=True, editable=False
    )
    offer_expires_at = models.DateTimeField(_("answer by"), null=True, blank=True, editable=False)
    offer_fee_minor = models.PositiveIntegerField(
        _("fee offered, minor units"), null=True, blank=True, editable=False
    )
    offer_deposit_minor = models.PositiveIntegerField(
        _("deposit offered, minor units"), null=True, blank=True, editable=False
    )
    offer_currency = models.CharField(_("currency"), max_length=3, blank=True, editable=False)
    sponsor = models.CharField(_("sponsor who pays the fee"), max_length=200, blank=True, editable=False)

    # About you
    legal_name = models.CharField(
        _("full name as on your register or identity document"),
        max_length=150,
        blank=True,
        validators=[validate_name],
    )
    certificate_name = models.CharField(
        _("name on the certificate"), max_length=150, blank=True, validators=[validate_name]
    )
    native_name = models.CharField(
        _("name in your own script"), max_length=150, blank=True, validators=[validate_name]
    )
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    nationality = models.CharField(_("nationality"), max_length=2, blank=True)
    residence_country = models.CharField(_("country of residence"), max_length=2, blank=True)
    city = models.CharField(_("town or city"), max_length=100, blank=True)
    address = models.TextField(_("postal address"), max_length=300, blank=True)
    phone = PhoneNumberField(_("telephone"), blank=True)
    preferred_language = models.CharField(_("language you prefer"), max_length=60, blank=True)
    access_needs = models.TextField(
        _("anything we should know so that you can take part"), max_length=1000, blank=True
    )

    # Profession
    profession = models.ForeignKey(
        "courses.Profession",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("profession"),
    )
    qualification = models.CharField(_("primary qualification"), max_length=200, blank=True)
    years_in_practice = models.PositiveSmallIntegerField(_("years in practice"), null=True, blank=True)
    workplace = models.CharField(_("place of work"), max_length=200, blank=True)

    # Register and license
    register_country = models.CharField(_("country of your register"), max_length=2, blank=True)
    register_body = models.CharField(_("name of the register"), max_length=150, blank=True)
    register_number = models.CharField(_("registration number"), max_length=30, blank=True)
    license_number = models.CharField(_("number of the practising certificate"), max_length=30, blank=True)
    license_valid_from = models.DateField(_("practising certificate valid from"), null=True, blank=True)
    license_valid_until = models.DateField(_("practising certificate valid until"), null=True, blank=True)
    practice_address = models.TextField(
        _("address of the practice on the certificate"), max_length=300, blank=True
    )
    standing = models.CharField(
        _("suspension, restriction or open disciplinary case"), max_length=10, choices=Standing, blank=True
    )
    standing_details = models.TextField(_("what it is about"), max_length=2000, blank=True)
    indemnity_insurer = models.CharField(_("indemnity insurer"), max_length=150, blank=True)

    # Training, and what is asked of the course; the intake and the second choice stand above
    prior_training = models.TextField(
        _("earlier training in aesthetic medicine"), max_length=2000, blank=True
    )
    payer = models.CharField(_("who pays the fee"), max_length=10, choices=Payer, blank=True)
    payer_details = models.TextField(_("who to write to about payment"), max_length=300, blank=True)
    motivation = models.TextField(_("why this course"), max_length=2000, blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-created_at"]
        permissions = [
            ("review_application", _("Can review applications and see their evidence")),
            ("decide_application", _("Can offer, waitlist and decline")),
            ("review_every_intake", _("Sees the applications of every intake, not of given ones alone")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "draft",
                        "submitted",
                        "in_review",
                        "info_requested",
                        "offered",
                        "waitlisted",
                        "enrolled",
                        "declined",
                        "offer_declined",
                        "expired",
                        "withdrawn",
                        "cancelled",
                    ]
                ),
                name="application_status_is_known",
            ),
            models.UniqueConstraint(
                fields=["applicant", "intake"],
                condition=Q(
                    status__in=[
                        "draft",
                        "submitted",
                        "in_review",
                        "info_requested",
                        "offered",
                        "waitlisted",
                        "enrolled",
                    ]
                ),
                name="one_live_application_per_person_and_intake",
            ),
            models.CheckConstraint(
                condition=~Q(status="offered") | Q(offer_expires_at__isnull=False),
                name="an_offer_has_a_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(status="waitlisted") | Q(waitlisted_at__isnull=False),
                name="a_waiting_person_has_a_place_in_line",
            ),
            models.CheckConstraint(
                condition=Q(second_choice__isnull=True) | ~Q(second_choice=F("intake")),
                name="two_choices_are_two_intakes",
                violation_error_message=_("The second choice is another intake than the first."),
            ),
        ]
        indexes = [
            models.Index(fields=["intake", "status"]),
            models.Index(fields=["status", "submitted_at"]),
            models.Index(fields=["submitted_at", "id"], name="applications_by_age"),
            models.Index(
                fields=["submitted_at", "id"],
                condition=Q(status__in=["submitted", "in_review"]),
                name="applications_awaiting_review",
            ),
            models.Index(
                fields=["license_valid_until"],
                condition=Q(status__in=["submitted", "in_review", "info_requested", "offered", "waitlisted"]),
                name="licenses_of_open_applications",
            ),
            models.Index(
                fields=["offer_expires_at"], condition=Q(status="offered"), name="offers_by_deadline"
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("enrollment:application", args=[self.reference])

    @property
    def is_editable(self) -> bool:
        """Whether the applicant may still change answers."""
        return self.status in {self.Status.DRAFT, self.Status.INFO_REQUESTED}


class Review(models.Model):
    """A reviewer's opinion; a decision is a move of the application, made by a person."""

    class Recommendation(models.TextChoices):
        OFFER = "offer", _("Offer a place")
        WAITLIST = "waitlist", _("Waiting list")
        DECLINE = "decline", _("Decline")
        UNSURE = "unsure", _("Needs a second opinion")

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="reviews", verbose_name=_("application")
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviews", verbose_name=_("reviewer")
    )
    recommendation = models.CharField(_("recommendation"), max_length=16, choices=Recommendation)
    note = models.TextField(_("note, never shown to the applicant"), max_length=2000)
    updated_at = models.DateTimeField(_("last change"), auto_now=True)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "reviewer"], name="one_review_per_reviewer")
        ]

    def __str__(self):
        return f"{self.application}: {self.get_recommendation_display()}"
