from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .enrollment import Enrollment
from .logbook import LogbookEntry


class CompletionRule(models.Model):
    """What the award of a course asks for; without a row of its own, a course goes by that for every course."""

    class Kind(models.TextChoices):
        READING = "reading", _("Topics read, per cent of them")
        QUESTIONS = "questions", _("Questions of every module passed")
        CASES = "cases", _("Supervised cases, as many as the course says")
        QUOTA = "quota", _("Quota: so many cases of a procedure or phototype")
        ATTENDANCE = "attendance", _("Training days attended, per cent of them")
        FEES = "fees", _("Fee settled")
        LICENSE = "license", _("Licence valid on practical days")

    SHARES = (Kind.READING, Kind.ATTENDANCE)

    course = models.ForeignKey(
        "courses.Course",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="completion_rules",
        verbose_name=_("course"),
        help_text=_("Empty: every course that has no rule of this kind itself."),
    )
    kind = models.CharField(_("what"), max_length=16, choices=Kind)
    is_asked = models.BooleanField(_("asked"), default=True, help_text=_("Untick to ask for nothing here."))
    least = models.PositiveSmallIntegerField(
        _("at least"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(500)],
        help_text=_("Cases for a quota, per cent for topics and training days. Empty otherwise."),
    )
    role = models.CharField(
        _("part taken"),
        max_length=16,
        choices=LogbookEntry.Role,
        default=LogbookEntry.Role.SUPERVISED,
        help_text=_("For a quota: which cases count."),
    )
    procedure = models.ForeignKey(
        "courses.Procedure",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("procedure"),
        help_text=_("For a quota. Empty: any."),
    )
    phototypes = models.CharField(
        _("phototypes"), max_length=20, blank=True, help_text=_("For a quota. None ticked: any.")
    )
    is_draft = models.BooleanField(
        _("draft"), default=True, help_text=_("Shown with a mark until the course director confirms it.")
    )

    class Meta:
        verbose_name = _("completion rule")
        verbose_name_plural = _("completion rules")
        ordering = ["course", "kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["reading", "questions", "cases", "quota", "attendance", "fees", "license"]
                ),
                name="completion_rule_kind_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(kind="quota") | Q(least__gte=1), name="a_quota_is_at_least_one_case"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["reading", "attendance"]) | Q(least__range=(1, 100)),
                name="a_share_is_a_percentage",
            ),
            models.UniqueConstraint(
                fields=["course", "kind"], condition=~Q(kind="quota"), name="one_completion_rule_per_course"
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=~Q(kind="quota") & Q(course__isnull=True),
                name="one_completion_rule_for_every_course",
            ),
        ]

    def __str__(self):
        return self.get_kind_display()

    def clean(self):
        if self.kind in self.SHARES and not (self.least and self.least <= 100):
            raise ValidationError({"least": _("Give a share from 1 to 100 per cent.")})
        if self.kind == self.Kind.QUOTA and not self.least:
            raise ValidationError({"least": _("Give the number of cases.")})

    @property
    def phototype_list(self) -> list[str]:
        return self.phototypes.split(",") if self.phototypes else []


class AwardWaiver(models.Model):
    """A registrar set one thing aside that the award asks of this learner, and said why."""

    enrollment = models.ForeignKey(
        Enrollment, models.PROTECT, related_name="award_waivers", verbose_name=_("enrollment")
    )
    key = models.CharField(_("what"), max_length=80)
    says = models.CharField(_("what was outstanding"), max_length=300)
    reason = models.TextField(_("reason"), max_length=1000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("waived by")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("waiver of a requirement")
        verbose_name_plural = _("waivers of requirements")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "key"], name="one_waiver_of_a_requirement"),
            models.CheckConstraint(condition=~Q(reason=""), name="an_award_waiver_has_a_reason"),
        ]

    def __str__(self):
        return self.says
