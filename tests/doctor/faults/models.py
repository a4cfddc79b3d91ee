"""Models that mean nothing, or do not fit together."""

from __future__ import annotations

from tests.doctor.faults.sound import Fault, change

CARD = "models/card.py"
HEAD = 'class Card(Model, name="perk.card", order="name", title="name"):'
NOTE = '    note = fields.Char("Note")\n'
EXTENSION = '''
    """An extension."""

    from __future__ import annotations

    from addons.base.models import User
    from addons.perk.models.card import Card
    from kernel.orm import Model, fields


    {body}
    '''


def extension(name: str, rule: str, body: str, at: str, near: str = "", *also: str) -> Fault:
    indented = body.replace("\n", "\n    ")
    return Fault(name, rule, "models/more.py", at, near, {"models/more.py": EXTENSION.format(body=indented)}, also=also)


def field(name: str, rule: str, line: str, near: str = "") -> Fault:
    """A wrong field in place of `note`."""
    return change(name, rule, CARD, NOTE, f"    {line}\n", line, near)


FAULTS = [
    field(
        "link to no model",
        "model-unknown-model",
        'note = fields.Many2one("perk.purchas", "Note")',
        '"perk.purchase"',
    ),
    field("link to an addon that is not needed", "model-unknown-model", 'note = fields.Many2one("crm.lead", "Note")'),
    field(
        "reference to no model",
        "model-unknown-model",
        'note = fields.Reference("Note", models=["perk.purchas"])',
        '"perk.purchase"',
    ),
    field(
        "inverse not there",
        "model-unknown-field",
        'note = fields.One2many("perk.purchase", "Note", inverse="crad")',
        '"card"',
    ),
    field(
        "inverse no link back",
        "model-wrong-inverse",
        'note = fields.One2many("perk.purchase", "Note", inverse="points")',
    ),
    field("option unknown", "model-unknown-option", 'note = fields.Date("Note", requird=True)', '"required"'),
    field("default of another type", "model-bad-option", 'note = fields.Integer("Note", default="many")'),
    field("default no choice", "model-bad-option", 'note = fields.Selection([("a", "A"), ("b", "B")], default="c")'),
    field("index that means nothing", "model-bad-option", 'note = fields.Date("Note", index="trigram")'),
    field("computed without a method", "model-bad-option", 'note = fields.Date("Note", stored=False)', "compute"),
    field("related to nothing", "model-unknown-field", 'note = fields.Char("Note", related="owner.nme")', '"name"'),
    field(
        "required and set null",
        "model-declaration",
        'note = fields.Many2one(User, "Note", required=True, ondelete="set null")',
    ),
    field("choice no pair", "model-declaration", 'note = fields.Selection(["a"])'),
    field("name of every record", "model-field-name", 'browse = fields.Date("Note")'),
    field("currency not there", "model-unknown-field", 'note = fields.Money("Note", currency="curency")'),
    field("translated number", "model-bad-option", 'note = fields.Integer("Note", translate=True)'),
    change(
        "depends on no field",
        "model-unknown-field",
        CARD,
        '@points.compute("purchases.points")',
        '@points.compute("purchases.pionts")',
        'points = fields.Integer("Points", stored=True)',
        '"points"',
    ),
    change(
        "depends over no link",
        "model-unknown-field",
        CARD,
        '@points.compute("purchases.points")',
        '@points.compute("name.points")',
        'points = fields.Integer("Points", stored=True)',
    ),
    change(
        "circle of computed",
        "model-circular-compute",
        CARD,
        '@points.compute("purchases.points")',
        '@points.compute("points")',
        'points = fields.Integer("Points", stored=True)',
    ),
    change("order by nothing", "model-unknown-field", CARD, 'order="name"', 'order="nmae"', "class Card", '"name"'),
    change("title of nothing", "model-unknown-field", CARD, 'title="name"', 'title="nmae"', "class Card", '"name"'),
    change(
        "class option unknown", "model-unknown-option", CARD, 'order="name"', 'ordr="name"', "class Card", '"order"'
    ),
    change(
        "check of no column",
        "model-unknown-field",
        CARD,
        'Check("points >= 0"',
        'Check("pionts >= 0"',
        "_not_negative",
        '"points"',
    ),
    change(
        "check of a link",
        "model-unknown-column",
        CARD,
        'Check("points >= 0"',
        'Check("owner > 0"',
        "_not_negative",
        '"owner_id"',
    ),
    extension("name of no form", "model-wrong-name", 'class More(Model, name="more"):\n    """More."""', "class More"),
    extension(
        "name of another addon",
        "model-wrong-name",
        'class More(Model, name="base.more"):\n    """More."""',
        "class More",
        '"perk.',
    ),
    extension("model twice", "model-twice", 'class More(Model, name="perk.card"):\n    """More."""', "class More"),
    extension("neither new nor extension", "model-declaration", 'class More(Model):\n    """More."""', "class More"),
    extension(
        "field twice",
        "model-field-twice",
        'class More(Card, extend=True):\n    points = fields.Integer("Points")',
        "points = ",
    ),
    extension(
        "field of another type",
        "model-field-twice",
        'class More(Card, extend=True):\n    name = fields.Integer("Name")',
        "name = ",
    ),
    extension(
        "other parameters",
        "model-wrong-override",
        'class More(Card, extend=True):\n    def reckon(self) -> int:\n        """None."""\n        return 0',
        "def reckon",
    ),
    extension(
        "override of a compute",
        "model-override-without-inputs",
        'class More(Card, extend=True):\n    def _compute_points(self) -> None:\n        """None."""\n        super()._compute_points()',
        "def _compute_points",
        "@Card.points.compute",
    ),
    extension(
        "checks no field",
        "model-unknown-field",
        'class More(Card, extend=True):\n    _more = __import__("kernel.orm", fromlist=["Check"]).Check("levl = 1", message="No.")',
        "_more = ",
        '"level"',
    ),
    extension(
        "a query of nothing",
        "model-does-not-fit",
        'class More(Model, name="perk.more", query="DELETE FROM x"):\n    """More."""',
        "class More",
        "SELECT",
        "access-missing-rows",
    ),
    extension(
        "says nothing",
        "model-missing-docstring",
        'class More(Model, name="perk.more", transient=True):\n    amount = fields.Integer("Amount")',
        "class More",
    ),
    extension(
        "nobody may read",
        "access-missing-rows",
        'class More(Model, name="perk.more"):\n    """More."""\n\n    amount = fields.Integer("Amount")',
        "class More",
    ),
    Fault(
        "extends what is not there",
        "model-unknown-extended",
        "models/more.py",
        "class More",
        also=("python-import-outside-depends",),
        changes={
            "models/more.py": '''
            """An extension of what is not needed."""

            from addons.crm.models import Contact
            from kernel.orm import Model


            class More(Contact, extend=True):
                """More."""
            ''',
        },
    ),
]
