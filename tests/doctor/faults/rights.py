"""Groups, rights and record rules that do not fit."""

from __future__ import annotations

from tests.doctor.faults.sound import Fault, change

GROUPS, ACCESS, RULES = "security/groups.toml", "security/access.csv", "security/rules.toml"
ROW = "perk.card,perk.user,1,1,1,0"
DOMAIN = 'domain = [["owner", "=", { "$" = "user" }]]'


def domain(name: str, text: str, near: str = "") -> Fault:
    return change(name, "security-bad-rule-domain", RULES, DOMAIN, f"domain = {text}", "[[rule]]", near)


FAULTS = [
    change(
        "access of no model",
        "access-unknown-model",
        ACCESS,
        ROW,
        f"{ROW}\nperk.crad,perk.user,1,0,0,0",
        "perk.crad",
        '"perk.card"',
    ),
    change("access of no group", "access-unknown-group", ACCESS, ROW, "perk.card,perk.usr,1,1,1,0", near='"perk.user"'),
    change("access neither 0 nor 1", "access-wrong-cell", ACCESS, ROW, "perk.card,perk.user,yes,1,1,0"),
    change(
        "access without a model",
        "access-missing-model",
        ACCESS,
        ROW,
        f"{ROW}\n,perk.user,0,1,0,0",
        ",perk.user,0,1,0,0",
    ),
    change(
        "access without a column",
        "access-missing-columns",
        ACCESS,
        "create,write,delete",
        "create,write,remove",
        near="delete",
    ),
    change("access too wide", "csv-wrong-width", ACCESS, ROW, f"{ROW}\nperk.card,perk.user,1,1,1,0,0", "1,1,1,0,0"),
    Fault("access empty", "csv-empty", ACCESS, changes={ACCESS: ""}, line=1),
    change(
        "group implies none",
        "access-unknown-group",
        GROUPS,
        'name = "Perks: user"',
        'name = "Perks: user"\nimplies = ["base.usr"]',
        "[[group]]",
        '"base.user"',
    ),
    change("group without a name", "security-missing-key", GROUPS, 'name = "Perks: user"', "", "[[group]]"),
    change(
        "group of a bad id",
        "security-bad-id",
        GROUPS,
        "[[group]]",
        '[[group]]\nid = "Boss"\nname = "Boss"\n\n[[group]]',
        '"Boss"',
    ),
    change(
        "group key unknown",
        "security-unknown-key",
        GROUPS,
        'name = "Perks: user"',
        'name = "Perks: user"\nimply = []',
        "imply",
        '"implies"',
    ),
    change(
        "groups misspelt",
        "security-unknown-table",
        GROUPS,
        "[[group]]",
        '[[groups]]\nid = "x"\n\n[[group]]',
        "[[groups]]",
        '"group"',
    ),
    change(
        "implies a text",
        "security-wrong-type",
        GROUPS,
        'name = "Perks: user"',
        'name = "Perks: user"\nimplies = "base.user"',
        "implies",
    ),
    change(
        "rule of no model",
        "access-unknown-model",
        RULES,
        'model = "perk.card"',
        'model = "perk.crad"',
        "[[rule]]",
        '"perk.card"',
    ),
    change(
        "rule of no group",
        "access-unknown-group",
        RULES,
        'groups = ["perk.user"]',
        'groups = ["perk.usr"]',
        "[[rule]]",
        '"perk.user"',
    ),
    change(
        "rule of no operation", "security-unknown-operation", RULES, 'operations = ["read"]', 'operations = ["raed"]'
    ),
    domain("rule asks no field", '[["ownr", "=", 1]]', '"owner"'),
    domain("rule asks by no operator", '[["owner", "is", 1]]'),
    domain("rule compares with another type", '[["points", "=", "many"]]'),
    domain("rule of no variable", '[["owner", "=", { "$" = "usr" }]]'),
]
