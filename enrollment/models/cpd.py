"""Continuing professional development: what schemes were asked to approve, what learners earned, what was reported."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .enrollment import Enrollment
from .history import AppendOnly


class CpdSubmission(models.Model):
    """A programme on its way to a scheme and back, once for each run (or course) and scheme."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("To be submitted")
        SUBMITTED = "submitted", _("With the scheme")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined by the scheme")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        REOPENED = "reopened", _("Reopened for changes")

    LIVE = frozenset({Status.PLANNED, Status.SUBMITTED, Status.APPROVED})

    scheme = models.ForeignKey(
        "courses.CpdScheme", models.PROTECT, related_name="submissions", verbose_name=_("scheme")
    )
    course = models.ForeignKey(
        "courses.Course", models.PROTECT, related_name="cpd_submissions", verbose_name=_("course")
    )
    intake = models.ForeignKey(
        "courses.Intake",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cpd_submissions",
        verbose_name=_("intake"),
    )
    status = models.CharField(
        _("status"), max_length=16, choices=Status, default=Status.PLANNED, editable=False
    )
    title = models.CharField(_("title as submitted"), max_length=160, blank=True, editable=False)
    programme = models.JSONField(_("programme as submitted"), default=dict, blank=True, editable=False)
    submitted_on = models.DateField(_("submitted on"), null=True, blank=True, editable=False)
    renews = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="renewal", verbose_name=_("follows")
    )
    approval = models.OneToOneField(
        "courses.Accreditation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="submission",
        verbose_name=_("approval"),
    )
    planned_at = models.DateTimeField(_("planned"))

    class Meta:
        verbose_name = _("CPD submission")
        verbose_name_plural = _("CPD submissions")
        ordering = ["-planned_at", "-pk"]
        permissions = [
            ("run_cpd", _("Can submit programmes to CPD schemes and award their points")),
            ("report_cpd", _("Can take attendance returns for CPD schemes, with identity numbers")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=["planned", "submitted", "approved", "declined", "withdrawn", "reopened"]
                ),
                name="cpd_submission_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "reopened"]) | Q(approval__isnull=False),
                name="what_was_approved_has_its_approval",
            ),
            models.UniqueConstraint(
                fields=["scheme", "intake"],
                condition=Q(status__in=["planned", "submitted", "approved"]),
                name="one_live_submission_per_scheme_and_run",
            ),
            models.UniqueConstraint(
                fields=["scheme", "course"],
                condition=Q(status__in=["planned", "submitted", "approved"], intake__isnull=True),
                name="one_live_submission_per_scheme_and_course",
            ),
        ]

    def __str__(self):
        return f"{self.scheme}: {self.intake or self.course}"

    @property
    def submit_by(self):
        return self.scheme.submit_by(self.intake.starts_on) if self.intake else None

    @property
    def return_by(self):
        if self.intake is None:
            return None
        return self.scheme.return_by(self.intake.ends_on or self.intake.starts_on)


class CpdEvent(models.Model):
    """A step of a submission: who, when, why. Only ever added."""

    submission = models.ForeignKey(CpdSubmission, models.PROTECT, related_name="history")
    move = models.CharField(_("move"), max_length=32)
    from_status = models.CharField(_("from"), max_length=20, blank=True)
    to_status = models.CharField(_("to"), max_length=20)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    actor_name = models.CharField(_("who, as named then"), max_length=200)
    note = models.TextField(_("why"), blank=True)
    at = models.DateTimeField(_("when"))

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("step of a CPD submission")
        verbose_name_plural = _("steps of CPD submissions")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.move}: {self.from_status or '-'} -> {self.to_status}"


class CpdEntryQuerySet(AppendOnly):
    def standing(self):
        """Awards that no counter-entry has taken back."""
        return self.filter(corrects__isnull=True, counter_entry__isnull=True)

    def of(self, person):
        return self.filter(learner=person)

    def forget_words(self, gone: str) -> int:
        """What was written by hand about these entries is gone; how many they are."""
        return models.QuerySet.update(self, note=gone)


class CpdEntry(models.Model):
    """A line of the ledger: an award, or a counter-entry that takes one back. Only ever added."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="cpd_entries", verbose_name=_("learner")
    )
    enrollment = models.ForeignKey(
        Enrollment, models.PROTECT, related_name="cpd_entries", verbose_name=_("enrollment")
    )
    scheme = models.ForeignKey(
        "courses.CpdScheme", models.PROTECT, related_name="entries", verbose_name=_("scheme")
    )
    approval = models.ForeignKey(
        "courses.Accreditation", models.PROTECT, related_name="cpd_entries", verbose_name=_("approval")
    )
    amount = models.DecimalField(_("amount"), max_digits=6, decimal_places=2)
    title = models.CharField(_("activity"), max_length=160)
    event_code = models.CharField(_("code of the scheme"), max_length=80)
    earned_on = models.DateField(_("earned on"))
    # An award that was taken back may be given again; each time is a round.
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    corrects = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="counter_entry",
        verbose_name=_("takes back"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    by_name = models.CharField(_("entered by, as named then"), max_length=200)
    note = models.CharField(_("why"), max_length=500, blank=True)
    at = models.DateTimeField(_("entered"))

    objects = CpdEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("CPD entry")
        verbose_name_plural = _("CPD ledger")
        ordering = ["earned_on", "pk"]
        indexes = [models.Index(fields=["learner", "scheme"], name="cpd_ledger_of_a_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, amount__gt=0)
                | (Q(corrects__isnull=False, amount__lt=0) & ~Q(note="")),
                name="a_cpd_award_adds_and_a_correction_takes_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["enrollment", "approval", "round"],
                condition=Q(corrects__isnull=True),
                name="one_cpd_award_per_approval_and_round",
            ),
        ]

    def __str__(self):
        return f"{self.scheme}: {self.amount.normalize():f}, {self.title}"


class CpdReturn(models.Model):
    """An attendance return that somebody took for a scheme: who, when, about whom. The list itself is not kept."""

    submission = models.ForeignKey(
        CpdSubmission, models.PROTECT, related_name="returns", verbose_name=_("submission")
    )
    entries = models.ManyToManyField(CpdEntry, related_name="returns", verbose_name=_("entries"))
    columns = models.CharField(_("columns"), max_length=200)
    lines = models.PositiveIntegerField(_("people in it"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("taken by")
    )
    by_name = models.CharField(_("taken by, as named then"), max_length=200)
    at = models.DateTimeField(_("taken"))

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("CPD attendance return")
        verbose_name_plural = _("CPD attendance returns")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.submission}, {self.at:%Y-%m-%d}"


class CpdReminder(models.Model):
    """That the office was reminded of a date of a submission, once for each."""

    submission = models.ForeignKey(CpdSubmission, models.CASCADE, related_name="reminders")
    what = models.CharField(max_length=16)
    days = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("CPD reminder")
        verbose_name_plural = _("CPD reminders")
        constraints = [
            models.UniqueConstraint(fields=["submission", "what", "days"], name="a_cpd_date_is_told_once")
        ]

    def __str__(self):
        return f"{self.what} {self.days}"


class IdentityNumber(models.Model):
    """A person's identity card number, sealed, for schemes that know people by it. Deleted when it has served."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="identity_number", verbose_name=_("person")
    )
    sealed = models.TextField(editable=False)
    consent = models.TextField(_("what the person agreed to"))
    given_at = models.DateTimeField(_("given"))

    class Meta:
        verbose_name = _("identity number")
        verbose_name_plural = _("identity numbers")

    def __str__(self):
        return "••••"
