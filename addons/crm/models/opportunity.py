"""Opportunities: the deals of the pipeline, and what happens when they move."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from addons.base.models import User
from addons.crm.models.account import Account
from addons.crm.models.contact import Contact
from addons.crm.models.pipeline import CLOSED, KINDS, Pipeline, Stage
from addons.crm.models.planned import Planned
from addons.crm.models.priced import Priced
from addons.crm.models.team import Team
from addons.crm.models.vocabulary import LostReason, Source, Tag
from kernel.errors import ValidationError
from kernel.orm import Check, Domain, exposed, fields

if TYPE_CHECKING:
    from addons.crm.models.activity import Activity
    from addons.crm.models.stage_event import StageEvent

SOURCES = (("stage", "Stage"), ("manual", "Set by hand"))
HEALTH = (("open", "On track"), ("overdue", "Next step overdue"), ("done", "Won"), ("lost", "Lost"))
RELOAD: dict[str, object] = {"action": {"type": "reload"}}


class Opportunity(
    Planned, Priced, name="crm.opportunity", order="close_date, id", title="name", label="Deal", extensible=True
):
    """A deal that may be won. Writing its stage moves it: the rules are checked, the move is noted."""

    name = fields.Char("Name", required=True, index="trigram")
    account = fields.Many2one(Account, "Account", ondelete="restrict")
    contact = fields.Many2one(Contact, "Main contact", ondelete="set null")
    contacts = fields.Many2many(Contact, "Others involved")
    stage = fields.Many2one(Stage, "Stage", required=True, ondelete="restrict", tracked=True)
    pipeline = fields.Many2one(Pipeline, "Pipeline", related="stage.pipeline", stored=True)
    kind = fields.Selection(KINDS, "Kind", related="stage.kind", stored=True, index=True)
    amount = fields.Money("Amount", tracked=True)
    manual_probability = fields.Integer("Probability set by hand", nullable=True, copy=False)
    probability = fields.Integer("Probability", stored=True)
    probability_source = fields.Selection(SOURCES, "Probability from", stored=True)
    weighted_amount = fields.Money("Weighted amount", stored=True)
    close_date = fields.Date("Close date", index=True, tracked=True, help="When it is expected to be decided, or was.")
    owner = fields.Many2one(User, "Owner", ondelete="set null", tracked=True)
    team = fields.Many2one(Team, "Team", ondelete="set null")
    tags = fields.Many2many(Tag, "Tags")
    source = fields.Many2one(Source, "Source", ondelete="set null")
    note = fields.Text("Notes")
    lost_reason = fields.Many2one(LostReason, "Lost reason", ondelete="restrict", copy=False, tracked=True)
    competitor = fields.Char("Lost to", copy=False)
    won_reason = fields.Char("Won because", copy=False)
    outcome_note = fields.Text("What we learned", copy=False)
    activities: fields.One2many[Activity] = fields.One2many("crm.activity", "Activities", inverse="opportunity")
    stage_events: fields.One2many[StageEvent] = fields.One2many(
        "crm.stage_event", "Stage history", inverse="opportunity"
    )
    stage_since = fields.Datetime("In this stage since", stored=True)
    closed_at = fields.Datetime("Closed at", stored=True)
    days_in_stage = fields.Integer("Days in this stage")
    rotting = fields.Boolean("Too long in this stage")
    health = fields.Selection(HEALTH, "Health")
    archived = fields.Boolean("Archived")

    _not_negative = Check("amount >= 0", message="The amount of a deal cannot be negative.")
    _percent = Check(
        "manual_probability IS NULL OR (manual_probability > 0 AND manual_probability < 100)",
        message="A probability set by hand is between 1 and 99; a deal is certain when it is won.",
    )

    # -- what a new deal begins with -------------------------------------------------------------------
    @stage.default
    def _default_stage(self) -> Stage:
        return self.env[Pipeline].search(limit=1).first_stage()

    @owner.default
    def _default_owner(self) -> int | None:
        return self.env.user_id

    # -- computed --------------------------------------------------------------------------------------
    @probability.compute("manual_probability", "stage.probability", "kind")
    def _compute_probability(self) -> None:
        for deal in self:
            by_hand = None if deal.kind in CLOSED else deal.manual_probability
            deal.probability = deal.stage.probability if by_hand is None else by_hand

    @probability.inverse
    def _inverse_probability(self) -> None:
        for deal in self:
            deal.manual_probability = deal.probability

    @probability_source.compute("manual_probability")
    def _compute_probability_source(self) -> None:
        for deal in self:
            deal.probability_source = "stage" if deal.manual_probability is None else "manual"

    @weighted_amount.compute("amount", "probability")
    def _compute_weighted_amount(self) -> None:
        for deal in self:
            deal.weighted_amount = deal.amount * deal.probability / Decimal(100)

    @stage_since.compute("stage_events.at")
    def _compute_stage_since(self) -> None:
        for deal in self:
            deal.stage_since = max((event.at for event in deal.stage_events), default=None)

    @closed_at.compute("stage_since", "kind")
    def _compute_closed_at(self) -> None:
        for deal in self:
            deal.closed_at = deal.stage_since if deal.kind in CLOSED else None

    @days_in_stage.compute("stage_since")
    def _compute_days_in_stage(self) -> None:
        now = self.env.now()
        for deal in self:
            deal.days_in_stage = (now - deal.stage_since).days if deal.stage_since else 0

    @rotting.compute("days_in_stage", "stage.rot_days", "kind")
    def _compute_rotting(self) -> None:
        for deal in self:
            limit = deal.stage.rot_days
            deal.rotting = deal.kind == "open" and 0 < limit < deal.days_in_stage

    @rotting.search
    def _search_rotting(self, operator: str, value: object) -> Domain:
        """Each stage has its own limit: one term per stage that has one."""
        now = self.env.now()
        stages = self.env[Stage].search((Stage.kind == "open") & (Stage.rot_days > 0))
        found = Domain.FALSE
        for stage in stages:
            limit = now - dt.timedelta(days=stage.rot_days + 1)
            found = found | ((Opportunity.stage == stage) & (Opportunity.stage_since <= limit))
        return found if (operator == "=") == bool(value) else ~found

    @health.compute("kind", "next_activity_date")
    def _compute_health(self) -> None:
        today = self.env.today()
        for deal in self:
            if deal.kind in CLOSED:
                deal.health = "done" if deal.kind == "won" else "lost"
            else:
                step = deal.next_activity_date
                deal.health = "overdue" if step is not None and step < today else "open"

    # -- moving ----------------------------------------------------------------------------------------
    @stage.validate
    def _check_stage(self) -> None:
        """What a stage needs is asked when a deal enters it, by drag and drop or otherwise."""
        model = self.env.registry.model("crm.opportunity")
        for deal in self:
            missing = [name for name in deal.stage.needed() if not getattr(deal, name)]
            if missing:
                labels = ", ".join(model.field(name).field.label for name in missing)
                raise ValidationError(
                    f'"{deal.name}" cannot enter "{deal.stage.name}" yet. Missing: {labels}.',
                    hint="Fill in what is missing together with the move.",
                    record=("crm.opportunity", deal.id),
                    field=missing[0],
                    fields=missing,
                    stage=deal.stage.id,
                )

    def forget_outcome(self) -> None:
        """Clear the reasons of a loss or a win that no longer holds; the history keeps the moves."""
        lost = self.filtered(lambda deal: deal.kind != "lost" and bool(deal.lost_reason or deal.competitor))
        lost.write(lost_reason=None, competitor="")
        self.filtered(lambda deal: deal.kind != "won" and bool(deal.won_reason)).write(won_reason="")

    @exposed
    def mark_won(self, reason: str = "") -> dict[str, object]:
        """Move deals to the won stage of their pipeline."""
        for deal in self:
            values: dict[str, object] = {"stage": deal.pipeline.stage_of_kind("won").id}
            if reason:
                values["won_reason"] = reason
            deal.write(**values)
        return RELOAD

    @exposed
    def mark_lost(self, reason: int | None = None, competitor: str = "", note: str = "") -> dict[str, object]:
        """Move deals to the lost stage of their pipeline; a reason is needed."""
        given = {"lost_reason": reason, "competitor": competitor, "outcome_note": note}
        for deal in self:
            stage = deal.pipeline.stage_of_kind("lost")
            deal.write(stage=stage.id, **{name: value for name, value in given.items() if value})
        return RELOAD

    @exposed
    def reopen(self) -> dict[str, object]:
        """Put closed deals back into the stage they were in before; reasons are cleared, history is kept."""
        for deal in self.filtered(lambda deal: deal.kind in CLOSED):
            open_stages = [event.to_stage for event in deal.stage_events if event.to_stage.kind not in CLOSED]
            deal.stage = open_stages[-1] if open_stages else deal.pipeline.first_stage()
        return RELOAD

    @exposed
    def reset_probability(self) -> dict[str, object]:
        """Take the probability from the stage again."""
        self.write(manual_probability=None)
        return RELOAD
