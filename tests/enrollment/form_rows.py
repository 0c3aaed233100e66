"""Rows of the application form that the office edits, the least that the database accepts."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from enrollment.models import ExtraQuestion, Register, Statement


class RegisterFactory(DjangoModelFactory):
    class Meta:
        model = Register
        django_get_or_create = ["country", "name"]

    country = "TH"
    name = "Medical Council of Thailand"


class ExtraQuestionFactory(DjangoModelFactory):
    class Meta:
        model = ExtraQuestion

    section = "about"
    label = factory.Sequence(lambda n: f"Question {n}")


class StatementFactory(DjangoModelFactory):
    class Meta:
        model = Statement

    section = "declarations"
    key = factory.Sequence(lambda n: f"statement-{n}")
    text = "It is so."
    is_required = True
    in_force_from = date(2026, 1, 1)
