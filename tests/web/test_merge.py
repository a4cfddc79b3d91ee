"""Extensions: one addon changes the screens of another, and a wrong anchor names both files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.toys import FORM, Files, names


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """The form of `toy.deal`, to be extended by the addon `more`."""
    return Files(tmp_path).write("toy", FORM)


def extend(files: Files, text: str, view: str = "form.toy.deal") -> Files:
    return files.write("more", f'[[extend."{view}"]]\n{text}\n')


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ('before = "city"', ["amount", "closes", "city"]),
        ('after = "city"', ["amount", "city", "closes"]),
        ('inside = "main"', ["amount", "city", "closes"]),
    ],
)
def test_a_field_is_put_where_the_extension_says(files: Files, where: str, expected: list[str]) -> None:
    view = extend(files, f'{where}\nfields = ["closes"]').form()
    assert names(view["section"][0]) == expected


def test_a_column_is_added_to_lines_by_its_path(files: Files) -> None:
    view = extend(files, 'before = "lines.quantity"\nfields = ["deal"]').form()
    assert [c["name"] for c in view["tab"][0]["fields"][0]["columns"]] == ["product", "deal", "quantity"]


def test_a_field_of_lines_is_looked_for_on_the_lines(files: Files) -> None:
    fault = extend(files, 'after = "lines.quantity"\nfields = ["city"]').fault()
    assert 'addons/more/views/views.toml:3 extend.form.toy.deal: no field "city" on toy.line' in fault


def test_a_section_a_tab_and_a_button_are_added(files: Files) -> None:
    files.write(
        "more",
        """
        [[extend."form.toy.deal"]]
        after = "main"
        section = { id = "when", fields = ["closes"] }
        [[extend."form.toy.deal"]]
        before = "tab:lines"
        tab = { id = "first", title = "First", fields = ["kind"] }
        [[extend."form.toy.deal"]]
        inside = "form"
        button = { method = "win", label = "Again" }
        [[extend."form.toy.deal"]]
        after = "first"
        tab = { id = "second", title = "Second", fields = [] }
        """,
    )
    faults = files.faults()
    assert len(faults) == 1
    assert 'form.toy.deal has a button "win" already (addons/toy/views/views.toml:2)' in faults[0]
    text = (files.root / "more" / "views" / "views.toml").read_text().replace('"Again" }', '"Again" }')
    files.write("more", text.replace('method = "win"', 'method = "lose"'))
    view = files.form()
    assert [section["id"] for section in view["section"]] == ["main", "when"]
    assert [tab["id"] for tab in view["tab"]] == ["first", "second", "lines"]
    assert [button["method"] for button in view["buttons"]] == ["win", "lose"]


def test_a_thing_is_removed(files: Files) -> None:
    view = extend(files, 'remove = "city"').form()
    assert names(view["section"][0]) == ["amount"]
    assert extend(files, 'remove = "win"').form()["buttons"] == []


def test_keys_of_a_thing_and_of_the_view_are_set(files: Files) -> None:
    view = extend(files, 'set = "city"\nvalues = { widget = "email", label = "Where" }').form()
    assert view["section"][0]["fields"][1] == {"name": "city", "widget": "email", "label": "Where"}
    assert extend(files, 'set = "form"\nvalues = { status = "kind" }').form()["status"] == "kind"
    assert extend(files, 'set = "main"\nvalues = { title = "All" }').form()["section"][0]["title"] == "All"


def test_an_id_that_two_kinds_share_must_say_which(files: Files) -> None:
    assert "write tab:lines or field:lines" in extend(files, 'remove = "lines"').fault()
    assert extend(files, 'remove = "tab:lines"').form()["tab"] == []


def test_a_missing_anchor_names_both_files(files: Files) -> None:
    fault = extend(files, 'after = "ctiy"\nfields = ["closes"]').fault()
    assert "addons/more/views/views.toml:2 extend.form.toy.deal" in fault
    assert "addons/toy/views/views.toml:2 declares" in fault
    assert 'Did you mean "city"?' in fault


def test_a_missing_view_is_told(files: Files) -> None:
    fault = extend(files, 'after = "city"\nfields = ["closes"]', "form.toy.deel").fault()
    assert 'no view "form.toy.deel" is declared. Did you mean "form.toy.deal"?' in fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('after = "city"\nbefore = "city"\nfields = []', "exactly one of before, after, inside, remove, set"),
        ('fields = ["closes"]', "exactly one of before, after, inside, remove, set"),
        ('after = "city"', "exactly one of fields, section, tab, button, filter, group is needed"),
        ('after = "city"\nfeilds = []', 'no key "feilds" in an extension. Did you mean "fields"?'),
        ('after = "city"\nsection = { id = "x", fields = [] }', '"city" is a field: a section cannot stand after it'),
        ('inside = "win"\nfields = ["closes"]', "cannot stand inside it"),
        ('inside = "form"\nfields = ["closes"]', "a form view has no place for a field"),
        ('after = "city"\nfields = ["amount"]', 'has a field "amount" already'),
        ('set = "city"', '"set" needs values'),
        ('set = "city"\nvalues = { name = "closes", wdget = 1 }', 'no key "wdget" here. Did you mean "widget"?'),
    ],
)
def test_a_wrong_extension_is_told(files: Files, text: str, fault: str) -> None:
    assert any(fault in found for found in extend(files, text).faults())


def test_a_later_extension_builds_on_an_earlier_one(files: Files) -> None:
    files.write(
        "more",
        """
        [[extend."form.toy.deal"]]
        after = "city"
        fields = ["closes"]
        [[extend."form.toy.deal"]]
        after = "closes"
        fields = ["kind"]
        """,
    )
    assert names(files.form()["section"][0]) == ["amount", "city", "closes", "kind"]


OTHERS = """
    [list."toy.deal"]
    columns = ["name", "city"]

    [search."toy.deal"]
    fields = ["name"]

    [["search"."toy.deal".filter]]
    id = "open"
    label = "Open"
    domain = [["kind", "=", "open"]]

    [board."toy.deal"]
    group = "stage"
    card = { title = "name", chips = ["city"] }
"""


def test_lists_searches_and_boards_are_extended_too(files: Files) -> None:
    files.write("toy", OTHERS, "others.toml").write(
        "more",
        """
        [[extend."list.toy.deal"]]
        after = "name"
        fields = [{ name = "amount", sum = true }]
        [[extend."search.toy.deal"]]
        after = "open"
        filter = { id = "won", label = "Won", domain = [["kind", "=", "won"]] }
        [[extend."search.toy.deal"]]
        inside = "search"
        group = { id = "by_stage", label = "Stage", by = "stage" }
        [[extend."search.toy.deal"]]
        inside = "search"
        fields = ["city"]
        [[extend."board.toy.deal"]]
        after = "city"
        fields = ["closes"]
        [[extend."board.toy.deal"]]
        set = "card"
        values = { amount = "amount" }
        """,
    )
    views = files.compile().views
    assert views["list.toy.deal"]["columns"][1] == {"name": "amount", "sum": True}
    assert [item["id"] for item in views["search.toy.deal"]["filter"]] == ["open", "won"]
    assert views["search.toy.deal"]["group"][0]["by"] == "stage"
    assert views["search.toy.deal"]["fields"] == ["name", "city"]
    assert views["board.toy.deal"]["card"] == {"title": "name", "chips": ["city", "closes"], "amount": "amount"}
