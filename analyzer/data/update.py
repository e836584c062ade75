"""``phonehome data update``: fresh data sets from their publishers.

With fetch.py the only code that opens a socket. Each source is fetched, read,
found plausible and put in place by itself; one that fails leaves what was
there and does not stop the others.

What lies in the user's folder afterwards: aws-ranges-history.tsv.xz,
cloud-ranges.tsv (files.py says their columns), databases of countries, and
sources.json, which says of each where it came from and when.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import PhonehomeError, UsageError
from . import databases, history, listings, store
from .feeds import FEEDS, Feed
from .fetch import FetchError, Terms, basic, fetch
from .files import AWS_HISTORY, CLOUD_RANGES
from .listings import ListError

SHRINK = 0.5
"""A list with less than this share of the rows it had before is not believed."""

LINK_LENGTH = 500
Say = Callable[[str], None]


@dataclass(slots=True, frozen=True)
class _Kept:
    """What was put in place: for sources.json and the line that is printed."""

    date: str  # of the data
    rows: int
    sha256: str


def run(
    only: str | None,
    folder: Path,
    say: Say,
    *,
    today: str | None = None,
    feeds: Sequence[Feed] = FEEDS,
    terms: Terms | None = None,
    environ: Mapping[str, str] | None = None,
) -> int:
    """Fetch all sources, or the one named ``only``; how many failed.

    ``say`` gets one line for each. ``terms`` (time limits, certificate
    authorities, proxies) and ``feeds`` are given by tests.
    """
    import os

    chosen = _chosen(only, feeds)
    day = today or _today()
    asked = terms or Terms(frozenset(), 0)
    failed = 0
    for feed in chosen:
        keys = _keys(feed, os.environ if environ is None else environ)
        if keys is None:
            say(f"{feed.name}: left out; set {' and '.join(feed.keys or ())} to your own key")
            failed += only is not None
            continue
        try:
            say(_updated(feed, folder, day, replace(asked, **keys)))
        except (PhonehomeError, OSError) as error:
            failed += 1
            say(f"{feed.name}: not updated, what was there stays: {_sentence(error)}")
    return failed


def _chosen(only: str | None, feeds: Sequence[Feed]) -> list[Feed]:
    found = [feed for feed in feeds if only in (None, feed.name)]
    if not found:
        names = ", ".join(feed.name for feed in feeds)
        raise UsageError(f"There is no source {only!r} to update; the sources are {names}.")
    return found


def _keys(feed: Feed, environ: Mapping[str, str]) -> dict[str, Any] | None:
    """Terms that belong to the feed; None if it needs a key that is not set."""
    own: dict[str, Any] = {"hosts": feed.hosts, "max_bytes": feed.max_bytes}
    if not feed.keys:
        return own
    user, key = (environ.get(name, "") for name in feed.keys)
    if not user or not key:
        return None
    return own | {"headers": {"Authorization": basic(user, key)}}


def _updated(feed: Feed, folder: Path, today: str, terms: Terms) -> str:
    """Fetch, read, judge and keep one source; the line that says so."""
    from hashlib import sha256

    urls, bodies = zip(*(_fetched(url, feed, today, terms) for url in feed.urls), strict=True)
    keep = _KEEPERS.get(feed.file, _keep_database)
    kept = keep(feed, folder, bodies, _listed_on(urls[0]) or today)
    facts = {
        "publisher": feed.publisher,
        "licence": feed.licence,
        "file": feed.file,
        "urls": [url.partition("?")[0] for url in urls],
        "fetched": today,
        "date": kept.date,
        "rows": kept.rows,
        "sha256": kept.sha256,
        "sha256_fetched": [sha256(body).hexdigest() for body in bodies],
    }
    store.note_source(folder, feed.name, facts)
    return f"{feed.name}: {kept.rows:,} rows of {kept.date} from {feed.publisher}, in {feed.file}"


def _fetched(template: str, feed: Feed, today: str, terms: Terms) -> tuple[str, bytes]:
    """The URL that answered and its body; last month's file where this one's is not out."""
    months = list(_months(today)) if "{month}" in template else [""]
    for month in months:
        url = template.replace("{month}", month)
        try:
            body = fetch(url, terms)
        except FetchError as error:
            if error.status == 404 and month != months[-1]:
                continue
            raise
        if feed.link:
            url = _link(body, feed.link)
            body = fetch(url, terms)
        return url, body
    raise FetchError(f"{template} has no file for {' or '.join(months)}")


def _months(today: str) -> Iterator[str]:
    """This month and the one before, as YYYY-MM."""
    year, month = int(today[:4]), int(today[5:7])
    yield f"{year:04}-{month:02}"
    yield f"{year:04}-{month - 1:02}" if month > 1 else f"{year - 1:04}-12"


def _link(page: bytes, mark: str) -> str:
    """The link of a download page to its JSON file; whether it may be asked, fetch knows."""
    for piece in page.decode("utf-8", "replace").split('"'):
        if piece.startswith("https://") and mark in piece and piece.endswith(".json"):
            return piece[:LINK_LENGTH]
    raise ListError(f"the download page has no link with {mark} in its name")


def _listed_on(url: str) -> str | None:
    """The day in a file's name, as in ServiceTags_Public_20261116.json."""
    from datetime import date

    digits = url.removesuffix(".json").rpartition("_")[2]
    try:
        return date.fromisoformat(digits).isoformat() if len(digits) == 8 else None
    except ValueError:
        return None


