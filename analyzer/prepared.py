"""The shipped rules as they were parsed when the package was built (setup.py).

Rules of this file
- What was prepared counts only for the very same bytes and the very same
  parser: it can be missing, never stale.
- Each reader gets data of its own; nobody else sees what it changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from analyzer.shipped import prepared_rules


def pack(files: Iterable[tuple[bytes, Any]]) -> str:
    """The content of ``rules.json`` for files and what the parser made of them."""
    documents = {sha256(raw).hexdigest(): json.dumps(data) for raw, data in files}
    return json.dumps({"parser": _parser(), "documents": documents})


def find(raw: bytes) -> Any:
    """What the parser would make of a file with these bytes; None if it was not asked."""
    documents = _documents()
    data = documents.get(sha256(raw).hexdigest()) if documents else None
    return json.loads(data) if data else None


@lru_cache(1)
def _documents() -> dict[str, str]:
    """SHA-256 of a file to its data in JSON; empty in a checkout."""
    try:
        table = json.loads(prepared_rules().read_bytes())
        documents: dict[str, str] = table["documents"] if table["parser"] == _parser() else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return documents


def _parser() -> str:
    """Which parser this is: the digest of its source."""
    return sha256(Path(__file__).with_name("yamlfile.py").read_bytes()).hexdigest()
