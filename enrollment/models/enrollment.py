from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .application import Application


class EnrollmentQuerySet(models.QuerySet):
    def of(self, user):
        """What this person may see as a learner: their own."""
        return self.filter(learner=user) if user.is_authenticated else self.none()

    def taking_a_seat(self):
        return self.filter(status__in=[Enrollment.Status.ACTIVE, Enrollment.Status.COMPLETED])


class Enrollment(models.Model):
    """A person's place on an intake after accepting the offer."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Studying")
        COMPLETED = "completed", _("Completed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    application = models.OneToOneField(
        Application, models.PROTECT, related_name="enrollment", verbose_name=_("application")
    )
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="enrollments", verbose_name=_("learner")
    )
    intake = models.ForeignKey(
        "courses.Intake", models.PROTECT, related_name="enrollments", verbose_name=_("intake")
    )
    status = models.CharField(
        _("status"), max_length=16, choices=Status, default=Status.ACTIVE, editable=False
    )
    enrolled_at = models.DateTimeField(_("enrolled"))
    updated_at = models.DateTimeField(_("last change"), auto_now=True)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrollment")
        verbose_name_plural = _("enrollments")
        ordering = ["-enrolled_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["active", "completed", "withdrawn"]),
                name="enrollment_status_is_known",
            ),
            models.UniqueConstraint(
                fields=["learner", "intake"],
                condition=Q(status__in=["active", "completed"]),
                name="one_seat_per_person_and_intake",
            ),
        ]
        indexes = [models.Index(fields=["intake", "status"])]

    def __str__(self):
        return f"{self.learner}, {self.intake}"

    def get_absolute_url(self) -> str:
        return reverse("enrollment:enrollment", args=[self.pk])

    @property
    def course(self):
        return self.intake.course


class Attendance(models.Model):
    """Whether a learner was there on a training day."""

    enrollment = models.ForeignKey(
        Enrollment, models.CASCADE, related_name="attendance", verbose_name=_("enrollment")
    )
    training_day = models.ForeignKey(
        "courses.TrainingDay", models.PROTECT, related_name="attendance", verbose_name=_("training day")
    )
    is_present = models.BooleanField(_("present"), default=False)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("marked by")
    )
    marked_at = models.DateTimeField(_("marked at"))

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "training_day"], name="one_mark_per_learner_and_day"
            )
        ]

    def __str__(self):
        return f"{self.enrollment_id}: {self.training_day_id}"
