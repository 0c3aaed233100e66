"""What applicants answered beside the fields of their application, and what was decided about it."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .application import Application


class ExtraAnswer(models.Model):
    """The answer to a question that the office added, with the question as it was asked."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="extra_answers", verbose_name=_("application")
    )
    question = models.ForeignKey(
        "enrollment.ExtraQuestion", models.PROTECT, related_name="answers", verbose_name=_("question")
    )
    asked_as = models.CharField(_("asked as"), max_length=200)
    value = models.TextField(_("answer"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("answer to an added question")
        verbose_name_plural = _("answers to added questions")
        ordering = ["question__section", "question__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "question"], name="one_answer_to_a_question")
        ]

    def __str__(self):
        return self.asked_as


class DeclarationQuerySet(models.QuerySet):
    def standing(self):
        """What is declared now; what was taken back is kept with its times."""
        return self.filter(withdrawn_at=None)


class Declaration(models.Model):
    """What an applicant declared or consented to, in the version and the words that were shown."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="declarations", verbose_name=_("application")
    )
    key = models.SlugField(_("key"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    text = models.TextField(_("text shown"))
    notice = models.TextField(_("notice shown"), blank=True)
    agreed_at = models.DateTimeField(_("agreed at"))
    withdrawn_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "key"],
                condition=Q(withdrawn_at=None),
                name="one_standing_declaration_of_a_kind",
            )
        ]

    def __str__(self):
        return self.key


class Waiver(models.Model):
    """A person at the institute set an unmet expectation aside, and said why."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="waivers", verbose_name=_("application")
    )
    key = models.CharField(_("expectation"), max_length=80)
    says = models.TextField(_("what was not met"))
    reason = models.TextField(_("reason"), max_length=1000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("waived by")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "key"], name="one_waiver_of_an_expectation"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_waiver_has_a_reason"),
        ]

    def __str__(self):
        return self.key


def new_token() -> str:
    return secrets.token_urlsafe(24)


class Beginning(models.Model):
    """First answers of somebody who has no account yet; they become a draft when the account is made."""

    token = models.CharField(max_length=43, unique=True, default=new_token, editable=False)
    email = models.EmailField(_("email address"))
    intake = models.ForeignKey("courses.Intake", models.CASCADE, related_name="+", verbose_name=_("intake"))
    answers = models.JSONField(_("answers"), default=dict)
    begun_at = models.DateTimeField(_("begun"))

    class Meta:
        verbose_name = _("beginning of an application")
        verbose_name_plural = _("beginnings of applications")
        ordering = ["begun_at", "pk"]
        indexes = [models.Index(fields=["email"]), models.Index(fields=["begun_at"])]

    def __str__(self):
        return f"{self.email}: {self.intake_id}"
