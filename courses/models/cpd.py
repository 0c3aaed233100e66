"""What schemes of continuing professional development (CPD) ask of a provider, each scheme a row."""

import unicodedata
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .catalog import Profession
from .sources import Source

# What a line of an attendance return can hold, by the name of its column; docs/cpd.md says what each means.
RETURN_COLUMNS = (
    *("ic_number", "name", "email", "register_number", "profession"),
    *("event_code", "event_title", "attended_on", "amount", "unit"),
)


def validate_columns(value: str) -> None:
    unknown = [name for name in value.split() if name not in RETURN_COLUMNS]
    if unknown or not value.split():
        raise ValidationError(
            _("Name columns from these, with spaces between: %(known)s."),
            params={"known": ", ".join(RETURN_COLUMNS)},
        )


class CpdScheme(models.Model):
    """One body's rules for points or hours: its unit, its cycle, what counts, and by when it hears from us."""

    class Unit(models.TextChoices):
        POINTS = "points", _("points")
        HOURS = "hours", _("hours")

    class Approves(models.TextChoices):
        RUN = "run", _("Each dated run of a course")
        COURSE = "course", _("A course, with all its runs")

    class Identifies(models.TextChoices):
        IC = "ic", _("By identity card (IC) number")
        NAME = "name", _("By name")

    key = models.SlugField(_("key"), unique=True)
    name = models.CharField(_("name"), max_length=60, help_text=_("Short, such as MMA CPD."))
    body = models.CharField(_("body"), max_length=160)
    unit = models.CharField(_("counts in"), max_length=8, choices=Unit, default=Unit.POINTS)
    approves = models.CharField(_("approves"), max_length=8, choices=Approves, default=Approves.COURSE)
    professions = models.ManyToManyField(
        Profession,
        blank=True,
        related_name="cpd_schemes",
        verbose_name=_("for"),
        help_text=_("Whose records the scheme keeps. None: everybody’s."),
    )
    provider_reference = models.CharField(
        _("our number with the scheme"), max_length=80, blank=True, help_text=_("Empty: to be confirmed.")
    )
    cycle_month = models.PositiveSmallIntegerField(
        _("month in which a cycle begins"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    cycle_day = models.PositiveSmallIntegerField(
        _("day on which it begins"), default=1, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    cycle_years = models.PositiveSmallIntegerField(
        _("years in a cycle"), default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    required = models.DecimalField(
        _("asked for in a cycle"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Empty: the scheme asks for no number, or it is to be confirmed."),
    )
    cap = models.DecimalField(
        _("most that counts in a cycle"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Empty: everything counts."),
    )
    carry_over = models.DecimalField(
        _("most that is carried into the next cycle"),
        max_digits=6,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0)],
        help_text=_("0: nothing is carried over."),
    )
    submit_days = models.PositiveSmallIntegerField(
        _("days before the first day by which we submit"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(365)],
        help_text=_("Empty: no such period is known."),
    )
    return_days = models.PositiveSmallIntegerField(
        _("days after the last day within which we return attendance"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(365)],
        help_text=_("Empty: the scheme takes no attendance."),
    )
    identifies = models.CharField(
        _("knows people"), max_length=8, choices=Identifies, default=Identifies.NAME
    )
    identity_days = models.PositiveSmallIntegerField(
        _("days that IC numbers are kept after the return"),
        default=90,
        validators=[MaxValueValidator(365)],
        help_text=_("For corrections; the nightly run deletes them afterwards."),
    )
    return_columns = models.CharField(
        _("columns of the attendance return"),
        max_length=200,
        default="name event_code event_title attended_on amount unit",
        validators=[validate_columns],
        help_text=_("In their order, with spaces between: %(known)s.") % {"known": ", ".join(RETURN_COLUMNS)},
    )
    locks_programme = models.BooleanField(
        _("the programme stays as approved"),
        default=True,
        help_text=_(
            "Title, synopsis, hours, modules and topics change only after a reopening with a reason."
        ),
    )
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, verbose_name=_("source"))
    note = models.TextField(_("what is known and what is not"), blank=True)
    is_sample = models.BooleanField(
        _("sample"), default=False, help_text=_("Made up for a demonstration, and marked as such.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("CPD scheme")
        verbose_name_plural = _("CPD schemes")
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cycle_month__range=(1, 12), cycle_day__range=(1, 28), cycle_years__range=(1, 10)),
                name="cpd_cycle_begins_on_a_day_of_every_year",
            ),
            models.CheckConstraint(
                condition=Q(carry_over__gte=0)
                & (Q(required__isnull=True) | Q(required__gte=0))
                & (Q(cap__isnull=True) | Q(cap__gte=0)),
                name="cpd_amounts_are_not_negative",
            ),
            models.CheckConstraint(condition=Q(unit__in=["points", "hours"]), name="cpd_unit_is_known"),
            models.CheckConstraint(condition=Q(approves__in=["run", "course"]), name="cpd_approval_is_known"),
            models.CheckConstraint(condition=Q(identifies__in=["ic", "name"]), name="cpd_identity_is_known"),
        ]

    def __str__(self):
        return self.name

    @property
    def columns(self) -> list[str]:
        return self.return_columns.split()

    @property
    def needs_ic(self) -> bool:
        return self.identifies == self.Identifies.IC

    def submit_by(self, starts_on: date | None) -> date | None:
        """The last day on which the scheme takes the programme of a run that begins then."""
        if starts_on is None or self.submit_days is None:
            return None
        return starts_on - timedelta(days=self.submit_days)

    def return_by(self, ends_on: date | None) -> date | None:
        """The last day on which the scheme takes the attendance of a run that ended then."""
        if ends_on is None or self.return_days is None:
            return None
        return ends_on + timedelta(days=self.return_days)


class TitleRule(models.Model):
    """A brand name that a title may not carry, and what to write instead."""

    scheme = models.ForeignKey(
        CpdScheme,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="title_rules",
        verbose_name=_("scheme"),
        help_text=_("Empty: every scheme."),
    )
    word = models.CharField(_("brand name"), max_length=80)
    instead = models.CharField(
        _("write instead"), max_length=120, blank=True, help_text=_("The generic name. Empty: leave it out.")
    )
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, verbose_name=_("source"))

    class Meta:
        verbose_name = _("brand name barred from titles")
        verbose_name_plural = _("brand names barred from titles")
        ordering = ["word", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "word"], name="one_title_rule_per_scheme_and_word"),
            models.UniqueConstraint(
                fields=["word"], condition=Q(scheme__isnull=True), name="one_title_rule_per_word_for_all"
            ),
        ]

    def __str__(self):
        return self.word

    def is_in(self, title: str) -> bool:
        """Whether the title carries this name, however it is cased, parted or marked ® or ™."""
        words, sought = plain(title).split(), plain(self.word).replace(" ", "")
        ends = range(1, len(words) + 1)
        return any("".join(words[begin:end]) == sought for end in ends for begin in range(end))


def plain(text: str) -> str:
    """Small letters and digits in words; signs are gaps, accents and trademark signs are gone."""
    text = text.translate(dict.fromkeys(map(ord, "®™©℠\u00ad\u200b\u200c\u200d")))
    letters = (sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join("".join(s if s.isalnum() else " " for s in letters).casefold().split())
