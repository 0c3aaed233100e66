"""What issuing leaves beside the snapshot: the keys' public halves, signed credentials, sheets drawn, many at once."""

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from .certificate import Certificate
from .enrollment import Enrollment

# W3C Bitstring Status List v1.0, section 6.1: no fewer, so that one holder is lost in the crowd.
STATUS_LIST_BITS = 131_072


class IssuerKey(models.Model):
    """The public half of a key that signs, or once signed; the private half is never in this database."""

    class Algorithm(models.TextChoices):
        ES256 = "ES256", "ES256"
        EDDSA = "EdDSA", "EdDSA"

    kid = models.CharField(_("fingerprint"), max_length=43, unique=True, editable=False)
    algorithm = models.CharField(_("algorithm"), max_length=8, choices=Algorithm, editable=False)
    public_jwk = models.JSONField(_("public key"), editable=False)
    made_at = models.DateTimeField(_("in use since"), editable=False)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("issuer key")
        verbose_name_plural = _("issuer keys")
        ordering = ["-made_at", "algorithm"]
        constraints = [
            models.UniqueConstraint(
                fields=["algorithm"],
                condition=Q(retired_at__isnull=True),
                name="one_key_signs_for_each_algorithm",
            ),
            models.CheckConstraint(
                condition=Q(algorithm__in=["ES256", "EdDSA"]), name="issuer_key_algorithm_is_known"
            ),
        ]

    def __str__(self):
        return f"{self.algorithm} {self.kid}"


class SealQuerySet(models.QuerySet):
    def indices_of(self, status_list: int, statuses) -> list[int]:
        """The places in this list of all certificates in these states."""
        found = self.filter(status_list=status_list, certificate__status__in=statuses)
        return list(found.values_list("status_index", flat=True))


class Seal(models.Model):
    """A certificate's signed credential in both forms, to the byte as it was signed, and its place in a status list."""

    certificate = models.OneToOneField(
        Certificate, models.CASCADE, primary_key=True, related_name="seal", verbose_name=_("certificate")
    )
    status_list = models.PositiveIntegerField(_("status list"), editable=False)
    status_index = models.PositiveIntegerField(_("place in the status list"), editable=False)
    credential = models.TextField(_("credential with its proof, JSON-LD"), editable=False)
    token = models.TextField(_("credential as a signed token, VC-JWT"), editable=False)
    sealed_at = models.DateTimeField(_("signed"), editable=False)

    objects = SealQuerySet.as_manager()

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        constraints = [
            models.UniqueConstraint(
                fields=["status_list", "status_index"], name="a_place_in_a_status_list_is_given_once"
            ),
            models.CheckConstraint(
                condition=Q(status_index__lt=STATUS_LIST_BITS), name="a_status_list_has_so_many_places"
            ),
        ]

    def __str__(self):
        return str(self.certificate_id)


class Sheet(models.Model):
    """A PDF of a certificate that was handed out, known again by its fingerprint."""

    class Paper(models.TextChoices):
        A4 = "a4", _("A4")
        LETTER = "letter", _("Letter")

    certificate = models.ForeignKey(
        Certificate, models.CASCADE, related_name="sheets", verbose_name=_("certificate")
    )
    paper = models.CharField(_("paper"), max_length=8, choices=Paper)
    sha256 = models.CharField(_("fingerprint of the file"), max_length=64, unique=True, editable=False)
    made_with = models.CharField(_("made with"), max_length=40, editable=False)
    drawn_at = models.DateTimeField(_("drawn"), editable=False)

    class Meta:
        verbose_name = _("sheet")
        verbose_name_plural = _("sheets")
        constraints = [
            models.CheckConstraint(condition=Q(paper__in=["a4", "letter"]), name="paper_of_a_sheet_is_known"),
        ]

    def __str__(self):
        return f"{self.certificate_id}, {self.get_paper_display()}"


class AwardRunQuerySet(models.QuerySet):
    def with_progress(self):
        """Each with how many certificates it is to issue, has issued, could not issue, and still has before it."""
        states = AwardLine.Outcome
        return self.annotate(
            total=Count("lines"),
            issued=Count("lines", filter=Q(lines__outcome=states.ISSUED)),
            refused=Count("lines", filter=Q(lines__outcome=states.REFUSED)),
        ).annotate(done=F("issued") + F("refused"), waiting=F("total") - F("issued") - F("refused"))


class AwardRun(models.Model):
    """Many certificates that a registrar asked for at once, issued one by one in the background."""

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("asked for by"),
        editable=False,
    )
    asked_at = models.DateTimeField(_("asked for"), editable=False)

    objects = AwardRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of awards")
        verbose_name_plural = _("runs of awards")
        ordering = ["-asked_at"]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class AwardLine(models.Model):
    """One learner of a run: waiting, or what became of it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        ISSUED = "issued", _("Issued")
        REFUSED = "refused", _("Not issued")

    run = models.ForeignKey(AwardRun, models.CASCADE, related_name="lines", verbose_name=_("run of awards"))
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="+", verbose_name=_("enrollment"))
    outcome = models.CharField(
        _("outcome"), max_length=8, choices=Outcome, default=Outcome.WAITING, editable=False
    )
    sentence = models.TextField(_("why not"), blank=True, editable=False)
    certificate = models.ForeignKey(
        Certificate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("certificate"),
        editable=False,
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "enrollment"], name="a_run_awards_each_learner_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["waiting", "issued", "refused"]), name="award_outcome_is_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome="issued", certificate__isnull=False)
                | (~Q(outcome="issued") & Q(certificate__isnull=True)),
                name="an_issued_award_has_its_certificate",
            ),
        ]
        indexes = [models.Index(fields=["run", "outcome"], name="awards_by_outcome")]

    def __str__(self):
        return f"{self.run_id}: {self.enrollment_id}"
