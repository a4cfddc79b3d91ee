"""The vault of one tenant: encrypts what a database must not show to who reads it (the port `Secrets`).

AES-256-GCM with a key derived per tenant; the purpose (model and field) is authenticated, so a token that is
moved to another field does not open. A token is `v1.<key>.<nonce and ciphertext>`: `<key>` tells which of several
master keys it needs. The first master key seals, all of them open.
"""

from __future__ import annotations

import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kernel.keys import derive

NONCE = 12
VERSION = "v1"


class Vault:
    """The secrets of one tenant (its uuid) under one or more master keys, the newest first."""

    def __init__(self, master_keys: Sequence[bytes], tenant: str) -> None:
        keys = [derive(key, tenant, "secret") for key in master_keys]
        self._current = key_id(keys[0])
        self._keys = {key_id(key): AESGCM(key) for key in keys}

    def seal(self, text: str, purpose: str) -> str:
        """`text` as a token for `purpose`; no two tokens are alike."""
        nonce = os.urandom(NONCE)
        sealed = nonce + self._keys[self._current].encrypt(nonce, text.encode(), purpose.encode())
        return f"{VERSION}.{self._current}.{urlsafe_b64encode(sealed).decode()}"

    def open(self, token: str, purpose: str) -> str:
        """What was sealed; ValueError with the reason."""
        version, _, rest = token.partition(".")
        key, _, sealed = rest.partition(".")
        if version != VERSION:
            raise ValueError("it was not written as an encrypted value")
        if key not in self._keys:
            raise ValueError(f"it was encrypted with the master key {key}, which is not at hand")
        try:
            raw = urlsafe_b64decode(sealed)
            return self._keys[key].decrypt(raw[:NONCE], raw[NONCE:], purpose.encode()).decode()
        except (InvalidTag, ValueError):
            raise ValueError("it was changed, or copied from another field") from None

    def current(self, token: str) -> bool:
        """Whether the newest key sealed the token."""
        return token.startswith(f"{VERSION}.{self._current}.")


def key_id(key: bytes) -> str:
    """Eight hex digits that tell keys apart and say nothing about them."""
    return hashlib.sha256(b"tenon/key-id" + key).hexdigest()[:8]
