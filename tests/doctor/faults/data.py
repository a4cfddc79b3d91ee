"""Records in data files that cannot be loaded."""

from __future__ import annotations

from tests.doctor.faults.sound import Fault, change

FILE, CSV = "data/cards.toml", "data/perk.purchase.csv"


def value(name: str, rule: str, line: str, near: str = "", before: str = 'level = "gold"') -> Fault:
    """A value in the first record; a record's faults are told at its first line."""
    return change(name, rule, FILE, before, line, '[["perk.card"]]', near)


FAULTS = [
    Fault(
        "record of no model",
        "data-unknown-model",
        "data/more.toml",
        "[[",
        '"perk.card"',
        {"data/more.toml": '[["perk.crad"]]\nid = "x"\nname = "X"\n'},
    ),
    value("value of no field", "data-unknown-field", 'levl = "gold"', '"level"'),
    value("choice that is none", "data-bad-value", 'level = "glod"', '"gold"'),
    value("number a text", "data-computed-field", "points = 5"),
    value("date that is none", "data-bad-value", 'joined = "31.1.2026"', before='joined = "2026-01-31"'),
    value("moment that is none", "data-bad-value", 'joined = "@today+3x"', "@today", before='joined = "2026-01-31"'),
    value("text a number", "data-bad-value", "name = 5", before='name = "First"'),
    value("required left out", "data-missing-value", "", '"name"', before='name = "First"\n'),
    value("lines from the wrong side", "data-other-side", 'purchases = ["bought"]'),
    value("link to a number", "data-bad-value", "owner = 5"),
    value("link to another model", "data-bad-value", 'owner = "bought"', "base.user"),
    change(
        "link to no record",
        "data-unknown-reference",
        FILE,
        'card = "first"',
        'card = "frst"',
        '[["perk.purchase"]]',
        '"perk.first"',
    ),
    change("number that is a text", "data-bad-value", FILE, "points = 3", 'points = "three"', '[["perk.purchase"]]'),
    change("id twice", "data-duplicate-id", FILE, 'id = "bought"', 'id = "first"', '[["perk.purchase"]]'),
    change("id missing", "data-missing-id", FILE, 'id = "bought"', "", '[["perk.purchase"]]'),
    change("id that is none", "data-bad-id", FILE, 'id = "bought"', 'id = "Bought now"', '[["perk.purchase"]]'),
    change(
        "policy that is none",
        "data-bad-policy",
        FILE,
        'id = "bought"',
        'id = "bought"\n_policy = "alway"',
        '[["perk.purchase"]]',
        '"always"',
    ),
    change("records as one table", "data-wrong-shape", FILE, '[["perk.purchase"]]', '["perk.purchase"]'),
    change("row too short", "csv-wrong-width", CSV, "row,first,4", "row,first"),
    change("row without its id first", "data-first-column", CSV, "id,card,points", "card,id,points"),
    change("cell no number", "data-bad-value", CSV, "row,first,4", "row,first,four"),
    change(
        "column of no field", "data-unknown-field", CSV, "id,card,points", "id,card,pionts", "row,first", '"points"'
    ),
    Fault(
        "secret",
        "data-secret-or-file",
        FILE,
        '[["perk.card"]]',
        changes={
            FILE: ('level = "gold"', 'pin = "1234"'),
            "models/card.py": (
                '    joined = fields.Date("Joined")\n',
                '    joined = fields.Date("Joined")\n    pin = fields.Char("PIN", secret=True)\n',
            ),
        },
    ),
    Fault(
        "records that need each other",
        "data-circular",
        "data/more.toml",
        '[["perk.ring"]]',
        changes={
            "data/more.toml": '[["perk.ring"]]\nid = "a"\nnext = "b"\n\n[["perk.ring"]]\nid = "b"\nnext = "a"\n',
            "models/ring.py": '"""Rings."""\n\nfrom __future__ import annotations\n\nfrom kernel.orm import Model, fields\n\n\nclass Ring(Model, name="perk.ring", transient=True):\n    """A ring."""\n\n    next = fields.Many2one("perk.ring", "Next", required=True)\n',
        },
    ),
]
