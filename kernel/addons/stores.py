"""Where a tenant keeps what is not in its database: the storage of its files, and the keys of its secrets."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.config import Settings
from kernel.storage import FileStorage
from kernel.vault import Vault


@dataclass(frozen=True, slots=True)
class Stores:
    """The two of one tenant."""

    storage: FileStorage
    secrets: Vault

    @classmethod
    def of(cls, settings: Settings, uuid: str) -> Stores:
        """Those of the tenant with this uuid, which a rename keeps."""
        return cls(FileStorage(settings.data_dir / "files" / uuid), Vault(settings.master_keys, uuid))
