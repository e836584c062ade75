"""Secrets of TLS and QUIC sessions, as their owner logged them (RFC 9850, SSLKEYLOGFILE).

Rules of this file
- A line is ``LABEL <client random, hex> <secret, hex>``; ``#`` begins a comment. A line of a
  known label that is none is counted; labels nobody uses here are passed over.
- Several logs merge. Where two give different secrets for one thing, the first counts.
- A secret is handed out, never written anywhere: no text made here holds one.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

from analyzer import limits
from analyzer.errors import UsageError
from analyzer.model import Anomaly, KeyLog

RANDOM_BYTES = 32

CLIENT_RANDOM = "CLIENT_RANDOM"  # TLS 1.2 and before: the master secret
CLIENT_EARLY = "CLIENT_EARLY_TRAFFIC_SECRET"
CLIENT_HANDSHAKE = "CLIENT_HANDSHAKE_TRAFFIC_SECRET"
SERVER_HANDSHAKE = "SERVER_HANDSHAKE_TRAFFIC_SECRET"
CLIENT_TRAFFIC = "CLIENT_TRAFFIC_SECRET_0"
SERVER_TRAFFIC = "SERVER_TRAFFIC_SECRET_0"

_HASHES = (32, 48)  # bytes of SHA-256 and SHA-384, which all cipher suites use
_TRAFFIC = (CLIENT_EARLY, CLIENT_HANDSHAKE, SERVER_HANDSHAKE, CLIENT_TRAFFIC, SERVER_TRAFFIC)
_LENGTHS = {CLIENT_RANDOM: (48,), **dict.fromkeys(_TRAFFIC, _HASHES)}
_NUMBER = {label.encode(): i for i, label in enumerate(_LENGTHS)}
_UNUSED = (b"EXPORTER_SECRET", b"EARLY_EXPORTER_SECRET", b"ECH_SECRET", b"ECH_CONFIG", b"RSA")


EFFECTS = {
    "keylog_bad_lines": "Lines of the key log are none: LABEL, client random and secret in "
    "hexadecimal digits are expected. They were passed over.",
    "keylog_conflicts": "The key log names different secrets for one session; the first counts.",
    "keylog_left_out": "The key log is larger than is read; its end was left out.",
    "keylog_empty": "The key log holds no secret, so nothing was decrypted; it has to be written "
    "(SSLKEYLOGFILE) by the program whose traffic was recorded, while it was recorded.",
    "keylog_unmatched": "No secret of the key log opened a conversation of this recording, so "
    "nothing was decrypted: it may be of another recording, or begin later. A session that began "
    "before either of the two stays closed.",
}


class Secrets:
    """What all key logs of one run hold: secrets by label and client random.

    ``bad`` counts lines that are none, ``conflicts`` those that contradict an earlier one,
    ``growing``: more may come while the recording is read;
    ``left_out`` what is over ``limits.KEYLOG_SECRETS`` (lines) or ``KEYLOG_BYTES`` (bytes).
    """

    __slots__ = ("_held", "_room", "bad", "conflicts", "growing", "left_out")

    def __init__(self) -> None:
        self._held: dict[tuple[int, bytes], bytes] = {}
        self._room = limits.KEYLOG_BYTES
        self.growing = False
        self.bad = self.conflicts = self.left_out = 0

    def __len__(self) -> int:
        return len(self._held)

    def add(self, text: bytes) -> None:
        """Take one key log; lines end in LF, CRLF or CR."""
        if len(text) > self._room:
            self.left_out += len(text) - self._room
            text = text[: self._room]
        self._room -= len(text)
        text = text.removeprefix(b"\xef\xbb\xbf").replace(b"\r", b"\n")
        for line in io.BytesIO(text):  # one by one: a list of empty ones is far longer than they
            if line[:1] not in b"#\n" and not self._line(line.split()):
                self.bad += 1

    def of(self, label: str, client_random: bytes) -> bytes | None:
        """The secret of that label (one of this module's) for a session; None if not logged."""
        return self._held.get((_NUMBER[label.encode()], client_random))

    def knows(self, client_random: bytes) -> bool:
        """Whether anything at all was logged for a session."""
        return any((number, client_random) in self._held for number in _NUMBER.values())

    def anomalies(self, opened: int) -> list[Anomaly]:
        """What was odd about the key logs; ``opened``: conversations that were decrypted."""
        counts = {
            "keylog_bad_lines": self.bad,
            "keylog_conflicts": self.conflicts,
            "keylog_left_out": self.left_out,
            "keylog_empty": not len(self),
            "keylog_unmatched": len(self) > 0 and not opened,
        }
        return [Anomaly(kind, int(n), effect=EFFECTS[kind]) for kind, n in counts.items() if n]

    def _line(self, parts: list[bytes]) -> bool:
        """Whether a line is one of a key log, or blank."""
        if not parts or parts[0] in _UNUSED:
            return True
        label, values = parts[0], parts[1:]
        if len(values) != 2 or not label.replace(b"_", b"").isalnum():
            return False
        try:
            client_random, secret = (bytes.fromhex(value.decode()) for value in values)
        except ValueError:
            return False
        number = _NUMBER.get(label)
        if number is None:
            return True
        if len(client_random) != RANDOM_BYTES or len(secret) not in _LENGTHS[label.decode()]:
            return False
        self._keep((number, client_random), secret)
        return True

    def _keep(self, key: tuple[int, bytes], secret: bytes) -> None:
        known = self._held.get(key)
        if known is not None:
            self.conflicts += known != secret
        elif len(self._held) < limits.KEYLOG_SECRETS:
            self._held[key] = secret
        else:
            self.left_out += 1


def read(path: Path) -> tuple[bytes, KeyLog]:
    """The text of a key log, as far as it is used, and what is told of it. UsageError if none."""
    if path.exists() and not path.is_file():
        raise UsageError(f"--keylog takes an ordinary file; {path} is none.")
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            return file.read(limits.KEYLOG_BYTES + 1), KeyLog(path.name, digest)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"The key log {path} cannot be read ({reason}); check --keylog.") from None
