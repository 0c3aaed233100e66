from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .catalog import Course
from .cpd import CpdScheme
from .sources import Source


def begun(on: date) -> Q:
    return Q(valid_from__isnull=True) | Q(valid_from__lte=on)


def not_over(on: date) -> Q:
    lasts = Q(valid_to__isnull=True) | Q(valid_to__gte=on)
    return lasts & (Q(ended_on__isnull=True) | Q(ended_on__gt=on))


class AccreditationQuerySet(models.QuerySet):
    def stated(self):
        """Statements the institute makes about itself, in the order it makes them."""
        return self.filter(course__isnull=True)

    def concerning(self, course: Course):
        """The institute's statements and the records of this course."""
        return self.filter(Q(course__isnull=True) | Q(course=course))

    def standing(self, on: date):
        """Those that have begun and have not run out; nobody hears of the others any more."""
        return self.filter(begun(on), not_over(on))

    def without_marks(self):
        """Without the picture's bytes, for a page only needs its address and size."""
        return self.defer("mark")

    def in_force(self, on: date):
        """Records with a reference that stand on this day."""
        return self.standing(on).exclude(reference="")

    def granting_points(self, on: date) -> list["Accreditation"]:
        """Approvals whose points may be told on this day, by the one guard that every page asks."""
        return [record for record in self.select_related("scheme") if record.grants_points(on)]

    def with_mark(self, on: date):
        """Records whose mark may be shown on this day: scope, reference, both dates, consent and a picture."""
        named = self.in_force(on).exclude(scope="").filter(valid_from__isnull=False, valid_to__isnull=False)
        return named.filter(may_use_mark=True, mark_width__isnull=False)


class Accreditation(models.Model):
    """What a body certifies. Without a reference it is only a statement by IIWAM and is worded so."""

    key = models.SlugField(_("key"), unique=True)
    body = models.CharField(_("body"), max_length=160)
    statement = models.CharField(
        _("statement"),
        max_length=300,
        help_text=_("Worded as the institute's own statement, never as the body's."),
    )
    course = models.ForeignKey(
        Course,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="accreditations",
        verbose_name=_("course"),
        help_text=_("Empty: the institute as a whole."),
    )
    scope = models.CharField(_("scope"), max_length=300, blank=True, help_text=_("Empty: to be confirmed."))
    reference = models.CharField(
        _("reference number"),
        max_length=80,
        blank=True,
        help_text=_("Empty: to be confirmed; no mark and no points are shown."),
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    scheme = models.ForeignKey(
        CpdScheme,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="approvals",
        verbose_name=_("CPD scheme"),
        help_text=_("Whose points they are. Empty: an approval without a scheme on file."),
    )
    intake = models.ForeignKey(
        "courses.Intake",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="cpd_approvals",
        verbose_name=_("intake"),
        help_text=_("Empty: every run of the course."),
    )
    cpd_points = models.DecimalField(
        _("CPD points"),
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        help_text=_("In the unit of the scheme. Told only while this approval of a course stands."),
    )
    ended_on = models.DateField(_("no longer stands from"), null=True, blank=True, editable=False)
    ended_reason = models.CharField(_("why it ended"), max_length=300, blank=True, editable=False)
    # The programme as it was approved; empty where none was frozen.
    programme = models.JSONField(_("programme as approved"), default=dict, blank=True, editable=False)
    may_use_mark = models.BooleanField(
        _("consent to use the mark"),
        default=False,
        help_text=_("Tick once the body has agreed in writing that IIWAM shows its mark."),
    )
    mark = models.BinaryField(_("mark"), blank=True, default=b"")
    mark_width = models.PositiveSmallIntegerField(null=True, editable=False)
    mark_height = models.PositiveSmallIntegerField(null=True, editable=False)
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, verbose_name=_("source"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = AccreditationQuerySet.as_manager()

    class Meta:
        verbose_name = _("accreditation")
        verbose_name_plural = _("accreditations")
        ordering = ["position", "body"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="accreditation_ends_after_it_starts",
                violation_error_message=_("It would end before it starts."),
            )
        ]

    def __str__(self):
        return self.body

    def stands(self, on: date) -> bool:
        return (
            (self.valid_from is None or self.valid_from <= on)
            and (self.valid_to is None or on <= self.valid_to)
            and (self.ended_on is None or on < self.ended_on)
        )

    def is_in_force(self, on: date) -> bool:
        """Whether an approval with a reference stands on this day; only then may points or a mark be shown."""
        return bool(self.reference and self.stands(on))

    def grants_points(self, on: date) -> bool:
        """The guard of all points: a course's approval, with its number of points and its reference, stands on this day.

        What is promised is asked about today; what somebody earned is asked about the day on which it was earned.
        """
        return bool(self.cpd_points and self.course_id and self.is_in_force(on))

    def promises_points(self, on: date) -> bool:
        """Whether somebody who comes now can still earn them: an approval of one run promises nothing after its end."""
        last = (self.intake.ends_on or self.intake.starts_on) if self.intake else None
        return self.grants_points(on) and (last is None or on <= last)

    def is_for(self, profession_id: int | None) -> bool:
        """Whether the scheme keeps records of this profession."""
        if self.scheme is None:
            return True
        kept = {profession.pk for profession in self.scheme.professions.all()}
        return not kept or profession_id in kept

    @property
    def unit(self) -> str:
        return self.scheme.unit if self.scheme else CpdScheme.Unit.POINTS

    @property
    def unit_title(self) -> str:
        """What is counted, as a label."""
        return str(_("CPD hours") if self.unit == CpdScheme.Unit.HOURS else _("CPD points"))

    @property
    def locks_programme(self) -> bool:
        return bool(self.scheme and self.scheme.locks_programme and self.programme)

    def shows_mark(self, on: date) -> bool:
        """Whether the body's mark may be shown on this day."""
        return self.is_in_force(on) and not self.missing_for_mark()

    def missing_for_mark(self) -> list[str]:
        """What the record still needs before the mark may be shown."""
        needed = [
            (self.scope, _("scope")),
            (self.reference, _("reference number")),
            (self.valid_from, _("valid from")),
            (self.valid_to, _("valid to")),
            (self.may_use_mark, _("consent to use the mark")),
            (self.mark_width, _("mark")),
        ]
        return [label for value, label in needed if not value]
