"""A till: sales with keys of every kind, and a policy and clocks that a test sets."""

from __future__ import annotations

import datetime as dt
from typing import Any

from kernel.orm import Domain, Env, Model, UserInfo, fields


class Coin(Model, name="till.coin", order="code", title="code"):
    """A currency."""

    code = fields.Char(required=True)
    decimals = fields.Integer(default=2)


class Clerk(Model, name="till.clerk", order="rank, name", title="name"):
    """Somebody who sells."""

    name = fields.Char(required=True)
    rank = fields.Integer()
    pay = fields.Integer()
    boss: fields.Many2one[Clerk] = fields.Many2one("till.clerk")


class Label(Model, name="till.label", order="name", title="name"):
    """What a sale is about."""

    name = fields.Char(required=True)
    open = fields.Boolean(default=True)


class Sale(Model, name="till.sale", order="id", title="text"):
    """What was sold."""

    text = fields.Char()
    kind = fields.Selection([("shop", "In the shop"), ("web", "On the web")])
    paid = fields.Boolean()
    pieces = fields.Integer()
    score = fields.Integer(nullable=True)
    weight = fields.Float()
    wait = fields.Duration()
    day = fields.Date()
    at = fields.Datetime()
    clerk = fields.Many2one(Clerk)
    labels = fields.Many2many(Label)
    coin = fields.Many2one(Coin)
    amount = fields.Money(currency="coin")
    secret = fields.Char(secret=True)
    margin = fields.Integer()


class Policy:
    """Rules and hidden fields by model; all is allowed."""

    def __init__(self) -> None:
        self.rules: dict[str, Domain] = {}
        self.hidden: dict[str, frozenset[str]] = {}
        self.closed: set[str] = set()

    def allowed(self, env: Env, model: str, operation: str) -> bool:
        return model not in self.closed

    def rule(self, env: Env, model: str, operation: str) -> Domain | None:
        return self.rules.get(model)

    def hidden_fields(self, env: Env, model: str) -> frozenset[str]:
        return self.hidden.get(model, frozenset())


class Clocks:
    """Users whose zone a test chooses."""

    tz = "UTC"
    language = "en"

    def user(self, env: Env, id: int) -> UserInfo:
        return UserInfo(id, tz=self.tz, language=self.language)


def sale(day: str | None, **values: Any) -> dict[str, Any]:
    return {"day": None if day is None else dt.date.fromisoformat(day), **values}
