"""The rules of the addon doctor: every kind of fault it knows, by an id that explains itself.

The first word of an id is the area: `manifest-unknown-key`. An error keeps an addon from being installed; a
warning does not. An addon declares rules of its own by the hook `check_rules`; their ids begin with its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of fault: its id, what it means in a line, and whether it stands in the way."""

    id: str
    meaning: str
    severity: Severity = "error"


_ERRORS: Final[Mapping[str, str]] = {
    "manifest-bad-name": 'The name of an addon is small letters, digits and "_".',
    "manifest-bad-range": "A range of versions cannot be read.",
    "manifest-bad-requirement": "An entry of a list of addons or distributions cannot be read.",
    "manifest-bad-version": "The version cannot be read.",
    "manifest-broken-dependency": "An addon that is needed has faults of its own.",
    "manifest-cycle": "Addons follow each other in a circle.",
    "manifest-depends-on-itself": "An addon names itself.",
    "manifest-duplicate-addon": "Two folders hold an addon of this name.",
    "manifest-empty-value": "A required value is empty.",
    "manifest-entry-point": "A distribution names an addon that is not there, or that another one has.",
    "manifest-missing-distribution": "A Python distribution that is asked for is absent or of another version.",
    "manifest-missing-key": "A required key is missing.",
    "manifest-name-not-folder": "The name is not that of the folder.",
    "manifest-named-twice": "An addon is named twice in depends, bridges and after.",
    "manifest-one-bridge": "A bridge connects at least two addons.",
    "manifest-reserved-name": "The name is kept for Tenon itself.",
    "manifest-unknown-dependency": "No addon of this name can be found.",
    "manifest-unknown-key": "The manifest has no such key.",
    "manifest-wrong-tenon": "The addon is for another version of Tenon.",
    "manifest-wrong-type": "A value of the manifest is of another type.",
    "manifest-wrong-version": "An addon that is needed is there in another version.",
    "file-unreadable": "A file cannot be read, or is not UTF-8.",
    "toml-invalid": "A TOML file breaks the rules of TOML.",
    "csv-empty": "A CSV file has no first line with the names of its columns.",
    "csv-wrong-width": "A row of a CSV file has more or fewer cells than the first line.",
    "python-changed": "Files were changed after this process had loaded them.",
    "python-import-failed": "A module fails when it is imported.",
    "python-import-outside-depends": "Code imports an addon that depends does not name.",
    "python-syntax": "A file is no valid Python.",
    "model-bad-option": "An option means nothing on this field, or contradicts another.",
    "model-circular-compute": "Computed fields depend on each other in a circle.",
    "model-declaration": "A class or field is declared in a way that means nothing.",
    "model-does-not-fit": "The models of the addons do not fit together.",
    "model-field-name": "A field cannot have this name.",
    "model-field-twice": "A model has two fields of one name.",
    "model-override-without-inputs": "An override of a compute method does not say what it reads.",
    "model-twice": "Two models have one name.",
    "model-unknown-column": "A constraint names a column that the model does not have.",
    "model-unknown-extended": "An extension is of a model that is not there.",
    "model-unknown-field": "A path, an order, a title or a check names a field that is not there.",
    "model-unknown-model": "A relation leads to a model that is not there.",
    "model-unknown-option": "A class statement says something that models do not know.",
    "model-wrong-inverse": "The inverse of a relation is no field that leads back.",
    "model-wrong-name": 'A model of an addon is named "addon.noun".',
    "model-wrong-override": "A method takes other parameters than the one it overrides.",
    "setting-wrong-addon": "Settings say that they are of another addon.",
    "access-missing-columns": "access.csv lacks a column.",
    "access-missing-model": "A row of access.csv names no model.",
    "access-unknown-group": "No addon declares this group.",
    "access-unknown-model": "There is no model of this name.",
    "access-wrong-cell": "A right is written as 1 or 0.",
    "security-bad-id": 'The id of a group or rule is small letters, digits and "_".',
    "security-bad-rule-domain": "The condition of a record rule does not fit its model.",
    "security-missing-key": "A group or rule lacks a value.",
    "security-unknown-key": "A group or rule has no such key.",
    "security-unknown-operation": "An operation is read, create, write or delete.",
    "security-unknown-table": "Groups are [[group]], rules are [[rule]].",
    "security-wrong-type": "A value of a group or rule is of another type.",
    "data-bad-id": 'A stable id is small letters, digits and "_".',
    "data-bad-policy": "A policy is always, if_untouched or never.",
    "data-computed-field": "A computed value cannot be given.",
    "data-duplicate-id": "Two records have one stable id.",
    "data-first-column": "The first column of a CSV file of records is id.",
    "data-missing-id": "A record has no stable id.",
    "data-other-side": "Lines are given in the lines: the other side names the record.",
    "data-secret-or-file": "Secrets and files cannot stand in data files.",
    "data-unknown-field": "A record gives a value to a field that its model does not have.",
    "data-unknown-reference": "A record points to a stable id that is not there.",
    "data-bad-value": "A value of a record does not fit its field.",
    "data-unknown-model": "A record is of a model that is not there.",
    "data-wrong-shape": 'Records are written as [["addon.model"]].',
    "view-ambiguous-anchor": "An extension names something that there is twice.",
    "view-bad-domain": "A condition does not fit its model.",
    "view-bad-extension": "An extension of a view does not say what goes where.",
    "view-bad-order": "An order cannot be read.",
    "view-duplicate": "Two views, menus or actions have one id, or a view shows a thing twice.",
    "view-menu-circle": "A menu is below itself.",
    "view-missing-key": "A view lacks a value that it needs.",
    "view-missing-view": "An action opens a board or calendar that nobody declared.",
    "view-not-searchable": "Records are searched by a value that no query can look for.",
    "view-unknown-action": "A menu opens an action that is not there.",
    "view-unknown-anchor": "An extension names something that the view does not have.",
    "view-unknown-field": "A view names a field that its model does not have.",
    "view-unknown-filter": "An action begins with a filter that the search does not have.",
    "view-unknown-group": "A menu or action is for a group that no addon declares.",
    "view-unknown-key": "A view has no such key.",
    "view-unknown-menu": "A menu is below one that is not there.",
    "view-unknown-method": "A button calls a method that the model does not have.",
    "view-unknown-model": "A view is of a model that is not there.",
    "view-unknown-table": "View files have no table of this kind.",
    "view-unknown-target": "An extension is of a view that is not there.",
    "view-wrong-field-type": "A field cannot be shown there, as it is of another type.",
    "view-wrong-owner": "Menus and actions begin with the name of their addon.",
    "view-wrong-type": "A value of a view is of another type.",
    "view-wrong-value": "A value of a view is none of those that are known.",
    "hook-unknown": "No addon declares a hook of this name.",
    "hook-unknown-argument": "A hook does not give this argument.",
    "hook-unused": "A hook is declared, and its own addon does not call it.",
    "hook-wrong-name": "A hook begins with the name of its addon.",
    "migration-bad-requires": "requires names revisions of other addons, by addon.",
    "migration-circular": "Revisions of several addons wait for each other.",
    "migration-duplicate": "Two revisions have one id.",
    "migration-fork": "Two revisions follow the same one.",
    "migration-gap": "A revision follows one that is not there.",
    "migration-missing-revision": "A file of migrations has no revision id.",
    "migration-syntax": "A file of migrations is no valid Python.",
    "check-unknown-rule": "A check of an addon reports a rule that nobody declared.",
}
_WARNINGS: Final[Mapping[str, str]] = {}

RULES: Final[Mapping[str, Rule]] = {
    **{id: Rule(id, meaning) for id, meaning in _ERRORS.items()},
    **{id: Rule(id, meaning, "warning") for id, meaning in _WARNINGS.items()},
}
"""Every rule of Tenon's own by its id; `docs/authors/checks.md` lists them."""
