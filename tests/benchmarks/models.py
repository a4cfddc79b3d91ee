"""The schema of the workloads as models, and the rights of the normal user who works with them."""

from __future__ import annotations

from kernel.orm import AddonModels, Domain, Env, Model, Ports, Registry, fields

USER = 7


class Tag(Model, name="bench.tag"):
    """A label."""

    name = fields.Char("Name", required=True)


class Partner(Model, name="bench.partner", order="name, id"):
    """A person or a company, perhaps below another one."""

    name = fields.Char("Name", required=True)
    ref = fields.Char("Reference", index=True)
    email = fields.Char("E-mail")
    city = fields.Char("City")
    is_company = fields.Boolean("Company")
    credit = fields.Float("Credit")
    birthday = fields.Date("Birthday")
    parent = fields.Many2one["Partner"]("bench.partner", "Parent", ondelete="cascade")
    display = fields.Char("Display", stored=True)
    city_upper = fields.Char("City in capitals")
    tags = fields.Many2many(Tag, "Tags")

    @display.compute("name", "parent.name")
    def _compute_display(self) -> None:
        for partner in self:
            parent = partner.parent
            partner.display = f"{parent.name} / {partner.name}" if parent else partner.name

    @city_upper.compute("city")
    def _compute_city_upper(self) -> None:
        for partner in self:
            partner.city_upper = partner.city.upper()


class UserRights:
    """All operations on both models, on partners with a record rule."""

    def allowed(self, env: Env, model: str, operation: str) -> bool:
        """Everything of the benchmark's models."""
        return model in ("bench.partner", "bench.tag")

    def rule(self, env: Env, model: str, operation: str) -> Domain | None:
        """Partners whose credit is not negative."""
        return Partner.credit >= 0 if model == "bench.partner" else None

    def hidden_fields(self, env: Env, model: str) -> frozenset[str]:
        """None."""
        return frozenset()


def bench_registry() -> Registry:
    """The registry of the benchmark."""
    return Registry.build([AddonModels("bench", (Tag, Partner))])


def bench_ports() -> Ports:
    """Ports with the rights above and nothing else."""
    return Ports(policy=UserRights())
