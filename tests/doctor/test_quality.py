"""The quality ladder: what each rule asks for, the levels that follow, and the command that shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import root as command
from kernel.addons import Library
from kernel.addons.doctor.inspection import look_at
from kernel.addons.doctor.quality import Quality
from kernel.addons.doctor.quality_rules import LEVELS, QUALITY
from kernel.config import SOURCE_ROOT
from tests.addons.toys import forget_addons
from tests.doctor.faults.sound import Change, Fault, write
from tests.doctor.test_every_addon import EXAMPLES, FOLDERS

Judged = Callable[[dict[str, Change]], Quality]
GOLD: dict[str, Change] = {
    "quality.toml": 'level = "gold"\n',
    "README.md": "# Perks\n`perk_given(env, points)` is called when points were given.\n",
    "CHANGELOG.md": "# Changelog\n\n## 1.0.0\n- The first version.\n",
    "settings.py": (
        '"""What a tenant can choose."""',
        '"""What a tenant can choose: `points_per_euro`, and the `greeting` of its pages."""',
    ),
    "data/demo/cards.toml": '[["perk.card"]]\nid = "shown"\nname = "Shown"\n',
    "i18n/fr.po": (
        'msgid "{n} points"',
        'msgid "Welcome"\nmsgstr "Bienvenue"\n\nmsgid "{n} points"',
    ),
    "tests/test_card.py": (
        '"""Tests of perk."""\nCALLED = ("perk.card", "Purchase", "upgrade")\n\n\n'
        "def test_they_are_named() -> None:\n    assert CALLED\n"
    ),
}
"""What the sound addon lacks of the highest level."""


@pytest.fixture(scope="module")
def library() -> Library:
    return Library([SOURCE_ROOT, EXAMPLES])


@pytest.fixture
def judged(library: Library, tmp_path: Path) -> Iterator[Judged]:
    """The levels of the sound addon with changes."""

    def quality(changes: dict[str, Change]) -> Quality:
        library.roots = (SOURCE_ROOT, EXAMPLES, tmp_path)
        folder = write(tmp_path, Fault("levels", "", "", changes=changes))
        library.available()
        found = look_at(library, folder).quality
        assert found is not None
        return found

    yield quality
    library.roots = (SOURCE_ROOT, EXAMPLES)
    forget_addons(tmp_path)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_of_ours_states_a_level_and_reaches_it(library: Library, folder: Path) -> None:
    found = look_at(library, folder).quality
    assert found is not None
    assert found.stated is not None
    assert [f"{result.rule.id}: {', '.join(map(str, result.lacks))}" for result in found.short] == []


def test_ours_state_no_less_than_they_reach(library: Library) -> None:
    found = [seen for folder in FOLDERS if (seen := look_at(library, folder).quality)]
    assert {each.addon: each.stated for each in found} == {each.addon: each.reached for each in found}


def test_every_level_has_some_rules_and_every_rule_says_what_it_means_and_what_to_do() -> None:
    for level in LEVELS:
        assert 4 <= len([rule for rule in QUALITY.values() if rule.level == level]) <= 6
    assert all(rule.meaning.endswith(".") and rule.hint.endswith((".", "NAME")) for rule in QUALITY.values())


def test_an_addon_can_reach_gold(judged: Judged) -> None:
    found = judged(GOLD)
    assert [(result.rule.id, [*map(str, result.lacks)]) for result in found.results if result.state != "met"] == []
    assert (found.stated, found.reached, found.next, found.kept) == ("gold", "gold", None, True)


BROKEN: dict[str, tuple[dict[str, Change], str]] = {
    "no-errors": ({"http.py": "1 / 0\n"}, "addons/perk/http.py:1"),
    "readme": ({"README.md": None}, "addons/perk/README.md"),
    "tests": ({"tests/test_card.py": None}, "addons/perk/tests"),
    "rights": ({"security/access.csv": ("perk.purchase,perk.user,1,1,1,0\n", "")}, "addons/perk/models/card.py:39"),
    "history": ({"migrations/0001_first.py": None}, "addons/perk/migrations"),
    "no-warnings": ({"http.py": (', auth="user"', "")}, "addons/perk/http.py:8"),
    "typed": (
        {"models/card.py": ("factor: int) -> int:\n        return", "factor):\n        return")},
        "addons/perk/models/card.py:31",
    ),
    "models-tested": ({"tests/test_card.py": 'A = ("perk.card", "upgrade")\n'}, "addons/perk/models/card.py:39"),
    "settings-described": ({"settings.py": (" and the `greeting` of its pages", "")}, "addons/perk/settings.py"),
    "demo-data": ({"data/demo/cards.toml": None}, "addons/perk/data/demo"),
    "changelog": ({"CHANGELOG.md": "## 1.0.0.1\n## 11.0.0\n1.0.0\n"}, "addons/perk/CHANGELOG.md"),
    "nothing-waived": (
        {"manifest.toml": ('"web"]\n', '"web"]\n\n[waived]\nroute-without-auth = "all are public"\n')},
        "addons/perk/manifest.toml",
    ),
    "stable-version": (
        {"manifest.toml": ('"1.0.0"', '"0.9.0"'), "CHANGELOG.md": "## 0.9.0\n"},
        "addons/perk/manifest.toml",
    ),
    "translated": ({"i18n/fr.po": ('msgstr "Bienvenue"', 'msgstr ""')}, "addons/perk/templates/card.html:2"),
    "hooks-described": ({"README.md": "# Perks\n"}, "addons/perk/hooks.py:9"),
    "methods-tested": ({"tests/test_card.py": 'A = ("perk.card", "Purchase")\n'}, "addons/perk/models/card.py:26"),
}


@pytest.mark.parametrize("rule", QUALITY)
def test_a_rule_that_is_not_met_keeps_the_addon_below_its_level_and_says_where(judged: Judged, rule: str) -> None:
    changes, place = BROKEN[rule]
    merged = dict(GOLD)
    for path, change in changes.items():
        merged[path] = _both(GOLD.get(path), change)
    found = judged(merged)
    missing = {result.rule.id: result for result in found.results if result.state == "missing"}
    assert rule in missing, sorted(missing)
    assert any(place in lack.place for lack in missing[rule].lacks), missing[rule].lacks
    reached = LEVELS.index(found.reached) if found.reached else -1
    assert reached < LEVELS.index(QUALITY[rule].level)
    assert rule in {result.rule.id for result in found.short}


def _both(first: Change, then: Change) -> Change:
    """Two changes of one file, one after the other."""
    if isinstance(first, tuple) and isinstance(then, tuple):
        assert first[1].count(then[0]) == 1
        return first[0], first[1].replace(*then)
    if isinstance(first, str) and isinstance(then, tuple):
        return first.replace(*then)
    return then


def test_an_exemption_stands_for_what_is_missing(judged: Judged) -> None:
    exempt = 'level = "gold"\n\n[exempt]\ndemo-data = "made by a till"\ntyped = "not needed"\n'
    found = judged({**GOLD, "data/demo/cards.toml": None, "quality.toml": exempt})
    states = {result.rule.id: (result.state, result.reason) for result in found.results}
    assert states["demo-data"] == ("exempt", "made by a till")
    assert states["typed"] == ("met", ""), "nothing is missing, so nobody need be exempt"
    assert found.reached == "gold"


def test_what_the_manifest_waives_is_exempt_for_the_same_reason(judged: Judged) -> None:
    waived = ('"web"]\n', '"web"]\n\n[waived]\nfile-missing-tests = "tested elsewhere"\n')
    found = judged({**GOLD, "tests/test_card.py": None, "manifest.toml": waived})
    exempt = {result.rule.id: result.reason for result in found.results if result.state == "exempt"}
    assert exempt == dict.fromkeys(("tests", "models-tested", "methods-tested"), "tested elsewhere")
    assert found.reached == "silver", "gold waives nothing"


# -- the command ---------------------------------------------------------------------------------------------
@pytest.fixture
def tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TENON_DATA_DIR", str(tmp_path / "data"))
    yield lambda *words: CliRunner().invoke(command, ["addon", "quality", *words])
    forget_addons(tmp_path)


def test_the_command_shows_each_rule_and_what_the_next_level_asks_for(
    tell: Callable[..., Result], tmp_path: Path
) -> None:
    write(
        tmp_path,
        Fault("silver", "", "", changes={**GOLD, "README.md": "# Perks\n", "quality.toml": 'level = "silver"\n'}),
    )
    answer = tell("./addons/perk")
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("perk reaches silver; it states silver\n  bronze  no-errors ")
    assert answer.output.endswith(
        "For gold\n"
        "  hooks-described: addons/perk/hooks.py:9 README.md does not say when the hook `perk_given` is called\n"
        "    Say when it is called, and what an answer does.\n"
    )
    assert not (tmp_path / "data").exists(), "no database is needed"


def test_a_level_that_is_not_reached_is_told_by_the_exit_code(tell: Callable[..., Result], tmp_path: Path) -> None:
    write(tmp_path, Fault("gold", "", "", changes={**GOLD, "CHANGELOG.md": None}))
    answer = tell("./addons/perk", "--json")
    assert answer.exit_code == 1
    [told] = json.loads(answer.output)
    assert (told["addon"], told["stated"], told["reached"], told["kept"]) == ("perk", "gold", "bronze", False)
    assert [rule for rule in told["rules"] if rule["state"] != "met"] == [
        {
            "rule": "changelog",
            "level": "silver",
            "meaning": "CHANGELOG.md has a heading for the version in the manifest.",
            "state": "missing",
            "reason": "",
            "missing": [{"place": "addons/perk/CHANGELOG.md", "text": "no heading for version 1.0.0"}],
            "hint": "Write what is new for its users.",
        }
    ]


def test_without_names_all_addons_have_a_line(tell: Callable[..., Result]) -> None:
    answer = tell()
    assert answer.exit_code == 0, answer.output
    lines = [line.split()[:3] for line in answer.output.splitlines()]
    assert ["web", "silver", "silver"] in lines


def test_an_addon_that_cannot_be_read_is_told(tell: Callable[..., Result], tmp_path: Path) -> None:
    write(tmp_path, Fault("none", "", "", changes={"manifest.toml": None}))
    answer = tell("./addons/perk")
    assert answer.exit_code == 1
    assert "has no manifest that can be read." in answer.output
