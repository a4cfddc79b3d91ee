"""Types are tested like code: what must be understood, and what must be refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ACCEPTED = "tests/typing/accepted.py"
REFUSED = "tests/typing/refused.py"


_MARK = re.compile(r"# E: (?P<mypy>\S+) (?P<pyright>\S+)$")
Errors = dict[int, frozenset[str]]


def _marked(checker: str) -> Errors:
    """Line -> the codes of the errors that it must have."""
    lines = enumerate((ROOT / REFUSED).read_text().splitlines(), 1)
    found = ((number, _MARK.search(line)) for number, line in lines)
    return {number: frozenset(match[checker].split(",")) for number, match in found if match}


def _mypy(path: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--show-error-codes", path]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def _pyright(path: str) -> Errors:
    command = [sys.executable, "-m", "pyright", "--outputjson", path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    diagnostics = json.loads(done.stdout)["generalDiagnostics"]
    return _by_line(
        (item["range"]["start"]["line"] + 1, item.get("rule", ""))
        for item in diagnostics
        if item["severity"] == "error"
    )


def _by_line(errors: Iterable[tuple[int, str]]) -> Errors:
    found: Errors = {}
    for line, code in errors:
        found[line] = found.get(line, frozenset()) | {code}
    return found


def test_mypy_understands_the_types_of_fields_and_recordsets() -> None:
    done = _mypy(ACCEPTED)
    assert done.returncode == 0, done.stdout


def test_mypy_refuses_every_wrong_use_for_its_reason() -> None:
    done = _mypy(REFUSED)
    errors = re.findall(r"refused\.py:(\d+): error: .*\[([\w-]+)\]$", done.stdout, re.MULTILINE)
    assert _by_line((int(line), code) for line, code in errors) == _marked("mypy"), done.stdout


def test_pyright_understands_and_refuses_the_same() -> None:
    assert _pyright(ACCEPTED) == {}
    assert _pyright(REFUSED) == _marked("pyright")
