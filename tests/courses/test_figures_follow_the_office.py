"""A number that an editor changes on the page of a module is the number that the figure shows."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse

from courses import models
from courses.skin_section import depth_at
from tests.courses.test_admin import FormReader
from tests.factories import ModuleFactory, SourceFactory, StaffFactory

pytestmark = pytest.mark.django_db
Kind = models.Module.Kind
LAYER = {"name": "Dermis", "description": "It holds."}
EPIDERMIS = {"site": "Cheek", "layer": "epidermis", "method": "tissue", "low_um": 60, "high_um": 120}
DERMIS = {"site": "Cheek", "layer": "dermis", "method": "tissue", "low_um": 1100, "high_um": 1900}
STEP = {"phase": "after", "do": "It."}

# Kind of module, its rows in the order they are made, what is typed into which line, the figure's title, and what
# its drawing and its words show afterwards and did not before.
FIGURES = {
    "layers": (
        Kind.ANATOMY,
        [(models.SkinLayer, LAYER), (models.SkinThickness, EPIDERMIS), (models.SkinThickness, DERMIS)],
        ("skinthickness_rows-1-high_um", "2400"),
        "section-figure",
        ["1,160 to 2,520 µm", f'y="{depth_at(1160)}" width="16" height="272.0"'],
    ),
    "thickness": (
        Kind.ANATOMY,
        [(models.SkinThickness, DERMIS)],
        ("skinthickness_rows-0-low_um", "300"),
        "thickness-figure",
        ["300 to 1,900"],
    ),
    "devices": (
        Kind.DEVICES,
        [(models.Device, {"name": "Pen", "length_min_mm": "0.25", "length_max_mm": "2.0"})],
        ("device_rows-0-length_max_mm", "2.75"),
        "devices-figure",
        ["0.25 to 2.75 mm", 'width="80.0%"'],
    ),
    "angles": (
        Kind.DEVICES,
        [(models.Device, {"name": "Pen", "length_min_mm": "0.25", "length_max_mm": "2.0"})],
        ("device_rows-0-entry_angle", "45"),
        "devices-figure",
        ["enters at 45 degrees", "l15.6 -15.6"],
    ),
    "depths by source": (
        Kind.PROTOCOLS,
        [
            (models.NeedleDepth, {"scheme": "A", "target": "Nose", "min_mm": 1, "max_mm": 2}),
            (models.NeedleDepth, {"scheme": "B", "target": "Nose", "max_mm": "0.5"}),
        ],
        ("needledepth_rows-0-max_mm", "2.5"),
        "needles-1",
        ["1 to 2.5 mm (A)", f'y="{depth_at(1000)}" width="6" height="300.0"'],
    ),
    "disagreement": (
        Kind.PROTOCOLS,
        [
            (models.NeedleDepth, {"scheme": "A", "target": "Nose", "min_mm": 1, "max_mm": 2}),
            (models.NeedleDepth, {"scheme": "B", "target": "Nose", "max_mm": "0.5"}),
        ],
        ("needledepth_rows-1-max_mm", "0.75"),
        "depths-figure",
        ["up to 0.75 mm (B)", 'width="21.75%"'],
    ),
    "timeline": (
        Kind.PROTOCOLS,
        [
            (models.ProtocolStep, {**STEP, "name": "Wash", "hours_from": -2, "hours_to": -1}),
            (models.ProtocolStep, {**STEP, "name": "Sun", "hours_from": 0, "hours_to": 24}),
        ],
        ("protocolstep_rows-1-hours_to", "336"),
        "timeline-figure",
        ["Sun: 0 to 2 weeks"],
    ),
    "evidence": (
        Kind.APPLICATIONS,
        [(models.Indication, {"use": "Scars", "name": "Trial", "participants": 36, "outcome": "Better."})],
        ("indication_rows-0-participants", "1000"),
        "evidence-figure",
        ["Trial, 1,000", 'cx="97.0%"'],
    ),
    "complications": (
        Kind.COMPLICATIONS,
        [(models.Complication, {"name": "Scar", "likelihood": 1, "severity": 1})],
        ("complication_rows-0-severity", "4"),
        "grid-figure",
        ["Scar: Single reports, Emergency or grave harm", 'cx="60%" cy="'],
    ),
}


@pytest.fixture
def office(client):
    call_command("sync_roles", verbosity=0)
    person = StaffFactory()
    person.groups.add(Group.objects.get(name="Editor"))
    client.force_login(person)
    return client


def saved(office, module, **changed):
    """The page of the module as a browser sends it, with these boxes filled in anew."""
    address = reverse("admin:courses_module_change", args=[module.pk])
    reader = FormReader()
    reader.feed(office.get(address).content.decode())
    assert changed.keys() <= reader.sent.keys()
    answer = office.post(address, {**reader.sent, **changed})
    assert answer.status_code == 302, answer.context["errors"]


def figure(client, module, title: str) -> str:
    page = client.get(module.get_absolute_url()).content.decode()
    [drawing] = re.findall(rf'<svg[^>]*aria-labelledby="{title} [^>]*>.*?</svg>', page, re.DOTALL)
    assert re.search(rf'<title id="{title}">[^<]+</title><desc id="[^"]+">[^<]+</desc>', drawing)
    assert "<table" in page
    return " ".join(drawing.split())


@pytest.mark.parametrize("name", FIGURES)
def test_number_edited_in_the_office_changes_the_figure(office, name):
    kind, rows, (box, value), title, shown = FIGURES[name]
    module, source = ModuleFactory(kind=kind), SourceFactory()
    for position, (model, values) in enumerate(rows):
        model.objects.create(module=module, key=f"row-{position}", source=source, position=position, **values)
    before = figure(office, module, title)
    saved(office, module, **{box: value})
    after = figure(office, module, title)
    assert [words for words in shown if words in before] == []
    assert [words for words in shown if words not in after] == []


def test_control_edited_in_the_office_changes_the_checklist(office):
    module = ModuleFactory(kind=Kind.RISK)
    models.RiskControl.objects.create(
        module=module, key="sharps", source=SourceFactory(), name="Sharps", action="Never recap."
    )
    saved(office, module, **{"riskcontrol_rows-0-action": "A box beside the chair."})
    page = office.get(module.get_absolute_url()).content.decode()
    checklist = page.split('<figure class="checklist')[1].split("</figure>")[0]
    assert "A box beside the chair." in checklist and "Never recap." not in checklist
    assert "Checked by" in checklist


def test_section_of_the_protocols_lies_on_the_skin_that_the_course_measured(client):
    anatomy = ModuleFactory(kind=Kind.ANATOMY)
    protocols = ModuleFactory(course=anatomy.course, number=2, kind=Kind.PROTOCOLS)
    for number, values in enumerate([EPIDERMIS, DERMIS]):
        models.SkinThickness.objects.create(
            module=anatomy, key=f"k{number}", source=SourceFactory(), **values
        )
    models.NeedleDepth.objects.create(
        module=protocols, key="k", source=SourceFactory(), scheme="A", target="Nose", max_mm=1
    )
    drawing = figure(client, protocols, "needles-1")
    # The middle of 1,100 to 1,900 and of 60 to 120 together, beside the 1,800 of the drawing.
    assert f"scale(1 {round((1160 + 2020) / 2 / 1800, 4)})" in drawing
