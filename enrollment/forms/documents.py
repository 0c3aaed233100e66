"""Evidence: one slot for each document that is asked for, several files in each."""

from collections.abc import Iterator
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from .. import papers
from ..completeness import evidence_slots
from ..custody import is_settled
from ..evidence import CheckedFile, EvidenceRefused, check
from ..evidence.slots import MOST_FILES, Slot, rule, slots
from ..models import Application, Document
from ..opinions import open_request

ACCEPT = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"


class SeveralFiles(forms.ClearableFileInput):
    """A file input of which the browser may send many."""

    template_name = "django/forms/widgets/file.html"
    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        return files.getlist(name) if isinstance(files, MultiValueDict) else []


class FilesField(forms.Field):
    """The files as they came; each is judged for itself, so that a wrong one does not cost the good ones."""

    widget = SeveralFiles({"accept": ACCEPT, "multiple": True})


class ReplacementField(FilesField):
    """One file that takes the place of another."""

    widget = SeveralFiles({"accept": ACCEPT, "multiple": False})


@dataclass(frozen=True)
class GoodFile:
    """A file that can be taken, for this slot, in place of that document."""

    slot: Slot
    file: CheckedFile
    replaces: Document | None = None


class EvidenceForm(forms.Form):
    use_required_attribute = False

    def __init__(self, *args, application: Application, **kwargs):
        super().__init__(*args, **kwargs)
        self.application, self.most_bytes = application, settings.EVIDENCE_MAX_BYTES
        today = timezone.localdate()
        self.held = list(application.documents.all())
        self.slots, self.no_longer_asked = slots(
            evidence_slots(application), self.held, on=today, request=open_request(application)
        )
        again = papers.offered(application, [slot.kind for slot in self.slots if slot.is_open], on=today)
        for slot in self.slots:
            slot.earlier[:] = again.get(slot.kind, [])
            hint = " ".join(filter(None, [slot.help_text, rule()]))
            self.fields[slot.kind] = FilesField(label=slot.label, required=False, help_text=hint)
            self.fields[slot.kind].asked_for = slot.is_required
            for document in slot.kept:
                document.is_settled = is_settled(document, today)
                if slot.is_open and not document.is_settled:
                    self.add_replacement(document)

    def add_replacement(self, document: Document) -> None:
        label = _("Replace %(name)s") % {"name": document.original_name}
        self.fields[f"replace-{document.pk}"] = ReplacementField(label=label, required=False)

    @property
    def rows(self) -> list[tuple[Slot, forms.BoundField]]:
        """Each slot with its field; every document in it knows the field that replaces it."""
        for slot in self.slots:
            for document in slot.kept:
                name = f"replace-{document.pk}"
                document.replacement = self[name] if name in self.fields else None
        return [(slot, self[slot.kind]) for slot in self.slots]

    @property
    def closed_rows(self) -> list[tuple[Slot, forms.BoundField]]:
        """Slots that a request for information leaves as they are."""
        return [(slot, bound) for slot, bound in self.rows if not slot.is_open]

    def as_it_stands(self) -> "EvidenceForm":
        """The slots with what lies in them now, and with what was wrong with what was sent."""
        fresh = EvidenceForm(self.data, application=self.application)
        fresh._errors, fresh.cleaned_data = self.errors, self.cleaned_data
        return fresh

    def row(self, kind: str) -> tuple[Slot, forms.BoundField] | None:
        return next((row for row in self.rows if row[0].kind == kind), None)

    def good_files(self) -> Iterator[GoodFile]:
        """Each file that can be taken, one at a time; the others become errors of their slot."""
        # An error takes what was sent to its slot out of cleaned_data, and the good files with it.
        self.sent = dict(self.cleaned_data)
        for slot in self.slots:
            for upload, replaces in self.sent_to(slot):
                try:
                    yield GoodFile(slot, check(upload), replaces)
                except EvidenceRefused as refused:
                    self.add_error(slot.kind, str(refused))

    def sent_to(self, slot: Slot) -> Iterator[tuple[UploadedFile, Document | None]]:
        for document in slot.kept:
            for upload in self.sent.get(f"replace-{document.pk}", [])[:1]:
                yield upload, document
        for upload in self.fitting(slot):
            yield upload, None

    def fitting(self, slot: Slot) -> list[UploadedFile]:
        uploads, room = self.sent[slot.kind], max(MOST_FILES - len(slot.kept), 0)
        if len(uploads) > room:
            words = _(
                "A slot holds up to %(most)s files. Not taken: %(names)s. Remove one, then choose these again."
            )
            names = ", ".join(upload.name for upload in uploads[room:])
            self.add_error(slot.kind, words % {"most": MOST_FILES, "names": names})
        return uploads[:room]
