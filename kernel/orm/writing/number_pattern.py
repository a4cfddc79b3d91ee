"""Patterns of numbers, like `INV-{year}-{seq:05}`: which are right, and what one looks like with its values."""

from __future__ import annotations

import datetime as dt
import re
from string import Formatter
from typing import Final

NAMES: Final = ("seq", "year", "yy", "month", "day", "company")
LONGEST: Final = 60
_WIDTH: Final = re.compile(r"(0[1-9]|01[0-2])?")


def check_pattern(pattern: str, period: str = "") -> None:
    """Raise ValueError, with the reason, for a pattern that gives no number or the same one twice.

    `period` is when counting begins anew: never (""), each "year" or each "month".
    """
    try:
        found = list(Formatter().parse(pattern))
    except ValueError as reason:
        raise ValueError(f'"{pattern}": {reason}') from None
    parts = [(name, spec, conversion) for _, name, spec, conversion in found if name is not None]
    for name, spec, conversion in parts:
        if name not in NAMES or conversion or (spec and name != "seq"):
            known = ", ".join(f"{{{each}}}" for each in NAMES)
            raise ValueError(f'"{pattern}": "{{{name}}}" is none of {known}; digits are given as {{seq:05}}')
        if not _WIDTH.fullmatch(spec or ""):
            raise ValueError(f'"{pattern}": "{spec}" is no number of digits; write {{seq:05}} for five, twelve at most')
    names = [name for name, _, _ in parts]
    if names.count("seq") != 1:
        raise ValueError(f'"{pattern}" needs {{seq}} once')
    if period and not {"year", "yy"} & {*names}:
        raise ValueError(f'"{pattern}" needs {{year}} or {{yy}}, as counting begins anew each {period}')
    if period == "month" and "month" not in names:
        raise ValueError(f'"{pattern}" needs {{month}}, as counting begins anew each month')
    if len(pattern) > LONGEST:
        raise ValueError(f"a pattern of {len(pattern)} characters is too long, {LONGEST} fit")


def number_text(pattern: str, seq: int, day: dt.date, company: str = "") -> str:
    """The number `seq` of a day, in a pattern that was checked."""
    return pattern.format(
        seq=seq,
        year=f"{day.year:04}",
        yy=f"{day.year % 100:02}",
        month=f"{day.month:02}",
        day=f"{day.day:02}",
        company=company,
    )
