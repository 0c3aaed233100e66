from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LetterWording(models.Model):
    """The institute's own words for a letter, in place of the built-in ones while it is in use."""

    name = models.SlugField(_("letter"))
    language = models.CharField(_("language"), max_length=10, default="en-gb")
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), max_length=10_000)
    in_use = models.BooleanField(
        _("in use"), default=True, help_text=_("Otherwise the built-in words go out.")
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("last changed by"),
    )
    changed_at = models.DateTimeField(_("last change"), auto_now=True)

    class Meta:
        verbose_name = _("wording of a letter")
        verbose_name_plural = _("wordings of letters")
        ordering = ["name", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "language"],
                name="one_wording_of_a_letter_per_language",
                violation_error_message=_(
                    "This letter has a wording in this language already: change that one."
                ),
            ),
            models.CheckConstraint(condition=~Q(subject="") & ~Q(body=""), name="a_wording_has_words"),
        ]

    def __str__(self):
        return self.name.replace("-", " ").capitalize()
