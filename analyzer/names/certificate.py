"""What an X.509 certificate (RFC 5280) says in clear: names, issuer, validity.

These are the certificate's own words. One thing is checked: whether a certificate that
names itself as its issuer was signed with its own key (signature.py).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from analyzer.names import der, signature
from analyzer.names.text import clean, host

NAMES = 200
"""Alternative names kept of one certificate; large CDNs list about a hundred."""

_COMMON_NAME, _ORGANISATION, _ALT_NAMES = b"\x55\x04\x03", b"\x55\x04\x0a", b"\x55\x1d\x11"


class Certificate(NamedTuple):
    """A leaf certificate's words."""

    common_name: str | None
    names: tuple[str, ...]  # DNS names of the subject alternative name
    issuer: str | None
    not_before: int | None
    not_after: int | None
    self_signed: bool | None  # None: issuer and subject are the same, no more was shown

    @property
    def best_name(self) -> str | None:
        """The common name if it is among the alternative names, else their first."""
        if self.names and self.common_name not in self.names:
            return self.names[0]
        return self.common_name


@lru_cache(128)
def parse(data: bytes) -> Certificate | None:
    """Read a certificate; None if it is not one.

    The last ones are remembered: of those in real captures half come again,
    and a leaf is no longer than the opening of a flow.
    """
    try:
        return _parse(data)
    except der.DerError:
        return None


def of_13(body: bytes) -> Certificate | None:
    """The first of a Certificate message of TLS 1.3 (RFC 8446 4.4.2); None if there is none."""
    at = 4 + body[0] if body else 0
    end = at + 3 + int.from_bytes(body[at : at + 3], "big")
    return parse(body[at + 3 : end])


def _parse(data: bytes) -> Certificate | None:
    _, start, stop = der.element(data, 0, len(data))
    _, start, stop = der.element(data, start, stop)
    parts = der.elements(data, start, stop, 16)
    if parts and parts[0][0] == 0xA0:  # the version
        del parts[0]
    if len(parts) < 5:
        return None
    issuer, validity, subject = parts[2], parts[3], parts[4]
    times = [der.time(data, part) for part in der.elements(data, *validity[1:])]
    names = _name(data, subject)
    own_issuer = data[issuer[1] : issuer[2]] == data[subject[1] : subject[2]]
    return Certificate(
        common_name=names.get(_COMMON_NAME),
        names=_alternatives(data, [part for part in parts if part[0] == 0xA3]),
        issuer=_issuer(_name(data, issuer)),
        not_before=times[0] if times else None,
        not_after=times[1] if len(times) > 1 else None,
        self_signed=own_issuer and (signature.is_own(data) or None),
    )


def _name(data: bytes, name: der.Element) -> dict[bytes, str]:
    """Attribute type (OID bytes) to text; the last of several wins."""
    found: dict[bytes, str] = {}
    for _, start, stop in der.elements(data, name[1], name[2], 64):
        for _, first, last in der.elements(data, start, stop, 8):
            pair = der.elements(data, first, last, 2)
            if len(pair) == 2:
                raw = data[pair[1][1] : pair[1][2]]
                kind = data[pair[0][1] : pair[0][2]]
                text = _bmp(raw) if pair[1][0] == 0x1E else clean(raw)
                found[kind] = host(text.encode()) if kind == _COMMON_NAME and "." in text else text
    return found


def _bmp(raw: bytes) -> str:
    """A BMPString: UTF-16, big endian."""
    return clean(raw.decode("utf-16-be", "replace").encode("utf-8", "replace"))


def _issuer(names: dict[bytes, str]) -> str | None:
    """Common name and organisation, as far as they differ."""
    words = [names[kind] for kind in (_COMMON_NAME, _ORGANISATION) if kind in names]
    return ", ".join(dict.fromkeys(words)) or None


def _alternatives(data: bytes, extensions: list[der.Element]) -> tuple[str, ...]:
    """dNSName entries of the subject alternative name extension."""
    if not extensions:
        return ()
    _, start, stop = der.element(data, *extensions[0][1:])
    for _, first, last in der.elements(data, start, stop, 64):
        parts = der.elements(data, first, last, 3)
        if len(parts) < 2 or data[parts[0][1] : parts[0][2]] != _ALT_NAMES:
            continue
        _, inner, end = der.element(data, *parts[-1][1:])
        found = der.elements(data, inner, end, NAMES)
        return tuple(host(data[a:b]) for tag, a, b in found if tag == 0x82)
    return ()
