"""The shape of the source: small files, no cycles, a kernel that names no addon."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON_MAX = 400
CLIENT_MAX = 400
TOP_LEVEL = {
    "pyproject.toml", "kernel", "addons", "cli", "tests", "examples", "docs", "README.md",
    "Makefile", "hatch_build.py", "CHANGELOG.md", "LICENSE", "COPYING",
}  # fmt: skip
UNTRACKED = {"screenshots", "dist", "build", "node_modules", "__pycache__"}


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not {"node_modules", "__pycache__", "client"} & set(path.parts):
                yield path


def test_no_file_grows_beyond_what_a_reader_can_hold() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {lines}"
        for path in python_files("kernel", "addons", "cli", "tests", "examples")
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > PYTHON_MAX
    ]
    sources = (ROOT / "addons/web/client/src").rglob("*.ts*")
    long += [
        f"{path.relative_to(ROOT)}: {lines}"
        for path in sources
        if (lines := len(path.read_text().splitlines())) > CLIENT_MAX
    ]
    assert long == []


def test_the_top_level_holds_what_it_should_and_nothing_else() -> None:
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - UNTRACKED
    assert found <= TOP_LEVEL


def test_the_kernel_names_no_addon() -> None:
    names = [path.name for path in (ROOT / "addons").iterdir() if (path / "manifest.toml").exists()]
    pattern = re.compile(rf"({'|'.join(names)})(\.[a-z_]+)?")
    named: list[str] = []
    for path in python_files("kernel"):
        tree = ast.parse(path.read_text())
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        named += [
            f"{path.relative_to(ROOT)}:{node.lineno}: {node.value!r}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
            and "." in node.value and pattern.fullmatch(node.value)
        ]  # fmt: skip
        named += [f"{path.relative_to(ROOT)}: {module}" for module in _imports(path) if module.startswith("addons.")]
    assert named == []


def _imports(path: Path) -> set[str]:
    """Modules that a file imports at module level, type-only imports left out."""
    found: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return found


def test_no_modules_import_each_other_in_a_circle() -> None:
    modules = {_name(path): path for path in python_files("kernel", "cli", "addons")}
    graph = {name: _imports(path) & modules.keys() - {name} for name, path in modules.items()}
    packages = {name for name, path in modules.items() if path.name == "__init__.py"}
    for name, targets in graph.items():
        graph[name] = {target for target in targets if not (target in packages and name.startswith(f"{target}."))}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_an_addon_imports_only_the_kernel_and_what_it_depends_on() -> None:
    wrong: list[str] = []
    for folder in (*(ROOT / "addons").iterdir(), *(ROOT / "examples/addons").iterdir()):
        manifest = folder / "manifest.toml"
        if not manifest.exists():
            continue
        allowed = {folder.name, *_closure(folder.name)}
        for path in python_files(str(folder.relative_to(ROOT))):
            for module in _imports(path):
                parts = module.split(".")
                if parts[0] == "cli" or (parts[0] == "addons" and len(parts) > 1 and parts[1] not in allowed):
                    wrong.append(f"{path.relative_to(ROOT)} imports {module}")
    assert wrong == []


def _closure(name: str) -> set[str]:
    for root in (ROOT, ROOT / "examples"):
        manifest = root / "addons" / name / "manifest.toml"
        if manifest.exists():
            said = tomllib.loads(manifest.read_text())
            needs = {need.split()[0] for need in (*said.get("depends", []), *said.get("bridges", []))}
            return needs.union(*(_closure(need) for need in needs))
    return set()


def test_nothing_is_called_utils() -> None:
    assert [str(path) for path in python_files("kernel", "addons", "cli") if path.stem in ("utils", "helpers")] == []