def _keep_history(feed: Feed, folder: Path, bodies: Sequence[bytes], _: str) -> _Kept:
    """AWS's list of today, merged into the history of its lists."""
    rows, date = listings.aws(bodies[0])
    path = folder / AWS_HISTORY
    old = history.read_history(path.read_bytes()) if path.exists() else {}
    newest, count = history.latest(old)
    if date < newest:
        raise ListError(f"the list of {date} is older than the one of {newest} that is there")
    _plausible(len(rows), feed.least, count)
    content = history.write_history(history.merged(old, rows, date))
    store.swap(path, content, history.read_history)
    return _Kept(date, len(rows), _sha256(content))


def _keep_ranges(feed: Feed, folder: Path, bodies: Sequence[bytes], today: str) -> _Kept:
    """One operator's prefixes, in place of its old ones among all operators'."""
    if feed.reader is None:
        raise ListError(f"no reader is known for {feed.name}")
    published = listings.read(feed.reader, bodies)
    path = folder / CLOUD_RANGES
    old = store.read_ranges(path.read_bytes()) if path.exists() else []
    _plausible(len(published.rows), feed.least, sum(row[1] == feed.name for row in old))
    date = published.date or today
    rows = [row for row in old if row[1] != feed.name]
    rows += [
        (prefix, feed.name, region, service, date) for prefix, region, service in published.rows
    ]
    content = store.write_ranges(rows)
    store.swap(path, content, store.read_ranges)
    return _Kept(date, len(published.rows), _sha256(content))


def _keep_database(feed: Feed, folder: Path, bodies: Sequence[bytes], _: str) -> _Kept:
    """A database of countries, in place of the older one."""
    path = folder / feed.file
    content = databases.unpacked(bodies[0], feed)
    new = databases.opened(content, feed.least)
    count = 0
    if path.exists():
        try:
            count = databases.opened(path.read_bytes(), 0).nodes
        except ListError:
            count = 0  # the old one is damaged: any whole one is better
    _plausible(new.nodes, feed.least, count)
    store.swap(path, content, lambda data: databases.opened(data, feed.least))
    return _Kept(new.date, new.nodes, _sha256(content))


_KEEPERS: dict[str, Callable[[Feed, Path, Sequence[bytes], str], _Kept]] = {
    AWS_HISTORY: _keep_history,
    CLOUD_RANGES: _keep_ranges,
}


def _plausible(rows: int, least: int, before: int) -> None:
    """ListError for a list too short to be whole."""
    if rows < least:
        raise ListError(f"the list has {rows} rows, fewer than the {least} a whole one has")
    if rows < before * SHRINK:
        raise ListError(f"the list has {rows} rows, the one before had {before}: not believed")


def _sha256(content: bytes) -> str:
    from hashlib import sha256

    return sha256(content).hexdigest()


def _today() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).date().isoformat()


def _sentence(error: Exception) -> str:
    """An error of ours or the system's on one line."""
    return " ".join(str(error).split()) or type(error).__name__
