from decimal import Decimal
from typing import NamedTuple

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .catalog import Course
from .rows import rows_of
from .sources import Source


class TopicLine(NamedTuple):
    """What a list of contents says about a topic."""

    title: str
    minutes: int


class ModuleQuerySet(models.QuerySet):
    def readable_by(self, user):
        """Modules of published courses; somebody who may edit courses sees those of drafts as well."""
        may_edit = user.has_perm("courses.change_course")
        return self.all() if may_edit else self.filter(course__published_at__isnull=False)

    def with_contents(self) -> list["Module"]:
        """Modules in order, each with its topics as `contents`; one question, and no text of a topic."""
        topics = Topic.objects.filter(module=OuterRef("pk"))
        modules = list(
            self.annotate(topic_rows=rows_of(topics, "number", "title", "reading_minutes")).order_by("number")
        )
        for module in modules:
            rows = sorted(module.topic_rows or [], key=lambda row: row["number"])
            module.contents = [TopicLine(row["title"], row["reading_minutes"]) for row in rows]
        return modules


class Module(models.Model):
    """A part of a course; its kind says which clinical rows it is made of."""

    class Kind(models.TextChoices):
        ANATOMY = "anatomy", _("Skin anatomy and physiology")
        DEVICES = "devices", _("Devices and techniques")
        PROTOCOLS = "protocols", _("Pre- and post-procedure protocols")
        APPLICATIONS = "applications", _("Treatment applications")
        COMPLICATIONS = "complications", _("Side effects and complications")
        RISK = "risk", _("Minimising risk")
        GENERAL = "general", _("General")

    course = models.ForeignKey(Course, models.CASCADE, related_name="modules", verbose_name=_("course"))
    number = models.PositiveSmallIntegerField(_("number"))
    slug = models.SlugField(_("address part"), max_length=80)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.GENERAL)
    title = models.CharField(_("title"), max_length=160)
    summary = models.CharField(_("summary"), max_length=400)
    outcomes = models.TextField(_("learning outcomes"), blank=True, help_text=_("One a line."))
    hours = models.DecimalField(
        _("hours"),
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        help_text=_("Empty: to be confirmed."),
        validators=[MinValueValidator(Decimal("0.1"))],
    )
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark, per cent"),
        null=True,
        blank=True,
        help_text=_("Empty: the course's."),
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    questions_per_attempt = models.PositiveSmallIntegerField(
        _("questions per attempt"), default=0, help_text=_("0 asks all of them.")
    )
    attempts_allowed = models.PositiveSmallIntegerField(
        _("attempts allowed"),
        null=True,
        blank=True,
        help_text=_("Empty: as many as somebody needs."),
        validators=[MinValueValidator(1)],
    )
    cool_off_hours = models.PositiveSmallIntegerField(
        _("hours between attempts"),
        default=0,
        help_text=_("How long to wait after an attempt that was not passed. 0: no wait."),
        validators=[MaxValueValidator(24 * 60)],
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ModuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        ordering = ["course", "number"]
        constraints = [
            models.UniqueConstraint(fields=["course", "slug"], name="one_module_address_per_course"),
            models.UniqueConstraint(fields=["course", "number"], name="one_module_number_per_course"),
        ]

    def __str__(self):
        return f"{self.number}. {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("courses:module", args=[self.course.slug, self.slug])

    @property
    def effective_pass_mark(self) -> int:
        """Per cent of questions to be right, the module's own or else its course's."""
        return self.pass_mark or self.course.pass_mark

    @property
    def outcome_list(self) -> list[str]:
        return [line.strip() for line in self.outcomes.splitlines() if line.strip()]


class Topic(models.Model):
    """A page of a module."""

    module = models.ForeignKey(Module, models.CASCADE, related_name="topics", verbose_name=_("module"))
    number = models.PositiveSmallIntegerField(_("number"))
    slug = models.SlugField(_("address part"), max_length=80)
    title = models.CharField(_("title"), max_length=160)
    body = models.TextField(_("text"), help_text=_("Markdown. Cite a source as [@KEY]."))
    body_html = models.TextField(editable=False, blank=True)
    reading_minutes = models.PositiveSmallIntegerField(_("reading time, minutes"), default=5)
    sources = models.ManyToManyField(Source, verbose_name=_("sources"), blank=True, related_name="topics")

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["module", "number"]
        constraints = [
            models.UniqueConstraint(fields=["module", "slug"], name="one_topic_address_per_module"),
            models.UniqueConstraint(fields=["module", "number"], name="one_topic_number_per_module"),
        ]

    def __str__(self):
        return self.title


class QuestionQuerySet(models.QuerySet):
    def askable(self):
        """Active questions with a key: at least one right and one wrong option are the editor's duty (`clean`)."""
        return self.filter(is_active=True)


class Question(models.Model):
    """A question about a module, with its key, reason and source."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("One right answer")
        MULTIPLE = "multiple", _("Several right answers")

    module = models.ForeignKey(Module, models.CASCADE, related_name="questions", verbose_name=_("module"))
    key = models.SlugField(_("key"), max_length=80, help_text=_("Stable name within the module."))
    stem = models.TextField(_("question"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.SINGLE)
    explanation = models.TextField(_("explanation"), blank=True, help_text=_("Shown after the attempt."))
    source = models.ForeignKey(Source, models.PROTECT, related_name="questions", verbose_name=_("source"))
    is_critical = models.BooleanField(_("must be right"), default=False)
    is_contested = models.BooleanField(
        _("source weak or contested"),
        default=False,
        help_text=_("Kept for study, not asked in an assessment."),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    reviewed_on = models.DateField(_("signed off by a clinician on"), null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["module", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["module", "key"], name="one_question_key_per_module")]

    def __str__(self):
        return self.stem[:100]


class Option(models.Model):
    """An answer a learner can choose."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="options", verbose_name=_("question"))
    text = models.CharField(_("text"), max_length=300)
    is_correct = models.BooleanField(_("right"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["question", "text"], name="one_option_text_per_question")
        ]

    def __str__(self):
        return self.text


class Competency(models.Model):
    """A practical skill an assessor must see."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="competencies", verbose_name=_("course"))
    key = models.SlugField(_("key"), max_length=80)
    title = models.CharField(_("what is observed"), max_length=250)
    section = models.CharField(
        _("section of the checklist"),
        max_length=60,
        blank=True,
        help_text=_("Such as Preparation. Skills of the same section stand together. Empty: no section."),
    )
    is_critical = models.BooleanField(
        _("critical"), default=False, help_text=_("Missed once: not yet competent.")
    )
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, verbose_name=_("source"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("competency")
        verbose_name_plural = _("competencies")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "key"], name="one_competency_key_per_course")
        ]

    def __str__(self):
        return self.title
