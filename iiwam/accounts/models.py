from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from iiwam.accounts.addresses import vouch_for_address
from iiwam.accounts.names import on_one_line, validate_name


class UserManager(BaseUserManager):
    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)

    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        """A person who can sign in with this email address exists; without a password only a reset opens the door."""
        if not email:
            raise ValueError("A person needs an email address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    @transaction.atomic
    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        """A member of staff with every right exists, whose address counts as confirmed."""
        user = self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})
        vouch_for_address(user=user)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by email address; what they may do follows from their groups."""

    email = models.EmailField(
        _("email address"), unique=True, error_messages={"unique": _("This address is taken.")}
    )
    full_name = models.CharField(
        _("full name"),
        max_length=150,
        blank=True,
        validators=[validate_name],
        help_text=_("As colleagues and letters should address this person."),
    )
    is_staff = models.BooleanField(
        _("staff"), default=False, help_text=_("May enter the office; rights come from roles.")
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Untick to close the account without losing its record.")
    )
    erased_at = models.DateTimeField(
        _("erased"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("When all that told who this was was taken out."),
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["email"]
        permissions = [("erase_user", _("Can erase people who ask for it"))]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_person_per_address",
                violation_error_message=_("This address is taken."),
            )
        ]

    def __str__(self):
        return str(_("Erased person %(n)s") % {"n": self.pk}) if self.erased_at else self.get_full_name()

    def get_full_name(self) -> str:
        return on_one_line(self.full_name) or self.email

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] if self.full_name else self.email


class Role(Group):
    """A group, under the name by which staff know it."""

    class Meta:
        proxy = True
        verbose_name = _("role")
        verbose_name_plural = _("roles")


class Job(DBTaskResult):
    """A row of the queue, under the name by which staff know it."""

    class Meta:
        proxy = True
        ordering = ["-enqueued_at"]
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")
