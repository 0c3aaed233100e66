from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .enrollment import Enrollment


class LogbookEntryQuerySet(models.QuerySet):
    def awaiting_countersignature(self):
        return self.filter(status=LogbookEntry.Status.AWAITING).order_by("submitted_at")

    def standing(self):
        """Countersigned, and neither taken back by a counter-entry nor one itself."""
        return self.filter(
            status=LogbookEntry.Status.COUNTERSIGNED, counters__isnull=True, counter_entry__isnull=True
        )

    def counting(self):
        """Entries that count towards the course: supervised practice, countersigned."""
        return self.standing().filter(role=LogbookEntry.Role.SUPERVISED)


class LogbookEntry(models.Model):
    """Practice under supervision, without the patient's identity, countersigned by an assessor."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        AWAITING = "awaiting", _("Awaiting countersignature")
        RETURNED = "returned", _("Returned")
        COUNTERSIGNED = "countersigned", _("Countersigned")

    class Role(models.TextChoices):
        OBSERVED = "observed", _("Observed")
        ASSISTED = "assisted", _("Assisted")
        SUPERVISED = "supervised", _("Performed under supervision")
        ALONE = "alone", _("Performed alone")

    class Phototype(models.TextChoices):
        TYPE_I = "I", "I"
        TYPE_II = "II", "II"
        TYPE_III = "III", "III"
        TYPE_IV = "IV", "IV"
        TYPE_V = "V", "V"
        TYPE_VI = "VI", "VI"

    enrollment = models.ForeignKey(
        Enrollment, models.PROTECT, related_name="logbook", verbose_name=_("enrollment")
    )
    status = models.CharField(
        _("status"), max_length=16, choices=Status, default=Status.DRAFT, editable=False
    )
    performed_on = models.DateField(_("date"))
    patient_code = models.CharField(
        _("patient code"),
        max_length=20,
        validators=[
            RegexValidator(r"^[A-Z]{1,4}-?[0-9]{1,4}\Z", _("Use a code such as P-014, never a name."))
        ],
        help_text=_("A code of your own, such as P-014. Never a name, number or date of birth."),
    )
    procedure = models.CharField(_("procedure"), max_length=120)
    listed_as = models.ForeignKey(
        "courses.Procedure",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("procedure in the list"),
        editable=False,
    )
    area = models.CharField(_("area"), max_length=120)
    phototype = models.CharField(_("Fitzpatrick phototype"), max_length=3, choices=Phototype)
    device = models.CharField(_("device"), max_length=120)
    cartridge_lot = models.CharField(_("cartridge lot"), max_length=60)
    depth_mm = models.DecimalField(
        _("needle depth, mm"),
        max_digits=4,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(5)],
    )
    passes = models.PositiveSmallIntegerField(
        _("passes"), validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    anesthetic = models.CharField(_("anaesthetic"), max_length=160, blank=True)
    role = models.CharField(_("your part"), max_length=16, choices=Role)
    outcome = models.TextField(_("outcome and reaction"), max_length=2000)
    reflection = models.TextField(_("what you learned"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="countersigned",
        verbose_name=_("assessor"),
        editable=False,
    )
    countersigned_at = models.DateTimeField(_("countersigned"), null=True, blank=True, editable=False)
    counters = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="counter_entry",
        verbose_name=_("takes back"),
        editable=False,
    )

    objects = LogbookEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("logbook entry")
        verbose_name_plural = _("logbook entries")
        ordering = ["-performed_on", "-pk"]
        permissions = [("countersign_logbookentry", _("Can countersign and return logbook entries"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "awaiting", "returned", "countersigned"]),
                name="logbook_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="countersigned")
                | Q(assessor__isnull=False, countersigned_at__isnull=False),
                name="a_countersignature_has_an_assessor",
            ),
            models.CheckConstraint(
                condition=Q(counters__isnull=True) | Q(status__in=["awaiting", "countersigned"]),
                name="a_counter_entry_is_never_a_draft",
            ),
        ]

    def __str__(self):
        return f"{self.procedure}, {self.patient_code}"

    @property
    def is_editable(self) -> bool:
        """Whether the learner may still change it; a countersigned entry never changes."""
        return self.status in {self.Status.DRAFT, self.Status.RETURNED}

    @property
    def is_signed(self) -> bool:
        return self.status == self.Status.COUNTERSIGNED

    @property
    def is_taken_back(self) -> bool:
        """Whether a counter-entry follows it, so that it counts no more."""
        return hasattr(self, "counter_entry")


class CompetencyCheck(models.Model):
    """An assessor saw this skill, and judged it."""

    class Result(models.TextChoices):
        MET = "met", _("Met")
        NOT_MET = "not_met", _("Not yet met")

    enrollment = models.ForeignKey(
        Enrollment, models.PROTECT, related_name="competency_checks", verbose_name=_("enrollment")
    )
    competency = models.ForeignKey(
        "courses.Competency", models.PROTECT, related_name="checks", verbose_name=_("competency")
    )
    result = models.CharField(_("result"), max_length=16, choices=Result)
    note = models.CharField(_("note"), max_length=300, blank=True)
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("assessor")
    )
    checked_at = models.DateTimeField(_("checked at"))

    class Meta:
        verbose_name = _("competency check")
        verbose_name_plural = _("competency checks")
        ordering = ["checked_at"]

    def __str__(self):
        return f"{self.competency}: {self.get_result_display()}"
