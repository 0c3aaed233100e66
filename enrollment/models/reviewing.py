"""What reviewers write about an application. Its applicant never sees any of it, except where a letter quotes it."""

import secrets

from django.conf import settings
from django.core.files.storage import storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.intakes import validate_days


class ReviewDuty(models.Model):
    """A reviewer to whom an intake was given: they see its applications, and those of no other."""

    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="review_duties", verbose_name=_("reviewer")
    )
    intake = models.ForeignKey(
        "courses.Intake", models.CASCADE, related_name="review_duties", verbose_name=_("intake")
    )
    given_at = models.DateTimeField(_("given"), auto_now_add=True)

    class Meta:
        verbose_name = _("reviewer of an intake")
        verbose_name_plural = _("reviewers of intakes")
        ordering = ["intake", "reviewer"]
        constraints = [
            models.UniqueConstraint(
                fields=["reviewer", "intake"], name="an_intake_is_given_once_to_a_reviewer"
            )
        ]

    def __str__(self):
        return f"{self.reviewer}: {self.intake}"


class ReviewPlan(models.Model):
    """How applications for a course are reviewed; a course without a plan goes by these defaults."""

    course = models.OneToOneField(
        "courses.Course", models.CASCADE, related_name="review_plan", verbose_name=_("course")
    )
    reviews_needed = models.PositiveSmallIntegerField(
        _("reviews needed"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text=_("So many different people give their opinion before anybody can decide."),
    )
    days_to_answer = models.PositiveSmallIntegerField(
        _("days to answer a request for information"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )
    reminder_days = models.CharField(
        _("reminders, days before that deadline"),
        max_length=40,
        default="3, 1",
        blank=True,
        validators=[validate_days],
        help_text=_("Numbers of days, such as 3, 1. Empty: no reminder."),
    )

    class Meta:
        verbose_name = _("review plan")
        verbose_name_plural = _("review plans")
        ordering = ["course"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviews_needed__range=(1, 5)), name="between_one_and_five_reviews_are_needed"
            ),
            models.CheckConstraint(
                condition=Q(days_to_answer__range=(1, 90)), name="a_request_is_open_for_days_or_weeks"
            ),
        ]

    def __str__(self):
        return str(self.course)

    @property
    def reminders(self) -> list[int]:
        """Days before the deadline, the earliest reminder first."""
        return sorted({int(part) for part in self.reminder_days.split(",") if part.strip()}, reverse=True)


class Criterion(models.Model):
    """A row of the rubric by which applications for a course are scored."""

    plan = models.ForeignKey(
        ReviewPlan, models.CASCADE, related_name="criteria", verbose_name=_("review plan")
    )
    title = models.CharField(_("criterion"), max_length=120)
    guidance = models.CharField(_("what earns how many points"), max_length=300, blank=True)
    most = models.PositiveSmallIntegerField(
        _("most points"), default=5, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_retired = models.BooleanField(
        _("retired"), default=False, help_text=_("Not asked any more; what was scored stays.")
    )

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "title"], name="a_criterion_stands_once_in_a_plan"),
            models.CheckConstraint(
                condition=Q(most__range=(1, 10)), name="a_criterion_has_one_to_ten_points"
            ),
        ]

    def __str__(self):
        return self.title


class Score(models.Model):
    """How many points a reviewer gave for one criterion."""

    review = models.ForeignKey(
        "enrollment.Review", models.CASCADE, related_name="scores", verbose_name=_("review")
    )
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, related_name="scores", verbose_name=_("criterion")
    )
    points = models.PositiveSmallIntegerField(_("points"), validators=[MaxValueValidator(10)])

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["criterion__position", "criterion"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "criterion"], name="one_score_of_a_criterion_per_review"
            ),
            models.CheckConstraint(condition=Q(points__range=(0, 10)), name="a_score_has_up_to_ten_points"),
        ]

    def __str__(self):
        return f"{self.criterion}: {self.points}"


class Note(models.Model):
    """A remark among colleagues, never shown to the applicant and never changed."""

    application = models.ForeignKey(
        "enrollment.Application", models.CASCADE, related_name="notes", verbose_name=_("application")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author")
    )
    text = models.TextField(_("note"), max_length=2000)
    at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("note among colleagues")
        verbose_name_plural = _("notes among colleagues")
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_note_says_something")]

    def __str__(self):
        return f"{self.application}: {self.author}"


def screenshot_path(check, filename: str) -> str:
    """A random name: neither the person nor the original file name can be read from it."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name}"


def evidence_storage():
    return storages["evidence"]


class LicenseCheckQuerySet(models.QuerySet):
    def with_picture(self):
        """Those whose picture of the register's page is still there."""
        return self.exclude(screenshot="")


class LicenseCheck(models.Model):
    """Somebody looked the applicant up in a public register; a later look is another record."""

    # Its kind among the retention periods.
    KIND = "register-page"

    class Result(models.TextChoices):
        GOOD = "good", _("Registered, nothing against it")
        RESTRICTED = "restricted", _("Registered, with conditions or a restriction")
        LAPSED = "lapsed", _("Registration has lapsed")
        OTHER = "other", _("The number belongs to somebody else")
        ABSENT = "absent", _("Not in the register")
        CLOSED = "closed", _("The register could not be asked")

    application = models.ForeignKey(
        "enrollment.Application", models.CASCADE, related_name="license_checks", verbose_name=_("application")
    )
    register = models.CharField(_("register"), max_length=150)
    address = models.URLField(_("address of the register"), max_length=300, blank=True)
    number = models.CharField(_("number that was looked up"), max_length=30)
    result = models.CharField(_("what it said"), max_length=16, choices=Result)
    valid_until = models.DateField(_("valid until, as the register says"), null=True, blank=True)
    note = models.TextField(
        _("what the register said, word for word or in yours"), max_length=2000, blank=True
    )
    screenshot = models.FileField(
        _("picture of the register’s page"),
        storage=evidence_storage,
        upload_to=screenshot_path,
        max_length=200,
        blank=True,
    )
    screenshot_type = models.CharField(max_length=40, blank=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("checked by")
    )
    at = models.DateTimeField(_("checked"))
    purged_at = models.DateTimeField(_("picture deleted"), null=True, blank=True, editable=False)

    objects = LicenseCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of a licence")
        verbose_name_plural = _("checks of licences")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(result__in=["good", "restricted", "lapsed", "other", "absent", "closed"]),
                name="result_of_a_license_check_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(note="") | ~Q(screenshot="") | Q(purged_at__isnull=False),
                name="a_license_check_keeps_what_it_saw",
            ),
            models.CheckConstraint(
                condition=Q(purged_at__isnull=True) | Q(screenshot=""),
                name="a_purged_license_check_has_no_picture",
            ),
        ]

    def __str__(self):
        return f"{self.application}: {self.get_result_display()}"
