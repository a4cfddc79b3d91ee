"""Keys derived from the master key, one per tenant and purpose: a signature counts for one of each."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


@lru_cache(maxsize=4096)
def derive(master_key: bytes, tenant: str, purpose: str) -> bytes:
    """32 bytes for this tenant (its uuid) and purpose: HKDF-SHA256 of the master key."""
    info = f"tenon/{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=tenant.encode(), info=info).derive(master_key)


def sign(key: bytes, text: str) -> str:
    """A URL-safe signature of `text`, 43 characters."""
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def same(left: str, right: str) -> bool:
    """Compare without telling by the time taken where they differ."""
    return hmac.compare_digest(left.encode(), right.encode())
