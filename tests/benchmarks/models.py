"""The schema of the workloads as models, and the rights of the normal user who works with them."""

from __future__ import annotations

from kernel.orm import AddonModels, Domain, Env, Model, Ports, Registry, fields

USER = 7


class Tag(Model, name="bench.tag"):
    """A label."""

    name = fields.Char("Name", required=True)


class Person(Model, abstract=True):
    """What both forms of the partner have."""

    name = fields.Char("Name", required=True)
    ref = fields.Char("Reference", index=True)
    email = fields.Char("E-mail")
    city = fields.Char("City")
    is_company = fields.Boolean("Company")
    credit = fields.Float("Credit")
    birthday = fields.Date("Birthday")
    city_upper = fields.Char("City in capitals")
    tags = fields.Many2many(Tag, "Tags")

    @city_upper.compute("city")
    def _compute_city_upper(self) -> None:
        for partner in self:
            partner.city_upper = partner.city.upper()


class Partner(Person, name="bench.partner", order="name, id"):
    """A person or a company, perhaps below another one."""

    parent = fields.Many2one["Partner"]("bench.partner", "Parent", ondelete="cascade")
    display = fields.Char("Display", stored=True)

    @display.compute("name", "parent.name")
    def _compute_display(self) -> None:
        for partner in self:
            parent = partner.parent
            partner.display = f"{parent.name} / {partner.name}" if parent else partner.name


class PartnerInSql(Person, name="bench.partner", order="name, id"):
    """The same model; its `display` is known to the database, too."""

    parent = fields.Many2one["PartnerInSql"]("bench.partner", "Parent", ondelete="cascade")
    display = fields.Char("Display", stored=True, sql="coalesce(parent.name || ' / ', '') || name")

    @display.compute("name", "parent.name")
    def _compute_display(self) -> None:
        for partner in self:
            parent = partner.parent
            partner.display = f"{parent.name} / {partner.name}" if parent else partner.name


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


def bench_registry(partner: type[Person] = Partner) -> Registry:
    """The registry of the benchmark, with one form of the partner."""
    return Registry.build([AddonModels("bench", (Person, Tag, partner))])


def bench_ports() -> Ports:
    """Ports with the rights above and nothing else."""
    return Ports(policy=UserRights())
