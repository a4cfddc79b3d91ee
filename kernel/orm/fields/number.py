"""Numbers that people know records by: `INV-2026-00001`."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, Unpack

from kernel.errors import DeveloperError
from kernel.orm.fields.base import Options
from kernel.orm.fields.scalar import Char
from kernel.orm.writing.number_pattern import check_pattern
from kernel.orm.writing.numbering import draw

if TYPE_CHECKING:
    from kernel.orm.model import Model

Per = Literal["company", "year", "month"]
_PER: Final = ("company", "year", "month")


class Number(Char):
    """A text that counts records, drawn once when a record is written and never changed by the program.

    `per` says what is counted by itself: each company, each year or month (by the company's clock, or by the
    date in the field `dated`). `gapless=True` leaves no number out, at the price that two who create records
    at the same moment wait for each other.
    """

    def __init__(
        self,
        label: str = "",
        *,
        pattern: str = "{seq}",
        gapless: bool = False,
        per: Per | Sequence[Per] = (),
        dated: str = "",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(label, **{"stored": True, **options})  # type: ignore[arg-type]
        self.pattern, self.gapless, self.dated = pattern, gapless, dated
        self.per: tuple[str, ...] = (per,) if isinstance(per, str) else tuple(per)
        self.period = "month" if "month" in self.per else "year" if "year" in self.per else ""
        unknown = [each for each in self.per if each not in _PER]
        if unknown:
            raise DeveloperError(f'{self.place}: per="{unknown[0]}" is none of {", ".join(_PER)}.')
        try:
            check_pattern(pattern, self.period)
        except ValueError as reason:
            raise DeveloperError(f"{self.place}: {reason}.") from None

    def __set_name__(self, owner: builtins.type[Any], name: str) -> None:
        super().__set_name__(owner, name)
        self.compute_name = f"_draw_{name}"

        def draw_numbers(records: Model) -> None:
            draw(records, records.__info__.fields[name])

        setattr(owner, self.compute_name, draw_numbers)

    @property
    def readonly(self) -> bool:
        return True if self._readonly is None else self._readonly

    @property
    def settable(self) -> bool:
        return True

    def asks(self, value: Any) -> bool:
        return not value
