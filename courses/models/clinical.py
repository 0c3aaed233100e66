"""What a module of each kind is made of. Every row cites its source; lengths are micrometres or millimetres by name."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .sources import Source
from .syllabus import Module


class ClinicalRow(models.Model):
    """A fact of a module, with the source that says so."""

    kind: str  # the kind of module that this row belongs to

    module = models.ForeignKey(
        Module, models.CASCADE, related_name="%(class)s_rows", verbose_name=_("module")
    )
    key = models.SlugField(_("key"), max_length=80, help_text=_("Stable name within the module."))
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="%(class)s_rows", verbose_name=_("source")
    )
    more_sources = models.ManyToManyField(
        Source, blank=True, related_name="%(class)s_more", verbose_name=_("further sources")
    )
    note = models.CharField(
        _("note"), max_length=400, blank=True, help_text=_("Limits, conflicts, our own deductions.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        abstract = True
        ordering = ["module", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["module", "key"], name="one_%(class)s_key_per_module")]

    def __str__(self):
        return getattr(self, "name", None) or self.key

    @property
    def anchor(self) -> str:
        """Where on the page of its module it stands; tables of two kinds may use the same key."""
        return f"{self._meta.model_name}-{self.key}"


class SkinLayer(ClinicalRow):
    kind = Module.Kind.ANATOMY

    name = models.CharField(_("name"), max_length=80)
    latin_name = models.CharField(_("Latin name"), max_length=80, blank=True)
    parent = models.CharField(
        _("part of"), max_length=80, blank=True, help_text=_("The layer it is a sub-layer of.")
    )
    description = models.TextField(_("what it is and does"))
    relevance = models.TextField(_("what it means for needling"), blank=True)

    class Meta(ClinicalRow.Meta):
        verbose_name = _("skin layer")
        verbose_name_plural = _("skin layers")


class SkinThickness(ClinicalRow):
    """One measured thickness; the method always travels with the number."""

    kind = Module.Kind.ANATOMY

    class Layer(models.TextChoices):
        EPIDERMIS = "epidermis", _("Epidermis")
        DERMIS = "dermis", _("Dermis")

    class Method(models.TextChoices):
        ULTRASOUND = "ultrasound", _("Ultrasound")
        CADAVER = "cadaver", _("Histology, cadaver")
        TISSUE = "tissue", _("Histology, archived tissue")

    site = models.CharField(_("site"), max_length=80)
    layer = models.CharField(_("layer"), max_length=16, choices=Layer)
    method = models.CharField(_("method"), max_length=16, choices=Method)
    population = models.CharField(
        _("population"), max_length=80, blank=True, help_text=_("Such as “women, n=69”.")
    )
    low_um = models.DecimalField(_("from, µm"), max_digits=7, decimal_places=1)
    high_um = models.DecimalField(
        _("to, µm"), max_digits=7, decimal_places=1, help_text=_("The same for a mean.")
    )

    class Meta(ClinicalRow.Meta):
        verbose_name = _("skin thickness")
        verbose_name_plural = _("skin thicknesses")
        constraints = [
            models.UniqueConstraint(fields=["module", "key"], name="one_skinthickness_key_per_module"),
            models.CheckConstraint(
                condition=models.Q(low_um__gt=0, high_um__gte=models.F("low_um")),
                name="skin_thickness_is_a_range",
            ),
        ]

    def __str__(self):
        return f"{self.site}, {self.get_layer_display()}"


class Device(ClinicalRow):
    kind = Module.Kind.DEVICES

    name = models.CharField(_("name"), max_length=120)
    drive = models.CharField(_("drive"), max_length=160, blank=True)
    needles = models.CharField(_("needles"), max_length=200, blank=True)
    length_min_mm = models.DecimalField(
        _("shortest needle, mm"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    length_max_mm = models.DecimalField(
        _("longest needle, mm"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    entry = models.CharField(_("entry"), max_length=160, blank=True)
    entry_angle = models.PositiveSmallIntegerField(
        _("entry angle, degrees"),
        null=True,
        blank=True,
        help_text=_("From the surface of the skin: 90 is straight down. Empty: no number is on file."),
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )
    reuse = models.CharField(_("re-use"), max_length=160, blank=True)
    advantages = models.TextField(_("advantages"), blank=True)
    drawbacks = models.TextField(_("drawbacks"), blank=True)

    class Meta(ClinicalRow.Meta):
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        constraints = [
            models.UniqueConstraint(fields=["module", "key"], name="one_device_key_per_module"),
            models.CheckConstraint(
                condition=models.Q(length_min_mm__isnull=True, length_max_mm__isnull=True)
                | models.Q(length_min_mm__gt=0, length_max_mm__gte=models.F("length_min_mm")),
                name="device_length_is_a_range",
            ),
        ]


class NeedleDepth(ClinicalRow):
    """A depth that one source teaches for a site or an indication; sources disagree and all are kept."""

    kind = Module.Kind.PROTOCOLS

    scheme = models.CharField(
        _("scheme"), max_length=120, help_text=_("Whose scheme it is, such as “Level 4 unit”.")
    )
    target = models.CharField(_("site or indication"), max_length=120)
    min_mm = models.DecimalField(_("from, mm"), max_digits=5, decimal_places=2, null=True, blank=True)
    max_mm = models.DecimalField(_("to, mm"), max_digits=5, decimal_places=2, null=True, blank=True)
    sessions = models.CharField(_("sessions and spacing"), max_length=200, blank=True)

    class Meta(ClinicalRow.Meta):
        verbose_name = _("needle depth")
        verbose_name_plural = _("needle depths")

    def __str__(self):
        return f"{self.target} ({self.scheme})"


class ProtocolStep(ClinicalRow):
    kind = Module.Kind.PROTOCOLS

    class Phase(models.TextChoices):
        BEFORE = "before", _("Before")
        DAY = "day", _("On the day")
        AFTER = "after", _("After")

    phase = models.CharField(_("phase"), max_length=16, choices=Phase)
    name = models.CharField(_("step"), max_length=160)
    hours_from = models.IntegerField(
        _("from, hours"),
        null=True,
        blank=True,
        help_text=_("Hours from the procedure; negative is before it."),
    )
    hours_to = models.IntegerField(_("to, hours"), null=True, blank=True)
    do = models.TextField(_("what to do"))
    avoid = models.TextField(_("what to avoid"), blank=True)
    reason = models.TextField(_("why"), blank=True)

    class Meta(ClinicalRow.Meta):
        verbose_name = _("protocol step")
        verbose_name_plural = _("protocol steps")


class Indication(ClinicalRow):
    """One finding about one use; findings of different studies are never averaged."""

    kind = Module.Kind.APPLICATIONS

    use = models.CharField(_("use"), max_length=120, help_text=_("Such as “Acne scars”."))
    name = models.CharField(_("study"), max_length=200)
    participants = models.PositiveIntegerField(_("n"), null=True, blank=True)
    sessions = models.CharField(_("sessions"), max_length=200, blank=True)
    depth_min_mm = models.DecimalField(
        _("depth from, mm"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    depth_max_mm = models.DecimalField(
        _("depth to, mm"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    outcome = models.TextField(_("outcome"))

    class Meta(ClinicalRow.Meta):
        verbose_name = _("indication")
        verbose_name_plural = _("indications")


class Complication(ClinicalRow):
    kind = Module.Kind.COMPLICATIONS

    class Likelihood(models.IntegerChoices):
        RARE = 1, _("Single reports")
        UNCOMMON = 2, _("Uncommon")
        COMMON = 3, _("Common in a series")
        EXPECTED = 4, _("Expected")

    class Severity(models.IntegerChoices):
        MINOR = 1, _("Settles by itself")
        MODERATE = 2, _("Needs treatment")
        LASTING = 3, _("May last")
        GRAVE = 4, _("Emergency or grave harm")

    name = models.CharField(_("name"), max_length=120)
    frequency = models.CharField(
        _("frequency"), max_length=250, blank=True, help_text=_("As reported. Empty: unknown.")
    )
    likelihood = models.PositiveSmallIntegerField(
        _("likelihood"),
        choices=Likelihood,
        null=True,
        blank=True,
        help_text=_("IIWAM's grading. Empty: unknown."),
    )
    severity = models.PositiveSmallIntegerField(
        _("severity"),
        choices=Severity,
        null=True,
        blank=True,
        help_text=_("IIWAM's grading. Empty: unknown."),
    )
    onset = models.CharField(_("onset and course"), max_length=250, blank=True)
    prevention = models.TextField(_("prevention"), blank=True)
    management = models.TextField(_("management"), blank=True)
    refer = models.TextField(_("when to refer"), blank=True)

    class Meta(ClinicalRow.Meta):
        verbose_name = _("complication")
        verbose_name_plural = _("complications")


class RiskControl(ClinicalRow):
    kind = Module.Kind.RISK

    name = models.CharField(_("area"), max_length=120)
    action = models.TextField(_("what is done"))
    reason = models.TextField(_("why"), blank=True)

    class Meta(ClinicalRow.Meta):
        verbose_name = _("risk control")
        verbose_name_plural = _("risk controls")


CLINICAL_MODELS: tuple[type[ClinicalRow], ...] = (
    SkinLayer,
    SkinThickness,
    Device,
    NeedleDepth,
    ProtocolStep,
    Indication,
    Complication,
    RiskControl,
)
