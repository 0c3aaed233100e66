import secrets
from datetime import date

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _


def evidence_path(document, filename: str) -> str:
    """A random name: neither the person nor the original file name can be read from it."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name}"


def evidence_storage():
    return storages["evidence"]


class DocumentQuerySet(models.QuerySet):
    def kept(self):
        """Those whose files are still there."""
        return self.filter(purged_at__isnull=True)

    def usable(self, on: date):
        """Those that can fill a slot on this day: here, not rejected, not out of date."""
        in_date = Q(valid_until__isnull=True) | Q(valid_until__gte=on)
        return self.kept().filter(in_date).exclude(status=Document.Status.REJECTED)

    def with_times_seen(self):
        """Each knows how often somebody looked at one of its pages or opened its file."""
        looks = Q(history__act__in=["seen", "taken", "exported"])
        return self.annotate(times_seen=Count("history", filter=looks))

    def unscanned(self):
        """Those that no virus scanner has looked at yet, whether none was there or it was away."""
        return self.kept().filter(scan__in=[Document.Scan.NONE, Document.Scan.WAITING])


class Document(models.Model):
    """A piece of evidence for one slot of an application; its file goes when its time is up, its record stays."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")

    class Scan(models.TextChoices):
        NONE = "none", _("Not scanned")
        WAITING = "waiting", _("Waiting for the virus scanner")
        CLEAN = "clean", _("Scanned, nothing found")
        INFECTED = "infected", _("Infected")

    application = models.ForeignKey(
        "enrollment.Application", models.CASCADE, related_name="documents", verbose_name=_("application")
    )
    kind = models.SlugField(_("kind"))
    label = models.CharField(_("asked as"), max_length=120)
    file = models.FileField(_("file"), storage=evidence_storage, upload_to=evidence_path, max_length=200)
    original_name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=40)
    size = models.PositiveIntegerField(_("size, bytes"))
    pages = models.PositiveSmallIntegerField(_("pages"), default=1)
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    scan = models.CharField(_("virus scan"), max_length=16, choices=Scan, default=Scan.NONE)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.UPLOADED)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("As printed on it, where it runs out.")
    )
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("judged by"),
    )
    assessed_at = models.DateTimeField(_("judged"), null=True, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    purged_at = models.DateTimeField(_("file deleted"), null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["kind", "uploaded_at", "pk"]
        indexes = [
            models.Index(
                fields=["valid_until", "application"],
                condition=Q(purged_at__isnull=True) & ~Q(status="rejected"),
                name="documents_by_end",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind", "sha256"],
                condition=Q(purged_at__isnull=True),
                name="one_copy_of_a_file_per_slot",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["uploaded", "accepted", "rejected"]), name="document_status_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(reason=""), name="a_rejected_document_says_why"
            ),
            models.CheckConstraint(
                condition=Q(scan__in=["none", "waiting", "clean", "infected"]), name="document_scan_is_known"
            ),
            models.CheckConstraint(
                condition=Q(purged_at__isnull=True) | Q(file=""), name="a_purged_document_has_no_file"
            ),
            models.CheckConstraint(
                condition=~Q(scan="infected") | Q(purged_at__isnull=False),
                name="an_infected_document_has_no_file",
            ),
        ]

    def __str__(self):
        return f"{self.label}: {self.original_name}"

    @property
    def may_be_opened(self) -> bool:
        """Whether its file is here and not waiting for the virus scanner."""
        return self.purged_at is None and self.scan != self.Scan.WAITING

    @property
    def page_numbers(self) -> range:
        return range(1, self.pages + 1)

    def has_run_out(self, on: date) -> bool:
        return self.valid_until is not None and self.valid_until < on
