from datetime import date, datetime

from django.apps import apps
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Max, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.countries import validate_country

from .publishing import Publishable, PublishableQuerySet


class Subject(models.Model):
    """A field of aesthetic medicine that courses belong to."""

    slug = models.SlugField(_("address part"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
        ordering = ["position", "name"]

    def __str__(self):
        return self.name


class Profession(models.Model):
    """A profession that IIWAM teaches."""

    slug = models.SlugField(_("address part"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_plural = models.CharField(_("name, plural"), max_length=60)
    is_registered = models.BooleanField(
        _("has a register"),
        default=True,
        help_text=_(
            "Tick when members hold a number in a professional register; applicants are then asked for it."
        ),
    )
    note = models.TextField(_("note for applicants"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("profession")
        verbose_name_plural = _("professions")
        ordering = ["position", "name"]

    def __str__(self):
        return self.name


class CourseQuerySet(PublishableQuerySet):
    def with_next_intake(self, at: datetime):
        """Each course knows which intake comes next and when it starts; no intake sorts last."""
        intakes = apps.get_model("courses", "Intake").objects.upcoming(timezone.localdate(at))
        soonest = intakes.filter(course=OuterRef("pk")).open_ones_first(at)
        return self.annotate(
            next_intake_id=Subquery(soonest.values("pk")[:1]),
            next_start=Coalesce(Subquery(soonest.values("starts_on")[:1]), Value(date.max)),
        )

    def bring_next_intakes(self, courses) -> list["Course"]:
        """These courses, each with the intake that comes next (or none) as `next_intake`."""
        courses = list(courses)
        intakes = apps.get_model("courses", "Intake").objects.in_bulk(
            [course.next_intake_id for course in courses if course.next_intake_id]
        )
        for course in courses:
            course.next_intake = intakes.get(course.next_intake_id)
            if course.next_intake:
                course.next_intake.course = course
        return courses

    def with_depths(self):
        """Each course knows the shallowest and the deepest needle setting that its sources teach."""
        depths = apps.get_model("courses", "NeedleDepth").objects.filter(module__course=OuterRef("pk"))
        by_course = depths.order_by().values("module__course")
        return self.annotate(
            depth_from=Subquery(by_course.annotate(value=Min("min_mm")).values("value")),
            depth_to=Subquery(by_course.annotate(value=Max("max_mm")).values("value")),
        )


class Course(Publishable):
    """What is taught; it may run many times, each run being an Intake."""

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", _("Certificate course")
        DIPLOMA = "diploma", _("Professional diploma")
        MASTERCLASS = "masterclass", _("Masterclass")
        SHORT = "short", _("Short topic")

    class Delivery(models.TextChoices):
        ONLINE = "online", _("Online")
        ONSITE = "onsite", _("On site")
        BLENDED = "blended", _("Online theory, practice on site")
        UNCONFIRMED = "unconfirmed", _("To be confirmed")

    class Enrolment(models.TextChoices):
        OPEN = "open", _("Open for applications")
        INTEREST = "interest", _("Register interest")

    slug = models.SlugField(_("address part"), unique=True, max_length=80)
    code = models.CharField(
        _("code"), max_length=12, unique=True, help_text=_("Printed on certificates, such as MN.")
    )
    title = models.CharField(_("title"), max_length=160)
    title_confirmed = models.BooleanField(
        _("title confirmed"), default=False, help_text=_("Untick to show the title as a working title.")
    )
    summary = models.CharField(_("summary"), max_length=300, help_text=_("One or two sentences for lists."))
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    description_html = models.TextField(editable=False, blank=True)
    subjects = models.ManyToManyField(Subject, verbose_name=_("subjects"), related_name="courses", blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    delivery = models.CharField(_("delivery"), max_length=16, choices=Delivery, default=Delivery.UNCONFIRMED)
    enrolment = models.CharField(
        _("enrolment"),
        max_length=16,
        choices=Enrolment,
        default=Enrolment.INTEREST,
        help_text=_("“Register interest” until IIWAM confirms that the course runs."),
    )
    duration = models.CharField(
        _("duration"),
        max_length=120,
        blank=True,
        help_text=_("In words, such as “7 days”. Empty: to be confirmed."),
    )
    hours_theory = models.DecimalField(
        _("hours of theory"),
        max_digits=6,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    hours_practical = models.DecimalField(
        _("hours of practice"),
        max_digits=6,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    languages = models.CharField(
        _("languages"), max_length=120, blank=True, help_text=_("Empty: to be confirmed.")
    )
    award = models.CharField(
        _("award"),
        max_length=160,
        blank=True,
        help_text=_("Title of the certificate. Empty: to be confirmed."),
    )
    outcomes = models.TextField(_("learning outcomes"), blank=True, help_text=_("One a line."))
    entry_requirements = models.TextField(_("entry requirements"), blank=True, help_text=_("One a line."))
    assessment = models.TextField(_("assessment"), blank=True, help_text=_("Markdown."))
    assessment_html = models.TextField(editable=False, blank=True)
    scope_notice = models.TextField(
        _("scope-of-practice notice"),
        blank=True,
        help_text=_("What the award does not allow; printed on the certificate."),
    )
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark for module questions, per cent"), default=80, help_text=_("Each module may set its own.")
    )
    supervised_cases_required = models.PositiveSmallIntegerField(
        _("supervised cases to countersign"),
        default=0,
        help_text=_("Logbook entries an assessor must have countersigned."),
    )
    is_draft_rule = models.BooleanField(
        _("assessment rules are drafts"),
        default=True,
        help_text=_("Shows pass mark and case count as not yet confirmed."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    syllabus_version = models.CharField(_("syllabus version"), max_length=20, default="1")
    reviewed_on = models.DateField(_("content reviewed on"), null=True, blank=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["position", "title"]
        permissions = [("publish_course", _("Can publish and unpublish courses, modules and articles"))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pass_mark__range=(1, 100)), name="course_pass_mark_is_a_percentage"
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("courses:course", args=[self.slug])

    @property
    def takes_applications(self) -> bool:
        return self.enrolment == self.Enrolment.OPEN

    @property
    def outcome_list(self) -> list[str]:
        return [line.strip() for line in self.outcomes.splitlines() if line.strip()]

    @property
    def entry_requirement_list(self) -> list[str]:
        return [line.strip() for line in self.entry_requirements.splitlines() if line.strip()]

    def missing_for_publication(self) -> list[str]:
        """What an editor must still add before the public may see this course."""
        missing = []
        if not self.summary.strip():
            missing.append(_("a summary"))
        if not self.audiences.exists():
            missing.append(_("at least one profession it is for"))
        if self.takes_applications and not self.scope_notice.strip():
            missing.append(_("the scope-of-practice notice"))
        return missing


class CourseAudience(models.Model):
    """A profession a course admits, with what that profession should know."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="audiences", verbose_name=_("course"))
    profession = models.ForeignKey(
        Profession, models.PROTECT, related_name="audiences", verbose_name=_("profession")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        ordering = ["profession__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "profession"], name="one_audience_per_course_and_profession"
            )
        ]

    def __str__(self):
        return f"{self.course}: {self.profession}"


class EvidenceQuerySet(models.QuerySet):
    def asked_of(self, profession: Profession):
        """What everyone shows, and what this profession shows besides."""
        return self.filter(Q(profession__isnull=True) | Q(profession=profession))

    def asked_in(self, country: str):
        """What is shown wherever somebody practises, and what is shown in this country besides."""
        return self.filter(country__in=["", country])

    def for_everyone_first(self):
        """What everyone shows, then what each profession shows besides."""
        by_profession = F("profession__position").asc(nulls_first=True)
        return self.select_related("profession").order_by(by_profession, "profession", "position", "pk")


class EvidenceRequirement(models.Model):
    """A document an applicant must (or may) show for a course; without profession and country, everyone."""

    course = models.ForeignKey(
        Course, models.CASCADE, related_name="evidence_requirements", verbose_name=_("course")
    )
    profession = models.ForeignKey(
        Profession,
        models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("profession"),
        help_text=_("Empty: everyone."),
    )
    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        validators=[validate_country],
        help_text=_("Where the person is registered, or else lives. Empty: every country."),
    )
    kind = models.SlugField(_("kind"), help_text=_("Stable name, such as photo-id."))
    label = models.CharField(_("label"), max_length=120)
    help_text = models.CharField(_("hint for the applicant"), max_length=300, blank=True)
    is_required = models.BooleanField(_("required"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence asked for")
        verbose_name_plural = _("evidence asked for")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "profession", "country", "kind"], name="one_slot_per_kind_and_profession"
            ),
            models.UniqueConstraint(
                fields=["course", "country", "kind"],
                condition=models.Q(profession__isnull=True),
                name="one_slot_per_kind_for_everyone",
            ),
        ]

    def __str__(self):
        return self.label
