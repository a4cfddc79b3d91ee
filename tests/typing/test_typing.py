"""Types are tested like code: what must be understood, and what must be refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ACCEPTED = "tests/typing/accepted.py"
REFUSED = "tests/typing/refused.py"


def _refused_lines() -> set[int]:
    lines = (ROOT / REFUSED).read_text().splitlines()
    return {number for number, line in enumerate(lines, 1) if line.endswith("# refused")}


def _mypy(path: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy", "--no-error-summary", path]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def _pyright(path: str) -> set[int]:
    command = [sys.executable, "-m", "pyright", "--outputjson", path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)["generalDiagnostics"]
    return {item["range"]["start"]["line"] + 1 for item in found if item["severity"] == "error"}


def test_mypy_understands_the_types_of_fields_and_recordsets() -> None:
    done = _mypy(ACCEPTED)
    assert done.returncode == 0, done.stdout


def test_mypy_refuses_every_wrong_use() -> None:
    done = _mypy(REFUSED)
    lines = {int(line) for line in re.findall(r"refused\.py:(\d+): error", done.stdout)}
    assert lines == _refused_lines(), done.stdout


def test_pyright_understands_and_refuses_the_same() -> None:
    assert _pyright(ACCEPTED) == set()
    assert _pyright(REFUSED) == _refused_lines()
