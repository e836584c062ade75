"""The sentences of findings: templates filled in once, from cleaned values.

Rules of this file
- A placeholder is ``{word}`` and nothing else: no attributes, no formats, and
  what is put in is never looked at again.
- Captured text becomes one short printable line before it enters a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

FORBIDDEN = ("true", "proved", "proven", "proves", "verified", "spying", "secretly", "compromised")
"""Words that no sentence of ours may hold: they claim more than traffic shows."""

PLACEHOLDERS = {
    "who": "the handset, or which or how many of several",
    "subject": "what the finding is about: the value it is grouped by",
    "home": "name of the home country",
    "country": "name of the country, or of the countries",
    "sent": "bytes up, as '1.2 MB', or 'nothing'",
    "received": "bytes down",
    "content": "bytes without headers, as '1.2 MB of content sent, nothing received'",
    "lookups": "what of it only asked for names or the time, with a semicolon before it",
    "endpoints": "number of addresses, as '3 addresses'",
    "addresses": "the addresses, the largest first",
    "places": "where the addresses stand, and where one source alone says so",
    "flows": "number of conversations",
    "requests": "number of requests seen in clear",
    "frame": "number of the first frame it rests on",
    "names": "names seen, the largest first",
    "operators": "who operates the addresses, with how many each",
    "operated": "the same as a clause: 'the address is operated by AWS'",
    "owners": "who owns the names",
    "protocols": "application protocols",
    "ports": "ports of the endpoints, as '7080/tcp'",
    "versions": "TLS versions",
    "ciphers": "cipher suites both sides agreed on",
    "certificates": "issuer, names and time of the certificates",
    "reasons": "why there is no name",
    "mismatch": "what a name says of its region, and where its address stands",
    "policy": "title of the policy",
}
"""What a template may ask for."""

_HOLE = re.compile(r"\{([^{}]*)\}")
_LONGEST = 100


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with each placeholder's value put in; unknown ones stay."""
    return _HOLE.sub(lambda hole: values[hole[1]] if hole[1] in values else hole[0], template)


def holes(template: str) -> list[str]:
    """The placeholders of a template, in order."""
    return _HOLE.findall(template)


def forbidden(text: str) -> list[str]:
    """The forbidden words a text holds."""
    low = text.lower()
    if not any(word in low for word in FORBIDDEN):
        return []
    words = set(re.findall("[a-z]+", low))
    return [word for word in FORBIDDEN if word in words]


def clean(text: str, longest: int = _LONGEST) -> str:
    """Captured text as one printable line, of at most 100 characters before escapes."""
    text = text if len(text) <= longest else text[: longest - 3] + "..."
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
