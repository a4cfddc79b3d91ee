"""Lines: a fault in a TOML or CSV file is told where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.addons.discovery.source import TomlSource, read_csv, read_toml
from kernel.addons.findings import Findings


def source(tmp_path: Path, text: str) -> TomlSource:
    path = tmp_path / "file.toml"
    path.write_text(text)
    found = read_toml(path, "file.toml", Findings())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a = 1\nb = \nc = 3\n", "file.toml:2 is no valid TOML: Invalid value"),
        ("a = 1\nb = [1,\n2", "file.toml:3 is no valid TOML: Unclosed array"),
        ("[a]\n[a]\n", "file.toml:2 is no valid TOML: Cannot declare ('a',) twice"),
    ],
)
def test_a_syntax_fault_has_its_line(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "file.toml"
    path.write_text(text)
    findings = Findings()
    assert read_toml(path, "file.toml", findings) is None
    assert [str(finding) for finding in findings] == [fault]


def test_lines_of_tables_arrays_and_dotted_keys(tmp_path: Path) -> None:
    doc = source(
        tmp_path,
        "a = 1\n"
        "b.c = 2\n"
        '[form."crm.contact"]\n'
        'title = "x"  # [not a header]\n'
        '[["crm.stage"]]\n'
        'id = "one"\n'
        '[["crm.stage"]]\n'
        'id = "two"\n'
        '[["crm.stage".line]]\n'
        "n = 1\n"
        '[["crm.stage".line]]\n'
        "n = 2\n",
    )
    assert doc.line("a") == 1
    assert doc.line("b", "c") == 2
    assert doc.line("form", "crm.contact", "title") == 4
    assert doc.line("crm.stage", 0, "id") == 6
    assert doc.line("crm.stage", 1, "id") == 8
    assert doc.line("crm.stage", 1, "line", 1, "n") == 12


def test_what_looks_like_a_key_inside_a_long_text_is_none(tmp_path: Path) -> None:
    doc = source(tmp_path, 'a = """\nb = 1\n"""\nb = 2\n')
    assert doc.line("b") == 4


def test_a_key_that_is_missing_has_the_line_of_its_table(tmp_path: Path) -> None:
    doc = source(tmp_path, "[x]\ny = 1\n[z]\n")
    assert doc.line("z", "nothing") == 3
    assert doc.line("nowhere") == 1


def test_csv_rows_know_their_line_also_after_a_cell_of_two_lines(tmp_path: Path) -> None:
    path = tmp_path / "crm.tag.csv"
    path.write_text('id,name\na,"two\nlines"\n\nb,B\nc\n')
    findings = Findings()
    found = read_csv(path, "crm.tag.csv", findings)
    assert found is not None
    assert [(line, row["id"]) for line, row in found.rows] == [(2, "a"), (5, "b")]
    assert [str(finding) for finding in findings] == ["crm.tag.csv:6 1 cells, the header has 2"]
