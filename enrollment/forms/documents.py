"""Evidence: one slot for each document that is asked for, several files in each."""

from collections.abc import Iterator

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from courses.models import EvidenceRequirement

from ..completeness import evidence_slots
from ..evidence import CheckedFile, EvidenceRefused, check
from ..models import Application, Document

MOST_FILES_A_SLOT = 10
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


class EvidenceForm(forms.Form):
    use_required_attribute = False

    def __init__(self, *args, application: Application, **kwargs):
        super().__init__(*args, **kwargs)
        self.slots = evidence_slots(application)
        self.held = list(application.documents.all())
        for slot in self.slots:
            self.fields[slot.kind] = FilesField(label=slot.label, required=False, help_text=slot.help_text)
            self.fields[slot.kind].asked_for = slot.is_required

    @property
    def rows(self) -> list[tuple[EvidenceRequirement, forms.BoundField, list[Document]]]:
        return [(slot, self[slot.kind], self.held_in(slot)) for slot in self.slots]

    def held_in(self, slot: EvidenceRequirement) -> list[Document]:
        return [document for document in self.held if document.kind == slot.kind]

    @property
    def no_longer_asked(self) -> list[Document]:
        """Files in slots that another profession had."""
        kinds = {slot.kind for slot in self.slots}
        return [document for document in self.held if document.kind not in kinds]

    def good_files(self) -> Iterator[tuple[EvidenceRequirement, CheckedFile]]:
        """Each file that can be taken, one at a time; the others become errors of their slot."""
        for slot in self.slots:
            for upload in self.fitting(slot):
                try:
                    yield slot, check(upload)
                except EvidenceRefused as refused:
                    self.add_error(slot.kind, str(refused))

    def fitting(self, slot: EvidenceRequirement) -> list[UploadedFile]:
        uploads, room = self.cleaned_data[slot.kind], MOST_FILES_A_SLOT - len(self.held_in(slot))
        if len(uploads) > room:
            words = _(
                "A slot holds up to %(most)s files. Not taken: %(names)s. Remove one, then choose these again."
            )
            names = ", ".join(upload.name for upload in uploads[max(room, 0) :])
            self.add_error(slot.kind, words % {"most": MOST_FILES_A_SLOT, "names": names})
        return uploads[: max(room, 0)]
