"""Weekly schedules: when somebody works, or a room is open, as wall time."""

from __future__ import annotations

import re

from addons.booking.engine import WeeklyRule
from kernel.errors import ValidationError
from kernel.orm import Model, Unique, fields, validates

WEEKDAYS = (
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
)
WEEKS = (("every", "Every week"), ("odd", "Odd weeks"), ("even", "Even weeks"))
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


class Schedule(Model, name="booking.schedule", order="name, id", title="name"):
    """The hours of a week. They are in the time zone of whoever keeps them."""

    name = fields.Char("Name", required=True)
    rules: fields.One2many[ScheduleRule] = fields.One2many("booking.schedule_rule", "Hours", inverse="schedule")
    archived = fields.Boolean("Archived")

    _name_once = Unique("name", message="There is a schedule with this name already.")

    def weekly(self) -> tuple[WeeklyRule, ...]:
        """The rules as the slot engine takes them."""
        return tuple(rule.weekly() for rule in self.ensure_one().rules)


class ScheduleRule(Model, name="booking.schedule_rule", order="weekday, begins, id", title="begins"):
    """Open on one weekday from one time until another; several make a day with breaks."""

    schedule = fields.Many2one(Schedule, "Schedule", required=True, ondelete="cascade")
    weekday = fields.Selection(WEEKDAYS, "Day", required=True)
    begins = fields.Char("From", required=True, size=5, help="Like 09:00.")
    ends = fields.Char("To", required=True, size=5, help="Like 17:30; 24:00 is midnight.")
    valid_from = fields.Date("Valid from")
    valid_to = fields.Date("Valid to")
    weeks = fields.Selection(WEEKS, "Weeks", required=True, default="every")

    @validates("begins", "ends")
    def _check_hours(self) -> None:
        for rule in self:
            for name, text in (("begins", rule.begins), ("ends", rule.ends)):
                if not CLOCK.fullmatch(text):
                    raise _wrong(f'"{text}" is no time of day.', "Write it like 09:00.", rule, name)
            if rule.begins >= rule.ends:
                raise _wrong(
                    f"{rule.begins} to {rule.ends} ends before it begins.",
                    "Hours past midnight are two rules: until 24:00, and from 00:00 of the next day.",
                    rule,
                    "ends",
                )

    def weekly(self) -> WeeklyRule:
        """The rule as the slot engine takes it."""
        weeks = self.weeks if self.weeks in ("odd", "even") else "every"
        return WeeklyRule(
            int(self.weekday),
            minutes(self.begins),
            minutes(self.ends),
            self.valid_from,
            self.valid_to,
            weeks,  # type: ignore[arg-type]
        )


def minutes(clock: str) -> int:
    """Minutes since midnight of a time like 09:30."""
    hours, past = clock.split(":")
    return int(hours) * 60 + int(past)


def _wrong(text: str, hint: str, rule: ScheduleRule, field: str) -> ValidationError:
    return ValidationError(text, hint=hint, record=("booking.schedule_rule", rule.id), field=field)
