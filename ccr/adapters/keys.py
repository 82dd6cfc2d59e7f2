"""Free text sealed with AES-256-GCM, bound to its row; keys in a file of their own.

A token is `v1.<key id>.<base64 of nonce + ciphertext>`. The context (table, column, row,
compartment) is associated data: a token moved to another row does not open. Source: security.md 4.
What we may claim: text cannot be read from disk, database or backup without the key file; it
could be by whoever changes the program while it runs.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ccr.domain.errors import CcrError
from ccr.domain.phrases import phrase

_NONCE_BYTES = 12
_KEY_BYTES = 32
_PAD_TO = 64


class SealError(CcrError):
    """A sealed text cannot be opened: wrong key, wrong row, or damaged. Nothing is shown."""

    def __init__(self) -> None:
        super().__init__(phrase("This text cannot be opened."))


@dataclass(frozen=True)
class KeyRing:
    """Keys by id; the newest seals, all open."""

    keys: dict[str, bytes]
    current: str

    @classmethod
    def load(cls, path: Path) -> KeyRing:
        """Return the ring kept at `path`; a first ring is made when there is none.

        Raises:
            CcrError: the file is damaged.
        """
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return cls._read(path)
        key_id = secrets.token_hex(4)
        key = secrets.token_bytes(_KEY_BYTES)
        document = {"current": key_id, "keys": {key_id: base64.b64encode(key).decode()}}
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump(document, file)
            file.flush()
            os.fsync(file.fileno())
        return cls({key_id: key}, key_id)

    @classmethod
    def _read(cls, path: Path) -> KeyRing:
        try:
            document = json.loads(path.read_text(encoding="ascii"))
            keys = {k: base64.b64decode(v, validate=True) for k, v in document["keys"].items()}
            current = document["current"]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CcrError(
                phrase("The key ring is damaged. Put back your copy of it; nothing was changed.")
            ) from error
        if current not in keys or any(len(k) != _KEY_BYTES for k in keys.values()):
            raise CcrError(
                phrase("The key ring is damaged. Put back your copy of it; nothing was changed.")
            )
        return cls(keys, current)

    def seal(self, text: str, context: str) -> str:
        """Return the sealed token of `text`, padded so that its length says little."""
        data = text.encode()
        data += b"\x00" * (-len(data) % _PAD_TO) if data else b"\x00" * _PAD_TO
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self.keys[self.current]).encrypt(nonce, data, f"v1|{context}".encode())
        return f"v1.{self.current}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, token: str, context: str) -> str:
        """Return the text of a token sealed for the same context.

        Raises:
            SealError: for any reason at all, always the same.
        """
        try:
            version, key_id, body = token.split(".")
            raw = base64.b64decode(body, altchars=b"-_", validate=True)
            if version != "v1":
                raise SealError
            data = AESGCM(self.keys[key_id]).decrypt(
                raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], f"v1|{context}".encode()
            )
            return data.rstrip(b"\x00").decode()
        except (ValueError, KeyError, binascii.Error, InvalidTag) as error:
            raise SealError from error
