"""What the law of a country lets a profession do with a procedure: one row a cell, each with its rule and source."""

from datetime import date, timedelta

from django.db import models
from django.db.models import Q, Subquery
from django.utils.translation import gettext_lazy as _

from courses.countries import names, validate_country

from .catalog import Course, Profession
from .sources import Source

REVIEW_HOLDS = timedelta(days=365)


class Procedure(models.Model):
    """A procedure that courses teach and that law may reserve."""

    slug = models.SlugField(_("address part"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    courses = models.ManyToManyField(
        Course, related_name="procedures", blank=True, verbose_name=_("courses that teach it")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        ordering = ["position", "name"]

    def __str__(self):
        return self.name


class Commas(models.Aggregate):
    """The different values of a column as one text with commas between."""

    function = "GROUP_CONCAT"
    allow_distinct = True
    output_field = models.TextField()

    def __init__(self, expression):
        super().__init__(expression, distinct=True)

    def as_postgresql(self, compiler, connection, **context):
        template = "STRING_AGG(%(distinct)s%(expressions)s, ',')"
        return self.as_sql(compiler, connection, template=template, **context)


class ScopeRuleQuerySet(models.QuerySet):
    def concerning(self, profession: Profession, country: str):
        """Every rule that could decide a cell of this profession in this country."""
        return self.filter(profession=profession, country__in={country, ""}).select_related("source")

    def countries(self):
        return self.exclude(country="").order_by("country").values_list("country", flat=True).distinct()

    def joined_countries(self) -> Subquery:
        """The countries that rules name, as one value for another query to carry."""
        named = self.exclude(country="").order_by().annotate(every=models.Value(1)).values("every")
        return Subquery(named.annotate(codes=Commas("country")).values("codes"))

    def never_reviewed(self):
        return self.filter(reviewed_on__isnull=True)

    def review_overdue(self, on: date):
        return self.filter(reviewed_on__lt=ScopeRule.oldest_review(on))

    def review_holds(self, on: date):
        return self.filter(reviewed_on__gte=ScopeRule.oldest_review(on))


class ScopeRule(models.Model):
    """A cell of the matrix profession x country x procedure, or a whole row of cells where a part is left open."""

    class Standing(models.TextChoices):
        MAY_TRAIN = "may_train", _("May train")
        TRAIN_ONLY = "train_only", _("May train, may not practise locally")
        NOT_ELIGIBLE = "not_eligible", _("Not eligible")
        UNKNOWN = "unknown", _("Unknown: ask")

    class Review(models.TextChoices):
        NEVER = "never", _("Not yet reviewed")
        OVERDUE = "overdue", _("Review overdue")
        HOLDS = "holds", _("Reviewed")

    profession = models.ForeignKey(
        Profession, models.PROTECT, related_name="scope_rules", verbose_name=_("profession")
    )
    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        validators=[validate_country],
        help_text=_("Two letters, such as MY. Empty: every country without a rule of its own."),
    )
    procedure = models.ForeignKey(
        Procedure,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="scope_rules",
        verbose_name=_("procedure"),
        help_text=_("Empty: every procedure without a rule of its own."),
    )
    standing = models.CharField(_("standing"), max_length=16, choices=Standing, default=Standing.UNKNOWN)
    rule = models.TextField(
        _("rule"),
        max_length=700,
        help_text=_(
            "What a reader must know, in words: what is allowed, under which conditions, who says so."
        ),
    )
    min_years = models.PositiveSmallIntegerField(
        _("years in practice that the rule asks for"), null=True, blank=True
    )
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="scope_rules",
        verbose_name=_("source"),
    )
    reviewed_on = models.DateField(
        _("reviewed on"),
        null=True,
        blank=True,
        help_text=_("The day somebody competent compared the rule with the law. It holds for a year."),
    )
    ask = models.CharField(
        _("whom to ask"),
        max_length=160,
        blank=True,
        help_text=_("The regulator in full. Empty: readers are sent to their own regulator, unnamed."),
    )
    ask_url = models.URLField(_("address of whom to ask"), max_length=300, blank=True)

    objects = ScopeRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("scope rule")
        verbose_name_plural = _("scope of practice")
        ordering = ["country", "profession__position", "procedure__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["profession", "country", "procedure"],
                name="one_scope_rule_per_cell",
                violation_error_message=_(
                    "There is a rule for this profession, country and procedure already."
                ),
            ),
            models.UniqueConstraint(
                fields=["profession", "country"],
                condition=Q(procedure__isnull=True),
                name="one_scope_rule_for_every_procedure",
                violation_error_message=_(
                    "There is a rule for this profession, country and procedure already."
                ),
            ),
            models.CheckConstraint(
                condition=Q(standing="unknown") | Q(source__isnull=False),
                name="known_scope_has_a_source",
                violation_error_message=_(
                    "Whoever says that something is so needs a source. Without one it is unknown."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.profession}, {self.country_name}, {self.procedure or _('every procedure')}"

    @property
    def country_name(self) -> str:
        return names().get(self.country, self.country) or str(_("every other country"))

    def review(self, on: date) -> "ScopeRule.Review":
        """Whether somebody has compared the rule with the law, and lately enough."""
        if self.reviewed_on is None:
            return self.Review.NEVER
        return self.Review.OVERDUE if self.reviewed_on < self.oldest_review(on) else self.Review.HOLDS

    @staticmethod
    def oldest_review(on: date) -> date:
        """The earliest day whose review still holds on this one."""
        return on - REVIEW_HOLDS
