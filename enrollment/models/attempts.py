"""Tries at a module's questions, leave to try once more, and how each question was answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .enrollment import Enrollment


class Attempt(models.Model):
    """One try at a module's questions, frozen as it was shown."""

    enrollment = models.ForeignKey(
        Enrollment, models.CASCADE, related_name="attempts", verbose_name=_("enrollment")
    )
    module = models.ForeignKey(
        "courses.Module", models.PROTECT, related_name="attempts", verbose_name=_("module")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    questions = models.JSONField(_("questions as shown"))
    answers = models.JSONField(_("answers"), default=dict)
    revision = models.PositiveIntegerField(
        _("revision"), default=0, help_text=_("Grows whenever an answer is saved.")
    )
    pass_mark = models.PositiveSmallIntegerField(_("pass mark, per cent"))
    started_at = models.DateTimeField(_("started"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    correct = models.PositiveSmallIntegerField(_("right answers"), null=True, blank=True)
    is_passed = models.BooleanField(_("passed"), default=False)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["enrollment", "module", "number"]
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "module", "number"], name="one_attempt_per_number"),
            models.UniqueConstraint(
                fields=["enrollment", "module"],
                condition=Q(submitted_at__isnull=True),
                name="one_open_attempt_per_module",
            ),
            models.CheckConstraint(
                condition=Q(is_passed=False) | Q(submitted_at__isnull=False),
                name="only_a_submitted_attempt_passes",
            ),
        ]

    def __str__(self):
        return f"{self.enrollment_id}: {self.module_id} #{self.number}"

    @property
    def total(self) -> int:
        return len(self.questions)

    @property
    def answered(self) -> int:
        """How many of its questions have an answer by now."""
        return sum(bool(self.answers.get(str(question["id"]))) for question in self.questions)


class ExtraAttempt(models.Model):
    """Leave for one attempt more than the module allows; never changed, never deleted."""

    enrollment = models.ForeignKey(
        Enrollment, models.CASCADE, related_name="extra_attempts", verbose_name=_("enrollment")
    )
    module = models.ForeignKey("courses.Module", models.PROTECT, related_name="+", verbose_name=_("module"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("given by")
    )
    note = models.CharField(_("reason"), max_length=500)
    given_at = models.DateTimeField(_("given"))

    class Meta:
        verbose_name = _("extra attempt")
        verbose_name_plural = _("extra attempts")
        ordering = ["given_at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(note=""), name="an_extra_attempt_says_why")]

    def __str__(self):
        return f"{self.enrollment_id}: {self.module_id}"


class ItemResponse(models.Model):
    """How one question fared in one submitted attempt: what the figures of a question are counted from."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="responses", verbose_name=_("attempt"))
    question = models.ForeignKey(
        "courses.Question", models.CASCADE, related_name="responses", verbose_name=_("question")
    )
    wording = models.CharField(
        _("wording"),
        max_length=16,
        help_text=_("Fingerprint of question, options and key as they were shown."),
    )
    is_first = models.BooleanField(_("first attempt"))
    is_right = models.BooleanField(_("right"))
    rest = models.FloatField(_("share right of the other questions"), null=True)

    class Meta:
        verbose_name = _("answered question")
        verbose_name_plural = _("figures of the questions")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question"], name="a_question_is_answered_once"),
        ]
        indexes = [models.Index(fields=["question", "wording"])]

    def __str__(self):
        return f"{self.attempt_id}: {self.question_id}"
