"""What was read, how far, and for how long; and the address under which a learner's own calendar is found."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .enrollment import Enrollment


class TopicProgress(models.Model):
    """A topic that a learner has read."""

    enrollment = models.ForeignKey(
        Enrollment, models.CASCADE, related_name="progress", verbose_name=_("enrollment")
    )
    topic = models.ForeignKey("courses.Topic", models.CASCADE, related_name="+", verbose_name=_("topic"))
    read_at = models.DateTimeField(_("read at"))

    class Meta:
        verbose_name = _("topic read")
        verbose_name_plural = _("topics read")
        constraints = [models.UniqueConstraint(fields=["enrollment", "topic"], name="a_topic_is_read_once")]

    def __str__(self):
        return f"{self.enrollment_id}: {self.topic_id}"


class Reading(models.Model):
    """Where a learner stopped in a topic, and how long they were seen to read it."""

    enrollment = models.ForeignKey(
        Enrollment, models.CASCADE, related_name="readings", verbose_name=_("enrollment")
    )
    topic = models.ForeignKey("courses.Topic", models.CASCADE, related_name="+", verbose_name=_("topic"))
    place = models.PositiveSmallIntegerField(_("paragraph reached"), default=0)
    places = models.PositiveSmallIntegerField(_("paragraphs"), default=0)
    seconds = models.PositiveIntegerField(_("time counted, seconds"), default=0)
    opened_at = models.DateTimeField(_("last opened"))

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "topic"], name="one_reading_per_topic"),
            models.CheckConstraint(condition=Q(place__lte=F("places")), name="a_place_lies_in_its_topic"),
        ]

    def __str__(self):
        return f"{self.enrollment_id}: {self.topic_id}"

    @property
    def percent(self) -> int:
        """How far down the topic, from 0 to 100."""
        return round(100 * self.place / self.places) if self.places else 0


class StudyClock(models.Model):
    """When a person was last seen to read, in whichever window: what two windows share cannot be counted twice."""

    learner = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="study_clock", verbose_name=_("learner")
    )
    seen_at = models.DateTimeField(_("last seen reading"))

    class Meta:
        verbose_name = _("study clock")
        verbose_name_plural = _("study clocks")

    def __str__(self):
        return f"{self.learner_id}"


class CalendarFeed(models.Model):
    """A private address for a learner's training days; raising its number ends every address before."""

    learner = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed", verbose_name=_("learner")
    )
    number = models.PositiveIntegerField(_("number"), default=1)
    is_open = models.BooleanField(_("open"), default=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self):
        return f"{self.learner_id} #{self.number}"
