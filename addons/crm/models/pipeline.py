"""Pipelines and their stages."""

from __future__ import annotations

from addons.crm.models.team import Team
from kernel.errors import ValidationError, suggest
from kernel.orm import Check, Model, Unique, fields

KINDS = (("open", "Open"), ("hold", "On hold"), ("won", "Won"), ("lost", "Lost"))
CLOSED = ("won", "lost")

#: What a deal needs to be closed, whatever a stage says besides.
NEEDED: dict[str, tuple[str, ...]] = {"won": ("amount", "close_date"), "lost": ("lost_reason",)}


class Pipeline(Model, name="crm.pipeline", order="sequence, id", title="name"):
    """A way of selling: the stages a deal goes through."""

    name = fields.Char("Name", required=True)
    sequence = fields.Integer("Order", default=100)
    team = fields.Many2one(Team, "Team", help="Empty: for all teams.")
    stages: fields.One2many[Stage] = fields.One2many("crm.stage", "Stages", inverse="pipeline")
    archived = fields.Boolean("Archived")

    _name_once = Unique("name", message="There is a pipeline with this name already.")

    def first_stage(self) -> Stage:
        """The stage new deals of this pipeline begin in; empty where there is none."""
        return self.env[Stage].search((Stage.pipeline == self) & (Stage.kind == "open"), limit=1)

    def stage_of_kind(self, kind: str) -> Stage:
        """The first stage of a kind; an error tells a manager to add one."""
        self.ensure_one()
        found = self.env[Stage].search((Stage.pipeline == self) & (Stage.kind == kind), limit=1)
        if not found:
            raise ValidationError(
                f'The pipeline "{self.name}" has no stage of the kind "{Stage.kind.text(kind)}".',
                hint="A manager can add one under Configuration, Stages.",
                record=("crm.pipeline", self.id),
                field="stages",
            )
        return found


class Stage(Model, name="crm.stage", order="pipeline, sequence, id", title="name"):
    """A column of the board. What it means for a deal is its kind, never its name."""

    name = fields.Char("Name", required=True)
    pipeline = fields.Many2one(Pipeline, "Pipeline", required=True, ondelete="cascade")
    sequence = fields.Integer("Order", default=100)
    kind = fields.Selection(KINDS, "Kind", required=True, default="open")
    probability = fields.Integer("Probability", help="Percent that deals in this stage are won.")
    rot_days = fields.Integer("Days until a deal is stale", help="0: never.")
    fold = fields.Boolean("Folded on the board")
    required_fields = fields.Char(
        "Needed to enter", help="Fields a deal must have before it enters, separated by commas."
    )

    _name_once = Unique("pipeline", "name", message="This pipeline has a stage with this name already.")
    _percent = Check("probability >= 0 AND probability <= 100", message="A probability is between 0 and 100.")
    _patient = Check("rot_days >= 0", message="The days until a deal is stale cannot be negative.")

    @pipeline.default
    def _default_pipeline(self) -> Pipeline:
        return self.env[Pipeline].search(limit=1)

    @required_fields.validate
    def _check_required_fields(self) -> None:
        known = self.env.registry.model("crm.opportunity").fields
        for stage in self:
            for name in stage.needed():
                if name not in known:
                    raise ValidationError(
                        f'A deal has no field "{name}".{suggest(name, known)}',
                        hint="Give names of fields, separated by commas, for example: amount, close_date",
                        record=("crm.stage", stage.id),
                        field="required_fields",
                    )

    def needed(self) -> tuple[str, ...]:
        """Names of the fields a deal must have to enter this stage."""
        own = tuple(name.strip() for name in self.required_fields.split(",") if name.strip())
        return tuple(dict.fromkeys((*own, *NEEDED.get(self.kind, ()))))
