"""Databases of countries as they come: unpacked within bounds, opened, tried."""

from __future__ import annotations

from typing import NamedTuple

from .feeds import Feed
from .listings import ListError

MAX_BYTES = 200_000_000
"""Unpacked size accepted; the largest of them (a city database) has 130 MB."""

PROBES = ("8.8.8.8", "1.1.1.1", "2001:4860:4860::8888", "49.44.0.1", "223.5.5.5")
"""Addresses of which a database of countries knows most; any will do."""


class Opened(NamedTuple):
    """What a database says of itself."""

    kind: str
    nodes: int
    date: str  # YYYY-MM-DD


def unpacked(body: bytes, feed: Feed) -> bytes:
    """The MMDB inside what was fetched; ListError if there is none."""
    inflated = _gunzipped(body)
    return inflated if feed.packed == "gz" else _from_tar(inflated)


def opened(content: bytes, least: int) -> Opened:
    """A database that opens, is one of countries, and answers; else ListError."""
    import io
    from datetime import UTC, datetime

    import maxminddb

    try:
        with maxminddb.open_database(io.BytesIO(content), maxminddb.MODE_FD) as reader:
            about = reader.metadata()
            answers = [reader.get(probe) for probe in PROBES if _fits(probe, about.ip_version)]
            date = datetime.fromtimestamp(about.build_epoch, UTC).date().isoformat()
    except Exception as error:  # the library raises what its bytes make it raise
        raise ListError("the file does not open as an MMDB database") from error
    if "Country" not in about.database_type or about.node_count < least:
        raise ListError(
            f"the database is a {about.database_type} of {about.node_count} nodes,"
            " not a whole one of countries"
        )
    if not any(_country(answer) for answer in answers):
        raise ListError("the database opens but knows no country of well-known addresses")
    return Opened(about.database_type, about.node_count, date)


def _fits(probe: str, version: int) -> bool:
    return version == 6 or ":" not in probe


def _country(answer: object) -> str | None:
    """The ISO code of an answer in the form of GeoIP2's Country."""
    country = answer.get("country") if isinstance(answer, dict) else None
    code = country.get("iso_code") if isinstance(country, dict) else None
    return code if isinstance(code, str) and len(code) == 2 else None


def _gunzipped(body: bytes) -> bytes:
    import zlib

    inflater = zlib.decompressobj(31)
    try:
        content = inflater.decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise ListError("the file is not gzip, or damaged") from error
    if not inflater.eof:
        raise ListError("the file is cut short, or unpacks to more than is sensible")
    return content


def _from_tar(archive: bytes) -> bytes:
    import io
    import tarfile

    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
            for member in tar:
                if member.isfile() and member.name.endswith(".mmdb"):
                    file = tar.extractfile(member)
                    return file.read() if file else b""
    except tarfile.TarError as error:
        raise ListError("the file is not a tar archive") from error
    raise ListError("the archive holds no .mmdb file")
