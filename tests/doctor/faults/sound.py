"""A small addon without faults, and what it is to change it by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Final

Change = str | tuple[str, str] | None
"""The whole text of a file; a text in it and what is put in its place; or that there is no such file."""

SOUND: Final[Mapping[str, str]] = {
    "manifest.toml": """
        name = "perk"
        title = "Perks"
        version = "1.0.0"
        summary = "Points for faithful customers."
        description = "Customers collect points and get perks for them."
        license = "LGPL-3.0-or-later"
        tenon = ">=0.1,<2"
        depends = ["base", "web"]
        """,
    "__init__.py": '"""Points for faithful customers."""\n',
    "py.typed": "",
    "README.md": "# Perks\n",
    "models/__init__.py": '''
        """Models of perk."""

        from addons.perk.models.card import Card, Purchase

        __all__ = ["Card", "Purchase"]
        ''',
    "models/card.py": '''
        """Cards and what is bought with them."""

        from __future__ import annotations

        from addons.base.models import User
        from kernel.orm import Check, Model, exposed, fields


        class Card(Model, name="perk.card", order="name", title="name"):
            """A customer's card."""

            name = fields.Char("Name", required=True)
            level = fields.Selection([("silver", "Silver"), ("gold", "Gold")], default="silver")
            owner = fields.Many2one(User, "Owner")
            purchases = fields.One2many("perk.purchase", "Purchases", inverse="card")
            points = fields.Integer("Points", stored=True)
            joined = fields.Date("Joined")
            note = fields.Char("Note")
            _not_negative = Check("points >= 0", message="Points are never negative.")

            @points.compute("purchases.points")
            def _compute_points(self) -> None:
                for card in self:
                    card.points = sum(purchase.points for purchase in card.purchases)

            @exposed
            def upgrade(self) -> None:
                """Gold from now on."""
                self.write(level="gold")

            def _reckon(self, factor: int) -> int:
                return factor

            def reckon(self, factor: int) -> int:
                """Points times a factor."""
                return self._reckon(factor)


        class Purchase(Model, name="perk.purchase"):
            """Something bought with a card."""

            card = fields.Many2one(Card, "Card", required=True)
            points = fields.Integer("Points")
        ''',
    "hooks.py": '''
        """What perk answers, and what it offers."""

        from __future__ import annotations

        from kernel.addons import hookimpl, hookspec
        from kernel.orm import Env


        @hookspec
        def perk_given(env: Env, points: int) -> None:
            """Points were given."""


        @hookimpl
        def addon_installed(env: Env, addon: str) -> None:
            env.hooks(perk_given)(env=env, points=0)
        ''',
    "http.py": '''
        """Pages of perk."""

        from __future__ import annotations

        from kernel.http import Request, Response, route


        @route("/perk/card/<int:number>", auth="user")
        def card(request: Request, number: int) -> Response:
            """The page of a card."""
            return Response(str(number))
        ''',
    "settings.py": '''
        """Settings of perk."""

        from __future__ import annotations

        from kernel.addons import Settings


        class PerkSettings(Settings, addon="perk"):
            """What a tenant can choose."""

            points_per_euro: int = 1
            greeting: str = "Welcome"
        ''',
    "views/card.toml": """
        [menu.perk]
        title = "Perks"
        icon = "gift"

        [menu."perk.cards"]
        parent = "perk"
        title = "Cards"
        action = "perk.cards"

        [action."perk.cards"]
        title = "Cards"
        model = "perk.card"
        views = ["list", "form"]
        filters = ["gold"]

        [list."perk.card"]
        columns = ["name", { name = "level", widget = "status" }, "points"]
        order = "name"

        [search."perk.card"]
        fields = ["name"]

        [[search."perk.card".filter]]
        id = "gold"
        label = "Gold"
        domain = [["level", "=", "gold"]]

        [form."perk.card"]
        title = "name"

        [[form."perk.card".buttons]]
        method = "upgrade"
        label = "Upgrade"

        [[form."perk.card".section]]
        id = "main"
        fields = ["level", { name = "owner", widget = "chip" }]
        """,
    "data/cards.toml": """
        [["perk.card"]]
        id = "first"
        name = "First"
        level = "gold"
        joined = "2026-01-31"

        [["perk.purchase"]]
        id = "bought"
        card = "first"
        points = 3
        """,
    "data/perk.purchase.csv": """
        id,card,points
        row,first,4
        """,
    "security/groups.toml": """
        [[group]]
        id = "user"
        name = "Perks: user"
        """,
    "security/access.csv": """
        model,group,read,create,write,delete
        perk.card,perk.user,1,1,1,0
        perk.purchase,perk.user,1,1,1,0
        """,
    "security/rules.toml": """
        [[rule]]
        id = "own_cards"
        model = "perk.card"
        groups = ["perk.user"]
        operations = ["read"]
        domain = [["owner", "=", { "$" = "user" }]]
        """,
    "templates/card.html": """
        {% extends "perk/frame.html" %}
        {% block body %}{{ _("Welcome") }}{% endblock %}
        """,
    "templates/frame.html": """
        <main>{% block body %}{% endblock %}</main>
        """,
    "i18n/fr.po": """
        msgid ""
        msgstr "Content-Type: text/plain; charset=UTF-8\\n"

        #: http.py
        msgid "{n} points"
        msgstr "{n} points de fidélité"
        """,
    "migrations/0001_first.py": '''
        """First tables."""

        revision = "a1"
        down_revision = None
        ''',
    "tests/test_card.py": '"""Tests of perk."""\n',
}


@dataclass(frozen=True)
class Fault:
    """One fault: what is changed, and what the doctor says: rule, file, the line where `at` stands, the near word."""

    name: str
    rule: str
    file: str
    at: str = ""
    near: str = ""
    changes: Mapping[str, Change] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    """Files beside the addon, from the folder that contains `addons`."""
    line: int = 0
    """The line, where no text says it."""
    also: tuple[str, ...] = ()
    """Rules of faults that come with it by its nature."""


def change(name: str, rule: str, file: str, before: str, after: str, at: str = "", near: str = "") -> Fault:
    """A fault in one place of one file, told there: in the first line of what is new, unless `at` says where."""
    first = next(line for line in after.splitlines() if line.strip()) if after.strip() else ""
    return Fault(name, rule, file, at or first.strip(), near, {file: (before, after)})


def write(root: Path, fault: Fault | None = None) -> Path:
    """Write the addon with the fault below `root`; its folder."""
    folder = root / "addons" / "perk"
    texts: dict[str, str | None] = {path: clean(text) for path, text in SOUND.items()}
    for path, changed in (fault.changes if fault else {}).items():
        if isinstance(changed, tuple):
            before, after = changed
            text = texts[path] or ""
            assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {path}"
            texts[path] = text.replace(before, after)
        else:
            texts[path] = None if changed is None else clean(changed)
    texts |= {f"../../{path}": clean(text) for path, text in (fault.beside if fault else {}).items()}
    for path, text in texts.items():
        if text is not None:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).resolve().write_text(text, encoding="utf-8")
    return folder


def clean(text: str) -> str:
    """The text as it stands in a file."""
    return dedent(text).lstrip("\n")
