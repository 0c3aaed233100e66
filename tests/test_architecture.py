"""Holds the picture of the house in README.md against the code: who may know whom, and how big a thing may grow."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [
    path
    for app in ("iiwam", "courses", "enrollment")
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
]

# Inside enrollment a room may know only the rooms that stand before it in this list (and those in its own row).
ENROLLMENT_LAYERS = [
    {"workflow", "models", "numbers"},
    {"permissions"},
    {
        *(
            "transitions",
            "study_moves",
            "award_moves",
            "renewal_terms",
            "seats",
            "evidence",
            "questionnaire",
            "completeness",
            "eligibility",
        ),
        *("opinions", "transcript", "anonymity", "chain", "guards"),
    },
    {"credentials", "copies", "declining", "notifications", "tasks", "wordings"},
    {"answers", "custody", "intakes", "offers", "payments", "reviewing"},
    {
        *(
            "admissions",
            "beginnings",
            "papers",
            "own_data",
            "retention",
            "study",
            "reading",
            "ahead",
            "item_figures",
            "practice",
            "attendance",
            "completion",
            "readiness",
            "licenses",
            "snapshot",
            "renewals",
            "social",
            "verification",
            "certification",
            "award_runs",
            "cpd",
        ),
        *("progress", "invariants", "roles"),
    },
    {"forms", "sections"},
    {"views", "admin", "templatetags", "management", "demo", "schedule"},
    {"urls", "credential_urls", "apps"},
]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> set[str]:
    """Absolute names of everything a file imports, relative imports resolved."""
    package = module_name(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*base, node.module] if node.module else base)
            names |= {f"{base}.{alias.name}" for alias in node.names}
    return names


def uses(path: Path, app: str) -> set[str]:
    return {name for name in imported(path) if name == app or name.startswith(f"{app}.")}


def layer(room: str) -> int | None:
    return next((depth for depth, rooms in enumerate(ENROLLMENT_LAYERS) if room in rooms), None)


def test_courses_never_imports_enrollment():
    offenders = {module_name(path): uses(path, "enrollment") for path in (ROOT / "courses").rglob("*.py")}
    assert {name: found for name, found in offenders.items() if found} == {}


def test_project_names_apps_only_in_settings_and_urls():
    outermost = {ROOT / "iiwam/settings.py", ROOT / "iiwam/urls.py"}
    offenders = {
        module_name(path): uses(path, "courses") | uses(path, "enrollment")
        for path in (ROOT / "iiwam").rglob("*.py")
        if path not in outermost
    }
    assert {name: found for name, found in offenders.items() if found} == {}


def test_every_room_of_enrollment_has_a_place():
    rooms = {
        path.relative_to(ROOT / "enrollment").parts[0].removesuffix(".py")
        for path in (ROOT / "enrollment").rglob("*.py")
    }
    assert {room for room in rooms - {"migrations", "__init__"} if layer(room) is None} == set()


def test_enrollment_rooms_know_only_rooms_beneath_them():
    offenders = []
    for path in (ROOT / "enrollment").rglob("*.py"):
        if "migrations" in path.parts:
            continue
        own = layer(path.relative_to(ROOT / "enrollment").parts[0].removesuffix(".py"))
        for name in uses(path, "enrollment"):
            other = layer(name.split(".")[1]) if "." in name else None
            if own is not None and other is not None and other > own:
                offenders.append(f"{module_name(path)} imports {name}")
    assert sorted(offenders) == []


def known(name: str, modules: set[str]) -> str:
    """The module of ours that a name comes from."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name


def in_circles(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """What is left of a graph once everything is taken away that knows nothing more, or that nothing more knows."""
    while loose := {
        name
        for name, others in graph.items()
        if not others & graph.keys() or not any(name in theirs for theirs in graph.values())
    }:
        graph = {name: others for name, others in graph.items() if name not in loose}
    return {name: others & graph.keys() for name, others in graph.items()}


def test_circles_are_seen():
    graph = {"page": {"a"}, "a": {"b"}, "b": {"a", "leaf"}, "leaf": set()}
    assert in_circles(graph) == {"a": {"b"}, "b": {"a"}}


def test_no_modules_import_each_other_in_a_circle():
    modules = {module_name(path) for path in SOURCES}
    graph = {
        module_name(path): {known(name, modules) for name in imported(path)} - {module_name(path)}
        for path in SOURCES
    }
    assert in_circles(graph) == {}


def test_no_room_is_a_heap():
    heaps = {"utils", "helpers", "services", "common", "misc"}
    assert {module_name(path) for path in SOURCES if heaps & {path.stem, path.parent.name}} == set()


def test_no_model_hides_logic_in_save():
    offenders = [
        f"{module_name(path)}.{node.name}"
        for path in SOURCES
        if "models" in path.parts or path.stem == "models"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
        and any(isinstance(item, ast.FunctionDef) and item.name == "save" for item in node.body)
    ]
    assert offenders == []


def test_apps_do_not_signal_each_other():
    offenders = [module_name(path) for path in SOURCES if {"django.dispatch.Signal"} & imported(path)]
    assert offenders == []


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_size_stays_readable(path):
    text = path.read_text()
    assert text.count("\n") <= 400, "a file over 400 lines has more than one story"
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno + 1 > 45
    ]
    assert long == []


def test_only_the_mechanism_writes_a_status():
    """A status is assigned in workflow.py alone; documents and letters have their own small life in their verbs."""
    offenders = []
    for path in (ROOT / "enrollment").rglob("*.py"):
        if "migrations" in path.parts or path.name in {"workflow.py", "tasks.py"}:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            targets = node.targets if isinstance(node, ast.Assign) else []
            for target in targets:
                if isinstance(target, ast.Attribute) and target.attr == "status":
                    owner = ast.unparse(target.value)
                    if owner not in {"document", "letter"}:
                        offenders.append(f"{module_name(path)}:{node.lineno} {owner}.status")
    assert offenders == []


def test_lock_files_pin_everything_and_name_no_index():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text().splitlines()
        names = [line for line in lines if line and not line.startswith((" ", "#"))]
        assert names and all("==" in line for line in names)
        assert not [
            line
            for line in lines
            if any(word in line for word in ("index-url", "find-links", "file:", "http"))
        ]
        hashed = "\n".join(lines).replace("\\\n", "").splitlines()
        assert all("--hash=sha256:" in line for line in hashed if line.strip() and not line.startswith("#"))
