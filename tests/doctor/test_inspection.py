"""The doctor looks at one addon, however broken it is, and tells everything at once."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import root as command
from kernel.addons import Finding, Library
from kernel.addons.doctor.inspection import inspect
from kernel.addons.rules import RULES
from kernel.config import SOURCE_ROOT
from tests.addons.toys import forget_addons
from tests.doctor.faults.sound import Change, Fault, write

Look = Callable[..., list[str]]
CARD = "models/card.py"


@pytest.fixture(scope="module")
def library() -> Library:
    return Library([SOURCE_ROOT])


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    forget_addons(tmp_path)


@pytest.fixture
def look(library: Library, place: Path) -> Look:
    """Writes the sound addon with changes, and tells what the doctor finds: rule and place."""

    def found(**changes: Change) -> list[str]:
        library.roots = (SOURCE_ROOT, place)
        named = {name.replace("__", "/").replace("_dot_", "."): change for name, change in changes.items()}
        folder = write(place, Fault("several", "", "", changes=named))
        library.available()
        return [told(finding) for finding in inspect(library, folder)]

    return found


def told(finding: Finding) -> str:
    return f"{finding.rule} {finding.path.removeprefix('addons/perk/')}:{finding.line}"


def test_a_fault_in_one_place_hides_none_in_others(look: Look) -> None:
    found = look(
        manifest_dot_toml=('version = "1.0.0"', 'version = "1.0.0'),
        models__card_dot_py=('joined = fields.Date("Joined")', 'joined = fields.Dat("Joined")'),
        hooks_dot_py=("def addon_installed", "def addon_instaled"),
        views__card_dot_toml=('order = "name"', 'order = "nmae"'),
        data__cards_dot_toml=('level = "gold"', 'level = "glod"'),
        security__rules_dot_toml=('"owner"', '"ownr"'),
        http_dot_py=("number: int", "numbr: int"),
    )
    assert found == [
        "data-bad-value data/cards.toml:1",
        "hook-unknown hooks.py:14",
        "route-wrong-arguments http.py:9",
        "route-wrong-arguments http.py:9",
        "toml-invalid manifest.toml:3",
        "python-import-failed models/card.py:17",
        "security-bad-rule-domain security/rules.toml:1",
        "view-unknown-field views/card.toml:18",
    ]


def test_all_faults_of_one_class_are_told_at_once(look: Look) -> None:
    found = look(
        models__card_dot_py=(
            'joined = fields.Date("Joined")\n',
            'joined = fields.Date("Joined", requird=True)\n    left = fields.Dat("Left")\n    b = fields.Char(5 / 0)\n',
        )
    )
    assert found == [
        "model-unknown-option models/card.py:17",
        "python-import-failed models/card.py:18",
        "python-import-failed models/card.py:19",
    ]


def test_every_model_tells_its_own_faults(look: Look) -> None:
    found = look(
        models__card_dot_py=('order="name"', 'order="nmae"'),
        models__one_dot_py='"""One."""\nfrom kernel.orm import Model\n\n\nclass One(Model):\n    """One."""\n',
        models__two_dot_py='"""Two."""\nfrom kernel.orm import Model\n\n\nclass Two(Model, name="two"):\n    "Two."\n',
    )
    assert found == [
        "model-unknown-field models/card.py:9",
        "model-declaration models/one.py:5",
        "model-wrong-name models/two.py:5",
    ]


def test_what_rests_on_code_that_fails_is_not_told_too(look: Look) -> None:
    """The views, data and rights of the models are there, and their models are not: that is one fault."""
    assert look(models__card_dot_py=("from kernel.orm import", "from kernel.orm imprt")) == [
        "python-syntax models/card.py:6"
    ]


def test_nothing_of_a_broken_addon_stays_in_the_process(look: Look) -> None:
    assert look(http_dot_py=("from __future__ import annotations", "from __future__ import annotations\n1 / 0"))
    assert not [name for name in sys.modules if name.startswith("addons.perk")]


def test_a_file_that_is_no_text_is_told(look: Look, place: Path) -> None:
    folder = write(place)
    (folder / "views/more.toml").write_bytes(b"\xff\xfe")
    assert look() == ["file-unreadable views/more.toml:0"]


def test_an_addon_lies_in_a_folder_addons(library: Library, place: Path) -> None:
    folder = write(place).rename(place / "perk")
    assert [told(finding) for finding in inspect(library, folder)] == ["file-wrong-place manifest.toml:0"]


def test_a_waived_warning_is_not_told(look: Look) -> None:
    waived = 'depends = ["base", "web"]\n\n[waived]\nfile-missing-readme = "its users read the manual"'
    assert look(README_dot_md=None, manifest_dot_toml=('depends = ["base", "web"]', waived)) == []


# -- an author's own rules -----------------------------------------------------------------------------------
OWN = '''
    """What perk checks in all addons: a field for points says how many there are."""

    from collections.abc import Iterable
    from pathlib import Path

    from kernel.addons import Addon, Assembly, Finding, Rule, hookimpl


    @hookimpl
    def check_rules() -> Iterable[Rule]:
        return [Rule("perk-points-without-help", "A field for points explains them.", "{severity}")]


    @hookimpl
    def check_addon(addon: Addon, assembly: Assembly) -> Iterable[Finding]:
        for model in assembly.registry.models.values():
            points = model.fields.get("points")
            if model.addon == addon.name and points is not None and not points.field.help:
                path, line = points.field.place
                text = "say by help= what the points are good for"
                yield Finding(addon.shown(Path(path)), line, f"{{model.name}}.points", text, "perk-points-without-help")
    '''


@pytest.mark.parametrize("severity", ["error", "warning"])
def test_an_addon_has_rules_of_its_own(library: Library, place: Path, severity: str) -> None:
    library.roots = (SOURCE_ROOT, place)
    folder = write(place, Fault("own", "", "", changes={"hooks.py": OWN.format(severity=severity)}))
    library.available()
    found = inspect(library, folder)
    assert [told(finding) for finding in found] == [
        "perk-points-without-help models/card.py:16",
        "perk-points-without-help models/card.py:43",
    ]
    assert {finding.severity for finding in found} == {severity}


# -- the command ---------------------------------------------------------------------------------------------
@pytest.fixture
def check(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TENON_DATA_DIR", str(tmp_path / "data"))
    return lambda *words: CliRunner().invoke(command, ["addon", "check", *words])


def test_the_command_tells_errors_warnings_and_how_many(check: Callable[..., Result], place: Path) -> None:
    write(place, Fault("two", "", "", changes={"README.md": None, "views/card.toml": ('"points"]', '"pionts"]')}))
    answer = check("./addons/perk")
    assert answer.output.splitlines() == [
        'ERROR view-unknown-field addons/perk/views/card.toml:17 list.perk.card: no field "pionts" on perk.card. '
        'Did you mean "points"?',
        "",
        "WARNING file-missing-readme addons/perk/README.md is missing: say what it is for",
        "",
        "perk: 1 error, 1 warning.",
    ]
    assert answer.exit_code == 1
    assert not (place / "data").exists(), "no database is needed"


def test_warnings_are_errors_where_they_are_asked_to_be(check: Callable[..., Result], place: Path) -> None:
    write(place, Fault("one", "", "", changes={"README.md": None}))
    assert check("addons/perk").exit_code == 0
    assert check("addons/perk", "--strict").exit_code == 1


def test_findings_come_as_json(check: Callable[..., Result], place: Path) -> None:
    write(place, Fault("one", "", "", changes={"http.py": (', auth="user"', "")}))
    assert json.loads(check("addons/perk", "--json").output) == [
        {
            "rule": "route-without-auth",
            "severity": "warning",
            "path": "addons/perk/http.py",
            "line": 8,
            "subject": "card",
            "text": "does not say who may call it",
            "hint": 'Write auth="user" (that is what holds now), "public" or "none".',
        }
    ]


def test_the_command_lists_the_rules(check: Callable[..., Result]) -> None:
    assert [rule["rule"] for rule in json.loads(check("--rules", "--json").output)] == list(RULES)


def test_an_addon_that_is_not_there_is_told_with_the_nearest_name(check: Callable[..., Result]) -> None:
    answer = check("bookng")
    assert answer.exit_code == 1
    assert 'There is no addon "bookng". Did you mean "booking"?' in answer.output
