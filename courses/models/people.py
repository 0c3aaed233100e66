from django.db import models
from django.utils.translation import gettext_lazy as _

from iiwam.accounts.names import validate_name

from .catalog import Course


class FacultyMember(models.Model):
    """A person who teaches; only people whom the institute has named."""

    slug = models.SlugField(_("address part"), unique=True)
    name = models.CharField(_("name"), max_length=120, validators=[validate_name])
    role = models.CharField(_("role"), max_length=120)
    biography = models.TextField(_("biography"), blank=True, help_text=_("Markdown; only what can be shown."))
    biography_html = models.TextField(editable=False, blank=True)
    is_director = models.BooleanField(_("course director"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    courses = models.ManyToManyField(
        Course, through="CourseFaculty", related_name="faculty", verbose_name=_("courses")
    )

    class Meta:
        verbose_name = _("faculty member")
        verbose_name_plural = _("faculty")
        ordering = ["position", "name"]

    def __str__(self):
        return self.name


class CourseFaculty(models.Model):
    """Who teaches which course, as what."""

    course = models.ForeignKey(
        Course, models.CASCADE, related_name="course_faculty", verbose_name=_("course")
    )
    member = models.ForeignKey(
        FacultyMember, models.PROTECT, related_name="course_faculty", verbose_name=_("person")
    )
    role = models.CharField(_("role on this course"), max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("teacher of the course")
        verbose_name_plural = _("teachers of the course")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "member"], name="one_role_per_course_and_person")
        ]

    def __str__(self):
        return f"{self.member}, {self.course}"
