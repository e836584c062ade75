"""Numbers as a reader says them: sizes, shares, counts, spans of time."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.report.words import counted, say

_FRAMES = 20  # listed of a finding
_UNITS = ("kB", "MB", "GB", "TB")


def size(count: int) -> str:
    """Bytes in decimal units: ``640 bytes``, ``1.2 kB``, ``34 MB``."""
    if count < 1_000:
        return counted("bytes", count)
    power = 1
    while count >= 999.5 * 1_000**power and power < len(_UNITS):
        power += 1
    value, unit = count / 1_000**power, _UNITS[power - 1]
    return f"{value:.1f} {unit}" if value < 9.95 else f"{value:,.0f} {unit}"


def short(count: int) -> str:
    """As ``size``, for narrow columns: ``640 B``."""
    return f"{count} B" if count < 1_000 else size(count)


def share(part: float, whole: float = 1) -> str:
    """``66%``; what is not quite nothing or all is said so: ``under 1%``, ``over 99%``."""
    percent = 100 * part / whole if whole else 0.0
    if 0 < percent < 1:
        return say("share.under")
    if 99 < percent < 100:
        return say("share.over")
    return f"{percent:.0f}%"


def span(hours: float) -> str:
    """A length of time: ``2.4 hours``, ``14 minutes``, ``35 seconds``, ``under a second``.

    A tenth of a second is as fine as is told: hours read back from a file, with
    fewer digits, must not round to another word than those just measured.
    """
    seconds = round(hours * 3600, 1)
    if seconds >= 72 * 3600:
        return counted("days", round(seconds / 86_400))
    if seconds >= 3600:
        return say("span.hours", n=f"{seconds / 3600:.1f}")
    if seconds >= 90:
        return counted("minutes", round(seconds / 60))
    return counted("seconds", round(seconds)) if seconds >= 1 else say("span.moment")


def frames(numbers: Sequence[int], count: int) -> str:
    """``3, 7``; where there are more than are listed ``10 frames, among them 3, 7``."""
    shown = ", ".join(map(str, numbers[:_FRAMES]))
    if min(len(numbers), _FRAMES) == count:
        return shown
    return say("findings.some", count=counted("frames", count), frames=shown)
