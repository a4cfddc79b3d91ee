"""Series of numbers: what records are called by, and how far each counter is."""

from __future__ import annotations

from addons.base.models.company import Company
from kernel.errors import ValidationError
from kernel.orm import Check, Model, Unique, fields, validates
from kernel.orm.writing.number_pattern import check_pattern

PERIODS = [("year", "Every year"), ("month", "Every month")]


class Sequence(Model, name="base.sequence", order="name, id", title="name", label="Number series"):
    """The numbers of one field of a model; made when its addon is installed."""

    key = fields.Char("Field", required=True, readonly=True, help="The model and its field.")
    name = fields.Char("Name", required=True)
    pattern = fields.Char(
        "Pattern", required=True, size=60, help="Has {seq} or {seq:05}; and {year} {yy} {month} {day} {company}."
    )
    declared = fields.Char("Pattern of the addon", readonly=True)
    gapless = fields.Boolean("Without gaps", readonly=True)
    by_company = fields.Boolean("Each company by itself", readonly=True)
    period = fields.Selection(PERIODS, "Begins anew", readonly=True)
    counters: fields.One2many[Counter] = fields.One2many("base.counter", "Counters", inverse="sequence")

    _key_once = Unique("key", message="This field has a series of numbers already.")

    @validates("pattern", "period")
    def _check_pattern(self) -> None:
        for sequence in self:
            try:
                check_pattern(sequence.pattern, sequence.period or "")
            except ValueError as reason:
                raise ValidationError(f"{reason}.", record=("base.sequence", sequence.id), field="pattern") from None


class Counter(Model, name="base.counter", order="sequence, company, period desc, id", title="period"):
    """How far the numbers of one series, company and period are.

    Numbers without gaps are counted in `next`, under a lock of the row; others by an SQL sequence that has the id
    of the row in its name, so that nobody waits.
    """

    sequence = fields.Many2one(Sequence, "Series", required=True, readonly=True, ondelete="cascade", index=True)
    company = fields.Many2one(Company, "Company", readonly=True, ondelete="cascade")
    period = fields.Char("Period", readonly=True, help="2026, or 2026-11; empty: all time.")
    next = fields.Integer("Counted", default=1, readonly=True)
    upcoming = fields.Integer("Next number", help="The number that the next record gets.")

    _once = Unique("sequence", "company", "period", unset_equal=True, message="There is such a counter already.")
    _positive = Check("next >= 1", message="Numbers begin at 1.")

    @property
    def sql(self) -> str:
        """The quoted name of the SQL sequence that counts where gaps are allowed."""
        return sequence_name(self.id)

    @upcoming.compute("next", "sequence.gapless")
    def _compute_upcoming(self) -> None:
        for counter in self:
            counter.upcoming = counter.next
            if not counter.sequence.gapless:
                ((last, called),) = self.env.tx.rows(f"SELECT last_value, is_called FROM {counter.sql}")
                counter.upcoming = last + 1 if called else last

    @upcoming.inverse
    def _set_upcoming(self) -> None:
        for counter in self:
            if counter.upcoming < 1:
                raise ValidationError("Numbers begin at 1.", record=("base.counter", counter.id), field="upcoming")
            if not counter.sequence.gapless:
                self.env.tx.execute(f"SELECT setval('{counter.sql}', %s, false)", (counter.upcoming,))
            counter.next = counter.upcoming


def sequence_name(counter: int) -> str:
    """The quoted name of the SQL sequence of a counter."""
    return f'"base"."number_{int(counter)}"'
