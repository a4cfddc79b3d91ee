"""The slot engine: which times can be booked, and why the others cannot. Pure: no database, no clock.

Rules are wall time in a zone; everything that is computed is UTC. A slot is offered if `judge` finds no
reason against it, and it is booked only if the same `judge`, asked again under the lock, finds none: what
is offered and what can be booked cannot drift apart.
"""

from addons.booking.engine.hours import WeeklyRule, day_hours, open_hours
from addons.booking.engine.intervals import Intervals
from addons.booking.engine.matching import Need, Supply
from addons.booking.engine.slots import Question, Reason, Terms, Verdict, judge, offered, starts, verdicts
from addons.booking.engine.zones import InvalidLocalTimeError, moment, moments

__all__ = [
    "Intervals",
    "InvalidLocalTimeError",
    "Need",
    "Question",
    "Reason",
    "Supply",
    "Terms",
    "Verdict",
    "WeeklyRule",
    "day_hours",
    "judge",
    "moment",
    "moments",
    "offered",
    "open_hours",
    "starts",
    "verdicts",
]
