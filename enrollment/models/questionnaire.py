"""What is asked of whom: rows that the office edits, each for every course, profession and country or for some."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.countries import validate_country


class ScopedQuerySet(models.QuerySet):
    def concerning(self, *, course: int, profession: int | None, country: str):
        """Rows for this course, profession and country; an empty part of a row stands for all."""
        return self.filter(
            Q(course=None) | Q(course=course),
            Q(profession=None) | Q(profession=profession),
            country__in={"", country},
        )


class Scoped(models.Model):
    """Something asked of some: the more parts are named, the closer it is."""

    course = models.ForeignKey(
        "courses.Course",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("course"),
        help_text=_("Empty: every course."),
    )
    profession = models.ForeignKey(
        "courses.Profession",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("profession"),
        help_text=_("Empty: every profession."),
    )
    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        validators=[validate_country],
        help_text=_("Where the person is registered, or else lives. Empty: every country."),
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def closeness(self) -> int:
        """How many parts of its scope are named."""
        return sum(map(bool, (self.course_id, self.profession_id, self.country)))


class Register(models.Model):
    """A professional register that applicants choose from; an abbreviation alone is a trap, so the full name."""

    country = models.CharField(_("country"), max_length=2, validators=[validate_country])
    name = models.CharField(_("full name"), max_length=150)
    website = models.URLField(_("where to look a member up"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_retired = models.BooleanField(_("no longer offered"), default=False)

    class Meta:
        verbose_name = _("professional register")
        verbose_name_plural = _("professional registers")
        ordering = ["country", "position", "name"]
        constraints = [models.UniqueConstraint(fields=["country", "name"], name="one_register_of_a_name")]

    def __str__(self):
        return self.name


class FormRule(Scoped):
    """Whether a section or a question of the form is asked of some applicants; the closest rule decides."""

    class Asked(models.TextChoices):
        REQUIRED = "required", _("Asked, and needed to submit")
        OPTIONAL = "optional", _("Asked, and may stay empty")
        NOT_ASKED = "not_asked", _("Not asked")

    subject = models.CharField(_("section or question"), max_length=60)
    asked = models.CharField(_("is"), max_length=16, choices=Asked)
    note = models.CharField(_("why"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("rule of the application form")
        verbose_name_plural = _("rules of the application form")
        ordering = ["subject", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(asked__in=["required", "optional", "not_asked"]), name="form_rule_is_known"
            ),
        ]

    def __str__(self):
        return f"{self.subject}: {self.get_asked_display()}"


class ExtraQuestion(Scoped):
    """A question that the office adds to a section of the form."""

    class Kind(models.TextChoices):
        LINE = "line", _("One line")
        TEXT = "text", _("Several lines")
        NUMBER = "number", _("Whole number")
        DATE = "date", _("Date")
        YES_NO = "yes_no", _("Yes or no")
        CHOICE = "choice", _("One of several")

    section = models.CharField(_("section"), max_length=20)
    label = models.CharField(_("question"), max_length=200)
    help_text = models.CharField(_("hint"), max_length=300, blank=True)
    kind = models.CharField(_("kind of answer"), max_length=10, choices=Kind, default=Kind.LINE)
    choices = models.TextField(_("choices"), blank=True, help_text=_("One a line, for “One of several”."))
    is_required = models.BooleanField(_("needed to submit"), default=False)
    is_retired = models.BooleanField(
        _("no longer asked"), default=False, help_text=_("Answers given before are kept.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("question added to the form")
        verbose_name_plural = _("questions added to the form")
        ordering = ["section", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["line", "text", "number", "date", "yes_no", "choice"]),
                name="extra_question_kind_is_known",
            )
        ]

    def __str__(self):
        return self.label

    def clean(self):
        if self.kind == self.Kind.CHOICE and len(self.choice_list) < 2:
            raise ValidationError({"choices": _("Write at least two choices, one a line.")})

    @property
    def name(self) -> str:
        """Its name among the answers of an application."""
        return f"extra_{self.pk}"

    @property
    def choice_list(self) -> list[str]:
        return [line.strip() for line in self.choices.splitlines() if line.strip()]


class StatementQuerySet(ScopedQuerySet):
    def in_force(self, on: date):
        return self.filter(in_force_from__lte=on)


class Statement(Scoped):
    """One version of a text that applicants declare or consent to; once in force its words never change."""

    class Section(models.TextChoices):
        DECLARATIONS = "declarations", _("Declaration")
        CONSENTS = "consents", _("Consent")

    section = models.CharField(_("kind"), max_length=16, choices=Section)
    key = models.SlugField(_("key"), help_text=_("Stable name, such as photographs."))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    notice = models.TextField(
        _("notice"),
        blank=True,
        help_text=_("Shown above the box, one point a line, and kept with the answer."),
    )
    text = models.TextField(_("text beside the box"), max_length=1000)
    is_required = models.BooleanField(_("needed to submit"), default=False)
    in_force_from = models.DateField(
        _("in force from"), null=True, blank=True, help_text=_("Empty: a draft.")
    )
    is_retired = models.BooleanField(_("no longer asked"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("declaration or consent text")
        verbose_name_plural = _("declaration and consent texts")
        ordering = ["section", "position", "key", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="one_text_of_a_version"),
            models.CheckConstraint(
                condition=Q(section__in=["declarations", "consents"]), name="statement_section_is_known"
            ),
        ]

    def __str__(self):
        return f"{self.key}, version {self.version}"

    def is_in_force(self, on: date) -> bool:
        return self.in_force_from is not None and self.in_force_from <= on

    @property
    def notice_points(self) -> list[str]:
        return [line.strip() for line in self.notice.splitlines() if line.strip()]


class EntryRule(Scoped):
    """Something that a course expects of whoever applies. It informs; a person decides and may waive it."""

    class Kind(models.TextChoices):
        PRACTICE = "practice", _("At least so many years in practice")
        LICENSE_AGE = "license_age", _("Practising certificate held for at least so many years")
        LICENSE_COVERS = "license_covers", _("Practising certificate valid until the last day of the intake")
        PREREQUISITE = "prerequisite", _("Another course completed before")

    kind = models.CharField(_("what is expected"), max_length=16, choices=Kind)
    years = models.PositiveSmallIntegerField(_("years"), null=True, blank=True)
    prerequisite = models.ForeignKey(
        "courses.Course",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("course to have completed"),
    )
    note = models.CharField(_("explanation for the applicant"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("entry requirement")
        verbose_name_plural = _("entry requirements")
        ordering = ["course", "kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind__in=["practice", "license_age"], years__isnull=False))
                | Q(kind="prerequisite", prerequisite__isnull=False)
                | Q(kind="license_covers"),
                name="entry_rule_says_how_much",
                violation_error_message=_("Give the years, or the course to have completed."),
            )
        ]

    def __str__(self):
        return self.get_kind_display()
