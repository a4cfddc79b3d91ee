"""Sets of half-open intervals [begin, end): union, intersection, difference."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar


class Ordered(Protocol):
    """What can be a bound: moments, numbers."""

    def __lt__(self, other: Any, /) -> bool: ...
    def __le__(self, other: Any, /) -> bool: ...


T = TypeVar("T", bound=Ordered)


@dataclass(frozen=True, slots=True)
class Intervals(Generic[T]):
    """An immutable set of points as sorted intervals that neither overlap nor touch."""

    spans: tuple[tuple[T, T], ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[T, T]]) -> Intervals[T]:
        """The union of intervals in any order; empty ones are left out."""
        merged: list[tuple[T, T]] = []
        for begin, end in sorted((pair for pair in pairs if pair[0] < pair[1]), key=lambda pair: pair[0]):
            if merged and begin <= merged[-1][1]:
                if merged[-1][1] < end:
                    merged[-1] = (merged[-1][0], end)
            else:
                merged.append((begin, end))
        return cls(tuple(merged))

    def __iter__(self) -> Iterator[tuple[T, T]]:
        return iter(self.spans)

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __len__(self) -> int:
        return len(self.spans)

    def __or__(self, other: Intervals[T]) -> Intervals[T]:
        return Intervals.of((*self.spans, *other.spans))

    def __and__(self, other: Intervals[T]) -> Intervals[T]:
        found: list[tuple[T, T]] = []
        left, right = 0, 0
        while left < len(self.spans) and right < len(other.spans):
            mine, theirs = self.spans[left], other.spans[right]
            begin = theirs[0] if mine[0] < theirs[0] else mine[0]
            end = mine[1] if mine[1] < theirs[1] else theirs[1]
            if begin < end:
                found.append((begin, end))
            if mine[1] < theirs[1]:
                left += 1
            else:
                right += 1
        return Intervals(tuple(found))

    def __sub__(self, other: Intervals[T]) -> Intervals[T]:
        found: list[tuple[T, T]] = []
        for begin, end in self.spans:
            for cut_begin, cut_end in other._near(begin, end):
                if begin < cut_begin:
                    found.append((begin, cut_begin))
                if begin < cut_end:
                    begin = cut_end
            if begin < end:
                found.append((begin, end))
        return Intervals(tuple(found))

    def covers(self, begin: T, end: T) -> bool:
        """Whether all of [begin, end) is in the set."""
        place = bisect_right(self.spans, begin, key=lambda span: span[0]) - 1
        return place >= 0 and end <= self.spans[place][1]

    def meets(self, begin: T, end: T) -> bool:
        """Whether any of [begin, end) is in the set."""
        return next(iter(self._near(begin, end)), None) is not None

    def _near(self, begin: T, end: T) -> Iterator[tuple[T, T]]:
        """The intervals that share a point with [begin, end)."""
        place = max(0, bisect_right(self.spans, begin, key=lambda span: span[0]) - 1)
        for span in self.spans[place:]:
            if end <= span[0]:
                return
            if begin < span[1]:
                yield span
