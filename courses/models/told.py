"""What the pages of courses answer before anybody asks: common questions, and the rules of the institute."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .catalog import Course


class ToldQuerySet(models.QuerySet):
    def concerning(self, course):
        """What is said of this course (a record or an OuterRef), and what is said of every course."""
        return self.filter(Q(course__isnull=True) | Q(course=course))


class FrequentQuestion(models.Model):
    """A question that people ask before they apply, with its answer."""

    course = models.ForeignKey(
        Course,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="frequent_questions",
        verbose_name=_("course"),
        help_text=_("Empty: shown with every course."),
    )
    key = models.SlugField(_("key"), help_text=_("Stable name, such as is-it-a-licence."))
    question = models.CharField(_("question"), max_length=200)
    answer = models.TextField(_("answer"), blank=True, help_text=_("Markdown. Empty: to be confirmed."))
    answer_html = models.TextField(editable=False, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = ToldQuerySet.as_manager()

    class Meta:
        verbose_name = _("common question")
        verbose_name_plural = _("common questions")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "key"], name="one_common_question_per_course_and_key"),
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(course__isnull=True),
                name="one_common_question_per_key_for_every_course",
            ),
        ]

    def __str__(self):
        return self.question


class Policy(models.Model):
    """A rule between the institute and its learners; without a text it is still to be confirmed."""

    course = models.ForeignKey(
        Course,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="policies",
        verbose_name=_("course"),
        help_text=_("Empty: holds for every course that has no rule of this key of its own."),
    )
    key = models.SlugField(_("key"), help_text=_("Stable name, such as refund."))
    heading = models.CharField(_("heading"), max_length=120)
    text = models.TextField(_("text"), blank=True, help_text=_("Markdown. Empty: to be confirmed."))
    text_html = models.TextField(editable=False, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = ToldQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "key"], name="one_policy_per_course_and_key"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(course__isnull=True), name="one_policy_per_key_for_every_course"
            ),
        ]

    def __str__(self):
        return self.heading
