"""A distribution from `tenon addon new --package`: built, installed by pip, found, installed in a tenant, tested."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from kernel.config import SOURCE_ROOT
from kernel.db import Cluster
from tests.addons.toys import forget_addons
from tests.cli.conftest import Tenon

OFFLINE = ("--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check", "-q")


@dataclass(frozen=True)
class Machine:
    """A fresh virtual environment that has Tenon and what it needs, by PYTHONPATH, and nothing else."""

    folder: Path
    cluster: Cluster

    @property
    def environment(self) -> Mapping[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("TENON_")}
        path = os.pathsep.join((str(SOURCE_ROOT), sysconfig.get_path("purelib")))
        own = {"TENON_DATA_DIR": str(self.folder / "data"), "TENON_TEST_DATABASE_URL": self.cluster.dsn("postgres")}
        return {**kept, **own, "PYTHONPATH": path}

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.folder / "bin/python"), *words]
        environment = {**self.environment, **more}
        return subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=False)

    def tenon(self, *words: str, **more: str) -> str:
        done = self.run("-m", "cli", *words, **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def install(self, *what: str) -> None:
        done = self.run("-m", "pip", "install", *OFFLINE, *what)
        assert done.returncode == 0, done.stdout + done.stderr

    def place_of(self, name: str) -> Path:
        found = {item["name"]: item for item in json.loads(self.tenon("addon", "list", "--json"))}
        assert "faults" not in found[name], found[name]
        return Path(found[name]["place"])


@pytest.fixture
def machine(tmp_path: Path, cluster: Cluster) -> Machine:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    return Machine(tmp_path / "venv", cluster)


@pytest.fixture(scope="module")
def source(tenon: Tenon, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a distribution, as an author begins with it."""
    place = tmp_path_factory.mktemp("package")
    answer = tenon("addon", "new", "stars", "--template", "widget", "--package", "--license", "MIT", cwd=place)
    assert answer.code == 0, answer
    forget_addons(place)
    return place / "tenon-stars"


def test_a_wheel_is_found_and_its_tests_pass_where_pip_has_put_it(machine: Machine, source: Path) -> None:
    wheels = machine.folder / "wheels"
    done = machine.run("-m", "pip", "wheel", *OFFLINE, "-w", str(wheels), str(source))
    assert done.returncode == 0, done.stderr
    machine.install(*map(str, wheels.glob("tenon_stars-0.1.0-*.whl")))
    assert machine.place_of("stars").is_relative_to(machine.folder)
    tested = machine.tenon("test", "stars", "-q", "-p", "no:cacheprovider")
    assert "3 passed" in tested  # a tenant has it, the client is told of its module, and gets module and style
    twice = machine.run("-m", "cli", "addon", "info", "stars", TENON_ADDONS_PATH=str(source))
    assert twice.returncode == 1
    assert f'two addons have this name: "{source / "addons/stars"}" and "{machine.folder}' in twice.stderr


def test_an_editable_install_is_the_folder_that_one_works_in(machine: Machine, source: Path) -> None:
    machine.install("-e", str(source))
    assert machine.place_of("stars") == source / "addons/stars"
    manifest = source / "addons/stars/manifest.toml"
    manifest.write_text(manifest.read_text().replace('version = "0.1.0"', 'version = "0.1.1"'))
    manifest.write_text(manifest.read_text() + 'command = "Counts stars."\n')
    assert "stars  Counts stars." in machine.tenon("--help")
    assert "(stars 0.1.1)" in machine.tenon("addon", "info", "stars")


def test_what_a_package_consists_of(source: Path) -> None:
    shown = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    assert {"pyproject.toml", "README.md", "LICENSE", ".gitignore", ".github/workflows/tests.yml"} <= shown
    assert "COPYING" not in shown
    assert "MIT License" in (source / "LICENSE").read_text()
    assert 'license = "MIT"' in (source / "addons/stars/manifest.toml").read_text()


@pytest.mark.parametrize("license", ["LGPL-3.0-or-later", "LicenseRef-Proprietary"])
def test_a_licence_comes_with_its_text(tenon: Tenon, tmp_path: Path, license: str) -> None:
    assert tenon("addon", "new", "own", "--package", "--license", license, cwd=tmp_path).code == 0
    forget_addons(tmp_path)
    folder = tmp_path / "tenon-own"
    is_free = license.startswith("LGPL")
    assert (folder / "COPYING").exists() is is_free
    assert ("GNU LESSER" if is_free else "All rights reserved") in (folder / "LICENSE").read_text()
