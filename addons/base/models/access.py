"""Access rows and record rules: what a group may do with a model, and with which records of it."""

from __future__ import annotations

from addons.base.models.group import Group
from kernel.errors import TenonError, ValidationError
from kernel.orm import Domain, Model, Unique, fields, validates

#: Values that a rule may ask for; here only their type matters.
EXAMPLES = {"user": 0, "companies": (), "today": "2000-01-01", "now": "2000-01-01T00:00:00Z"}


class Access(Model, name="base.access", order="model, grantee, id", title="model"):
    """What one group may do with one model. Without a row nobody may do anything."""

    model = fields.Char("Model", required=True, index=True)
    grantee = fields.Many2one(Group, "Group", required=True, ondelete="cascade")
    may_read = fields.Boolean("Read")
    may_create = fields.Boolean("Create")
    may_write = fields.Boolean("Change")
    may_delete = fields.Boolean("Delete")
    addon = fields.Char("Declared by", readonly=True, copy=False, index=True)

    _once = Unique("model", "grantee", message="This group has a row for this model already.")


class Rule(Model, name="base.rule", order="model, name, id", title="name"):
    """Which records of a model people may touch. Rules of groups add up; rules for all narrow."""

    name = fields.Char("Name", required=True)
    model = fields.Char("Model", required=True, index=True)
    groups = fields.Many2many(Group, "Groups", help="Empty: the rule narrows what everybody sees.")
    domain = fields.Json("Records", help="A domain in wire form.")
    on_read = fields.Boolean("Read", default=True)
    on_create = fields.Boolean("Create", default=True)
    on_write = fields.Boolean("Change", default=True)
    on_delete = fields.Boolean("Delete", default=True)
    key = fields.Char("Technical name", readonly=True, copy=False)
    addon = fields.Char("Declared by", readonly=True, copy=False, index=True)

    _key_once = Unique("key", message="There is a rule with this technical name already.")

    @validates("model", "domain")
    def _check_domain(self) -> None:
        for rule in self:
            try:
                info = self.env.registry.model(rule.model)
                Domain.from_wire(rule.domain or [], variables=EXAMPLES).check(info)
            except TenonError as fault:
                raise ValidationError(
                    f'The rule "{rule.name}" does not work: {fault.text}',
                    hint=fault.hint,
                    record=("base.rule", rule.id),
                    field="domain",
                ) from fault
