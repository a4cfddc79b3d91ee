"""What a transaction knows of its tenant: name, identity, and values kept until the tenant's data moves."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from kernel.addons.stores import Stores
from kernel.db import Transaction

T = TypeVar("T")
LIMIT: Final = 10_000
"""Values kept per tenant; the oldest leave first."""


@dataclass
class TenantCache:
    """The values of one tenant at one data generation; shared by all its transactions in this process."""

    data_generation: int = 0
    values: OrderedDict[object, Any] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, data_generation: int) -> OrderedDict[object, Any] | None:
        """The values for a transaction at this generation; None for one that is behind."""
        with self.lock:
            if data_generation > self.data_generation:
                self.data_generation = data_generation
                self.values = OrderedDict()
            return self.values if data_generation == self.data_generation else None

    def trim(self, values: OrderedDict[object, Any]) -> None:
        """Let the oldest values go."""
        with self.lock:
            while len(values) > LIMIT:
                values.popitem(last=False)


class TenantView:
    """A tenant as one transaction sees it (the port `TenantInfo`)."""

    def __init__(
        self,
        name: str,
        uuid: str,
        tx: Transaction,
        cache: TenantCache,
        data_generation: int,
        stores: Stores | None = None,
    ) -> None:
        self.name = name
        self.stores = stores
        self.uuid = uuid
        self._tx = tx
        self._cache = cache
        self._values = cache.at(data_generation)
        self._private = self._values is None
        if self._values is None:
            self._values = OrderedDict()

    def cached(self, key: object, build: Callable[[], T]) -> T:
        """A value kept until access rows, rules, groups, settings or languages of the tenant change."""
        values = self._values
        assert values is not None
        try:
            return cast(T, values[key])
        except KeyError:
            made = values[key] = build()
            if not self._private and len(values) > LIMIT:
                self._cache.trim(values)
            return made

    def changed(self) -> None:
        """Say that something `cached` values rest on was changed: other transactions see it after commit.

        This transaction goes on with an empty cache of its own.
        """
        if not self._private:
            self._tx.execute("UPDATE tenon.state SET data_generation = data_generation + 1")
            self._private = True
        self._values = OrderedDict()
