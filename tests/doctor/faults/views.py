"""View files that name what there is not."""

from __future__ import annotations

from tests.doctor.faults.sound import Fault, change

FILE = "views/card.toml"
NOTE = '    note = fields.Char("Note")\n'
BEGINS = '''    begins = fields.Datetime("Begins")

    @begins.compute("joined")
    def _compute_begins(self) -> None:
        """Never."""
        for card in self:
            card.begins = None

'''
COLUMNS = 'columns = ["name", { name = "level", widget = "status" }, "points"]'


def columns(name: str, rule: str, text: str, near: str = "") -> Fault:
    return change(name, rule, FILE, COLUMNS, f"columns = {text}", near=near)


def more(name: str, rule: str, text: str, at: str, near: str = "") -> Fault:
    return Fault(name, rule, "views/more.toml", at, near, {"views/more.toml": text})


FAULTS = [
    columns("column of no field", "view-unknown-field", '["name", "pionts"]', '"points"'),
    columns("column a number", "view-wrong-type", '["name", 5]'),
    columns("column key unknown", "view-unknown-key", '[{ name = "points", widht = 5 }]', '"width"'),
    columns("column without a name", "view-missing-key", "[{ width = 5 }]"),
    columns("widget unknown", "view-unknown-widget", '[{ name = "level", widget = "statsu" }]', '"status"'),
    columns("widget of another type", "view-wrong-widget", '[{ name = "points", widget = "chip" }]'),
    columns("widget without a script", "view-missing-client", '[{ name = "points", widget = "perk.stars" }]'),
    Fault(
        "widget not in the script",
        "view-unknown-widget",
        FILE,
        "perk.strs",
        '"perk.stars"',
        {
            FILE: (COLUMNS, 'columns = [{ name = "points", widget = "perk.strs" }]'),
            "static/web/main.js": 'registry.category("widgets").add("perk.stars", Stars);\n',
        },
    ),
    change("order of no field", "view-unknown-field", FILE, 'order = "name"', 'order = "nmae"', near='"name"'),
    change("order upward", "view-bad-order", FILE, 'order = "name"', 'order = "name up"'),
    change(
        "filter of no field",
        "view-bad-domain",
        FILE,
        'domain = [["level", "=", "gold"]]',
        'domain = [["levl", "=", "gold"]]',
        near='"level"',
    ),
    change(
        "filter by no operator",
        "view-bad-domain",
        FILE,
        'domain = [["level", "=", "gold"]]',
        'domain = [["level", "==", "gold"]]',
    ),
    change(
        "button of no method", "view-unknown-method", FILE, 'method = "upgrade"', 'method = "upgrad"', near='"upgrade"'
    ),
    change(
        "button of an inner method",
        "view-inner-method",
        FILE,
        'method = "upgrade"',
        'method = "reckon"',
        near="@exposed",
    ),
    change("section without an id", "view-missing-key", FILE, 'id = "main"\n', "", '[[form."perk.card".section]]'),
    change("id that is none", "view-wrong-value", FILE, 'id = "main"', 'id = "Main part"'),
    change("menu below none", "view-unknown-menu", FILE, 'parent = "perk"', 'parent = "prek"', near='"perk"'),
    change("menu below its own", "view-menu-circle", FILE, 'parent = "perk"', 'parent = "perk.cards"'),
    change(
        "menu opens none",
        "view-unknown-action",
        FILE,
        'action = "perk.cards"',
        'action = "perk.crads"',
        near='"perk.cards"',
    ),
    change(
        "menu for no group", "view-unknown-group", FILE, 'icon = "gift"', 'groups = ["perk.usr"]', near='"perk.user"'
    ),
    change(
        "action with no filter", "view-unknown-filter", FILE, 'filters = ["gold"]', 'filters = ["glod"]', near='"gold"'
    ),
    change(
        "action with no such type",
        "view-wrong-value",
        FILE,
        'views = ["list", "form"]',
        'views = ["list", "from"]',
        near='"form"',
    ),
    change("action with a board", "view-missing-view", FILE, 'views = ["list", "form"]', 'views = ["list", "board"]'),
    more("view of no model", "view-unknown-model", '[list."perk.crad"]\ncolumns = ["name"]\n', "[list", '"perk.card"'),
    more("view of no type", "view-unknown-table", '[lst."perk.card"]\ncolumns = ["name"]\n', "[lst", '"list"'),
    more("view twice", "view-duplicate", '[list."perk.card"]\ncolumns = ["name"]\n', "[list", "card.toml"),
    more(
        "action of another addon",
        "view-wrong-owner",
        '[action.other]\ntitle = "O"\nmodel = "perk.card"\nviews = ["list"]\n',
        "[action",
    ),
    more(
        "board by a number",
        "view-wrong-field-type",
        '[board."perk.card"]\ngroup = "points"\ncard = { title = "name" }\n',
        "group",
        "selection",
    ),
    more(
        "extends no view",
        "view-unknown-target",
        '[[extend."form.perk.crad"]]\nremove = "level"\n',
        "[[extend",
        '"form.perk.card"',
    ),
    more(
        "extends at nothing",
        "view-unknown-anchor",
        '[[extend."form.perk.card"]]\nafter = "levl"\nfields = ["joined"]\n',
        "after",
        '"level"',
    ),
    more(
        "extends twofold",
        "view-bad-extension",
        '[[extend."form.perk.card"]]\nafter = "level"\nbefore = "owner"\nfields = ["joined"]\n',
        "[[extend",
    ),
    more(
        "extends what is two things",
        "view-ambiguous-anchor",
        '[[extend."form.perk.card"]]\ninside = "form"\nsection = { id = "level", fields = ["joined"] }\n\n[[extend."form.perk.card"]]\nremove = "level"\n',
        "remove",
        "field:level",
    ),
    Fault(
        "calendar by what is not stored",
        "view-not-searchable",
        "views/more.toml",
        "start",
        '"begins"',
        {
            "views/more.toml": '[calendar."perk.card"]\ntitle = "name"\nstart = "begins"\nend = "created_at"\n',
            "models/card.py": (NOTE, NOTE + BEGINS),
        },
    ),
]
