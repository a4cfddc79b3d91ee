"""Keys derived from the master key, one per tenant and purpose: what is made with one counts for no other."""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


@lru_cache(maxsize=4096)
def derive(master_key: bytes, tenant: str, purpose: str) -> bytes:
    """32 bytes for this tenant (its uuid) and purpose: HKDF-SHA256 of the master key."""
    info = f"tenon/{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=tenant.encode(), info=info).derive(master_key)
