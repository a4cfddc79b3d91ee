"""What a tenant's database says that it is at: its addons and revisions, and what a stopped upgrade has begun."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.addons.discovery.loader import Addon
from kernel.addons.lifecycle.archive import Archived, archived
from kernel.addons.migrations.revisions import Revision
from kernel.db import Transaction


@dataclass(frozen=True, slots=True)
class Known:
    """One installed addon."""

    version: str
    revision: str
    digest: str

    def fits(self, addon: Addon) -> bool:
        """Whether the code at hand is what was installed."""
        return (self.version, self.revision, self.digest) == (addon.version, addon.head, addon.digest)


@dataclass(frozen=True, slots=True)
class State:
    """A tenant, as a plan of an upgrade finds it. Two statements read it, where nothing is archived or begun."""

    kernel: str
    """The revision of the kernel's own tables."""
    addons: dict[str, Known]
    """The installed ones, by name."""
    kept: dict[str, Archived]
    """Those that have an archive."""
    notes_steps: bool
    """Whether its kernel tables can note steps beside a switch."""
    prepared: tuple[tuple[str, str], ...] = ()
    """(addon, revision) of which something was prepared."""
    to_clean: tuple[tuple[str, str], ...] = ()
    """(addon, revision) of which something is still to be cleaned up."""

    @classmethod
    def read(cls, tx: Transaction) -> State:
        """Ask the database."""
        kernel, notes = tx.rows("SELECT version_num, to_regclass('tenon.step') IS NOT NULL FROM tenon.revision")[0]
        rows = tx.rows("SELECT name, version, revision, digest, state FROM tenon.addon ORDER BY name")
        begun = tx.rows("SELECT DISTINCT part, addon, revision FROM tenon.step ORDER BY 1, 2, 3") if notes else []
        return cls(
            kernel=str(kernel),
            addons={row[0]: Known(*row[1:4]) for row in rows if row[4] == "installed"},
            kept=archived(tx) if any(row[4] == "detached" for row in rows) else {},
            notes_steps=bool(notes),
            prepared=tuple((addon, id) for part, addon, id in begun if part == "prepare"),
            to_clean=tuple((addon, id) for part, addon, id in begun if part == "clean"),
        )

    def cleaning(self, addon: Addon) -> list[Revision]:
        """The revisions of an addon that are still to be cleaned up after."""
        return [revision for revision in addon.revisions if (addon.name, revision.id) in self.to_clean]
