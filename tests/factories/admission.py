"""Applications in any state with their papers, and what follows a place."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from enrollment.models import Application, Document, Enrollment, LogbookEntry
from tests.factories.people import UserFactory
from tests.factories.publishing import IntakeFactory


class ApplicationFactory(DjangoModelFactory):
    """An application in any state; it has no history, which only the verbs write."""

    class Meta:
        model = Application
        skip_postgeneration_save = True

    class Params:
        complete = factory.Trait(
            legal_name=factory.SelfAttribute("applicant.full_name"),
            birth_date=date(1990, 5, 17),
            nationality="TH",
            residence_country="TH",
            city="Chiang Mai",
            phone="+66812345678",
            profession=factory.LazyAttribute(lambda made: made.intake.course.audiences.first().profession),
            qualification="MD, 2014",
            register_country="TH",
            register_body="Medical Council of Thailand",
            register_number="12345",
            license_valid_from=date(2020, 1, 1),
            license_valid_until=date(2099, 12, 31),
            standing="clear",
            years_in_practice=8,
            workplace="A clinic in Chiang Mai",
            prior_training="None.",
            payer="self",
            motivation="To needle more safely.",
        )

    applicant = factory.SubFactory(UserFactory)
    intake = factory.SubFactory(IntakeFactory)
    offer_expires_at = factory.LazyAttribute(
        lambda made: datetime(2099, 1, 1, tzinfo=UTC) if made.status == "offered" else None
    )
    waitlisted_at = factory.LazyAttribute(
        lambda made: datetime(2026, 1, 6, tzinfo=UTC) if made.status == "waitlisted" else None
    )
    status = Application.Status.DRAFT

    @factory.post_generation
    def opinions(self, create, extracted, **kwargs):
        """So many people have given their opinion: one where the application is in review, unless told otherwise."""
        default = 1 if self.status == Application.Status.IN_REVIEW else 0
        for _each in range(default if extracted is None else extracted):
            self.reviews.create(reviewer=UserFactory(), recommendation="offer", note="Evidence is in order.")

    @factory.post_generation
    def seat(self, create, extracted, **kwargs):
        if self.status == Application.Status.ENROLLED:
            EnrollmentFactory(application=self)


class EnrollmentFactory(DjangoModelFactory):
    class Meta:
        model = Enrollment
        skip_postgeneration_save = True

    application = factory.SubFactory(ApplicationFactory, status=Application.Status.OFFERED)
    learner = factory.SelfAttribute("application.applicant")
    intake = factory.SelfAttribute("application.intake")
    enrolled_at = datetime(2026, 1, 7, tzinfo=UTC)

    @factory.post_generation
    def admitted(self, create, extracted, **kwargs):
        Application.objects.filter(pk=self.application_id).update(status=Application.Status.ENROLLED)
        self.application.status = Application.Status.ENROLLED


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = Document

    application = factory.SubFactory(ApplicationFactory)
    kind = "photo-id"
    label = "Photo identity"
    file = factory.django.FileField(filename="passport.pdf", data=b"%PDF-1.7 passport")
    original_name = "passport.pdf"
    content_type = "application/pdf"
    size = 17
    sha256 = factory.Sequence(lambda n: f"{n:064x}")


class LogbookEntryFactory(DjangoModelFactory):
    """A draft of a supervised case; it has no history, which only the verbs write."""

    class Meta:
        model = LogbookEntry

    enrollment = factory.SubFactory(EnrollmentFactory)
    performed_on = date(2026, 2, 1)
    patient_code = factory.Sequence(lambda n: f"P-{n % 1000:03}")
    procedure = "Microneedling for acne scars"
    area = "Cheeks"
    phototype = LogbookEntry.Phototype.TYPE_IV
    device = "Motorised pen"
    cartridge_lot = "LOT-1"
    depth_mm = Decimal("1.50")
    passes = 5
    role = LogbookEntry.Role.SUPERVISED
    outcome = "Even redness."
