"""People with a password, and staff with rights."""

import factory
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from factory.django import DjangoModelFactory


class UserFactory(DjangoModelFactory):
    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    full_name = factory.Sequence(lambda n: f"Person {n}")

    @factory.post_generation
    def password(self, create, extracted, **kwargs):
        self.set_password(extracted or "correct horse battery")
        self.save()


class StaffFactory(UserFactory):
    """A member of staff with rights by name: `StaffFactory(rights=["review_application"])`.

    A reviewer sees every intake, or those in `intakes` alone: `StaffFactory(rights=[...], intakes=[intake])`.
    """

    is_staff = True

    class Params:
        intakes = None

    @factory.post_generation
    def rights(self, create, extracted, **kwargs):
        rights = list(extracted or [])
        given = self.intakes_given
        if "review_application" in rights and given is None:
            rights.append("review_every_intake")
        self.user_permissions.set(Permission.objects.filter(codename__in=rights))
        for intake in given or []:
            self.review_duties.create(intake=intake)

    @classmethod
    def _create(cls, model_class, *args, intakes_given=None, **kwargs):
        person = super()._create(model_class, *args, **kwargs)
        person.intakes_given = intakes_given
        return person

    intakes_given = factory.SelfAttribute("intakes")
