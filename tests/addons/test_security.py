"""What `security/` declares is read whole, and what does not fit is said with file and line."""

from __future__ import annotations

from pathlib import Path

from kernel.addons import Findings, SecurityDeclaration
from kernel.addons.contents.security import read_security
from tests.addons.toys import write_addon


def read(root: Path, **files: str) -> tuple[SecurityDeclaration, list[str]]:
    names = {"groups": "security/groups.toml", "access": "security/access.csv", "rules": "security/rules.toml"}
    folder = write_addon(root, "shop", {names[key]: text for key, text in files.items()})
    findings = Findings()
    return read_security("shop", folder, findings), [str(finding) for finding in findings]


def test_groups_access_and_rules_are_read_with_whole_ids(root: Path) -> None:
    groups = """\
    [[group]]
    id = "user"
    name = "User"
    [[group]]
    id = "shop.manager"
    name = "M"
    implies = ["user", "base.user"]
    """
    access = "model,group,read,create,write,delete\nshop.order,user,1,1,0,0\nshop.order,base.user,1,,,\n"
    rules = """\
    [[rule]]
    id = "own"
    model = "shop.order"
    groups = ["user"]
    operations = ["read"]
    domain = [["a", "=", 1]]
    """
    found, faults = read(root, groups=groups, access=access, rules=rules)
    assert not faults
    assert [(group.id, group.implies) for group in found.groups] == [
        ("shop.user", ()),
        ("shop.manager", ("shop.user", "base.user")),
    ]
    assert [(row.model, row.group, sorted(row.operations)) for row in found.access] == [
        ("shop.order", "shop.user", ["create", "read"]),
        ("shop.order", "base.user", ["read"]),
    ]
    rule = found.rules[0]
    assert (rule.id, rule.groups, rule.operations) == ("shop.own", ("shop.user",), frozenset({"read"}))
    assert rule.domain == (["a", "=", 1],)


def test_an_addon_without_the_folder_declares_nothing(root: Path) -> None:
    found, faults = read(root)
    assert (found, faults) == (SecurityDeclaration("shop"), [])


def test_faults_have_their_lines(root: Path) -> None:
    groups = '[[group]]\nid = "User"\n[[groups]]\nid = "x"\n'
    rules = '[[rule]]\nid = "r"\noperations = ["read", "wrte"]\ndomain = "all"\nmodell = "shop.order"\n'
    _, faults = read(root, groups=groups, access="model,group,read\n", rules=rules)
    assert sorted(faults) == sorted(
        [
            'addons/shop/security/groups.toml:3 groups: no such table; write [[group]]. Did you mean "group"?',
            'addons/shop/security/groups.toml:2 id: "User" must be small letters, digits and "_",'
            " and begin with a letter",
            "addons/shop/security/groups.toml:1 name: is missing",
            "addons/shop/security/access.csv:1 no column create, write, delete;"
            " the first line must be model,group,read,create,write,delete",
            "addons/shop/security/rules.toml:1 model: is missing",
            "addons/shop/security/rules.toml:3 operations: 'wrte' is no operation;"
            " there are read, create, write, delete",
            "addons/shop/security/rules.toml:4 domain: must be a list",
            'addons/shop/security/rules.toml:5 modell: no such key. Did you mean "model"?',
        ]
    )
