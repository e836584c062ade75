"""Which files are the parts of one recording: what rotating recorders write.

Rules of this file
- Parts are told by their names alone, in one folder. What could be two
  recordings stays two: putting different handsets into one report is worse
  than one report too many.
- tcpdump -C: ``x.pcap x.pcap1 x.pcap2``, with -W ``x.pcap00 x.pcap01``.
- tcpdump -G: the times in at least three names are equally far apart.
- dumpcap, Wireshark: ``x_00001_20261122190000.pcapng``; a number that begins
  anew begins a recording.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from analyzer.batch.task import Part

_PACKED = r"(?P<packed>\.(?:gz|bz2|xz|zst|lz4))?$"
_COUNTED = re.compile(r"(?P<stem>.+\.(?:pcap|pcapng|cap|dmp))(?P<number>\d{0,6})" + _PACKED)
_RING = re.compile(
    r"(?P<stem>.+)_(?:(?P<number>\d{5})_(?P<time>\d{14})|(?P<time2>\d{14})_(?P<number2>\d{5}))"
    r"(?P<end>\.[a-z0-9.]+)?$"
)
_STAMPED = re.compile(
    r"(?P<stem>.*?)(?P<time>(?:19|20)\d\d[-_.]?\d\d[-_.]?\d\d[-_.T]?\d\d[-_.:]?\d\d[-_.:]?\d\d)"
    r"(?P<end>(?!\d).*)$"
)
_EVEN = 1.0  # seconds two intervals of a rotation by time may differ by
_FEWEST = 3  # files whose times can show that they are evenly spaced

Began = Callable[[Part], float | None]
"""When the first packet of a file was recorded, in seconds, where that is cheap to know."""


def group(parts: Sequence[Part], began: Began) -> list[tuple[Part, ...]]:
    """Recordings in the order of their first parts' names, their parts in time order."""
    recordings: list[tuple[Part, ...]] = []
    left = sorted(parts, key=lambda part: (part.name, part.place))
    for find in (_rings, _counted, _stamped):
        found = list(find(left))
        recordings += [_in_time(each, began) for each in found]
        taken = {part.place for each in found for part in each}
        left = [part for part in left if part.place not in taken]
    recordings += [(part,) for part in left]
    return sorted(recordings, key=lambda each: (each[0].name, each[0].place))


def followed(parts: Iterable[Part]) -> set[str]:
    """Places of parts after which their recorder has begun another one."""
    found = set()
    series = (("number", _COUNTED), ("time", _RING), ("time", _STAMPED))
    given = list(parts)
    for wanted, pattern in series:
        for same in _by_stem(given, pattern, wanted, f"{wanted}2").values():
            numbered = [(int(re.sub(r"\D", "", piece) or 0), part) for piece, part in same]
            latest = max(number for number, _ in numbered)
            found |= {part.place for number, part in numbered if number < latest}
    return found


def _in_time(parts: Sequence[Part], began: Began) -> tuple[Part, ...]:
    """By their first packets where all of them are known: numbers of a ring wrap."""
    times = [began(part) for part in parts]
    if any(time is None for time in times):
        return tuple(parts)
    order = sorted(range(len(parts)), key=lambda at: (times[at] or 0.0, at))
    return tuple(parts[at] for at in order)


def _counted(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """Names with a number behind the suffix, without a gap, from none, 0 or 1 on."""
    for numbered in _by_stem(parts, _COUNTED, "number").values():
        found = sorted(((int(n) if n else 0, part) for n, part in numbered), key=lambda e: e[0])
        numbers = [number for number, _ in found]
        unbroken = all(after - before == 1 for before, after in pairwise(numbers))
        if len(found) > 1 and unbroken and numbers[0] <= 1:
            yield [part for _, part in found]


def _rings(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """Names with a number and a time; in each recording the numbers rise with time."""
    for stamped in _by_stem(parts, _RING, "time", "time2").values():
        run: list[Part] = []
        last = -1
        for _, part in sorted(stamped, key=lambda each: (each[0], each[1].name)):
            match = _RING.match(part.name)
            number = int(match["number"] or match["number2"]) if match else 0
            if number <= last and len(run) > 1:
                yield run
            if number <= last:
                run = []
            run.append(part)
            last = number
        if len(run) > 1:
            yield run


def _stamped(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """Names with times equally far apart; the last file may begin whenever it likes."""
    for stamped in _by_stem(parts, _STAMPED, "time").values():
        timed = [(_seconds(time), part) for time, part in stamped]
        times = [time for time, _ in timed if time is not None]
        if len(times) < max(_FEWEST, len(timed)):
            continue
        gaps = [after - before for before, after in pairwise(sorted(times))]
        if min(gaps) > 0 and max(gaps) - min(gaps) <= _EVEN:
            yield [part for _, part in sorted(timed, key=lambda each: each[0] or 0.0)]


def _by_stem(
    parts: Iterable[Part], pattern: re.Pattern[str], *wanted: str
) -> dict[tuple[str, str, str], list[tuple[str, Part]]]:
    """Parts whose names fit, by what is around the wanted piece, with that piece."""
    found: dict[tuple[str, str, str], list[tuple[str, Part]]] = {}
    for part in parts:
        folder = part.place.rpartition("/")[0]
        if match := pattern.match(part.name):
            said = match.groupdict()
            end = said.get("end") or said.get("packed") or ""
            piece = next((said[name] for name in wanted if said.get(name)), "")
            found.setdefault((folder, said["stem"], end), []).append((piece, part))
    return found


def _seconds(stamp: str) -> float | None:
    """A time in a name, in seconds of no particular zone; None: no such day or hour."""
    digits = re.sub(r"\D", "", stamp)
    try:
        day = datetime.strptime(digits, "%Y%m%d%H%M%S")
    except ValueError:
        return None
    return day.toordinal() * 86400.0 + day.hour * 3600 + day.minute * 60 + day.second
