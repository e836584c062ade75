"""What was typed on the command line, checked as far as it can be without a capture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer.errors import UsageError
from analyzer.formats import FORMATS

if TYPE_CHECKING:
    from analyzer.pipeline import Options


def options(given: dict[str, Any]) -> Options:
    """The options of a command that analyzes; UsageError names the wrong one."""
    from analyzer import device, shipped
    from analyzer.pipeline import Options

    return Options(
        home=given["home"],
        at=given["at"],
        vendor=given["vendor"],
        policy=given["policy"],
        claims=given["claims"],
        on=day(given["on"]),
        device=device.read(given["device"]) if given["device"] else device.Device(),
        country_db=given["country_db"],
        asn_db=given["asn_db"],
        city_db=given["city_db"],
        keylog=given["keylog"],
        rules=given["rules"],
        user_data=shipped.user_data_folder(),
    )


def day(text: str | None) -> str | None:
    """A day as YYYY-MM-DD."""
    if text is None:
        return None
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"--on takes a day such as 2017-09-05, not '{text}'.") from None


def today() -> str:
    """The day it is in UTC, for the ages of data sets; no analysis depends on it."""
    from datetime import UTC, datetime

    return datetime.now(UTC).date().isoformat()


def formats(text: str) -> list[str]:
    """The formats named in a list with commas."""
    chosen = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in chosen if name not in FORMATS]
    if unknown or not chosen:
        raise UsageError(f"--format takes a list of {', '.join(FORMATS)}, not '{text}'.")
    if "parquet" in chosen:
        from importlib.util import find_spec

        if find_spec("pyarrow") is None:
            from analyzer.report.words import say

            raise UsageError(say("error.parquet"))
    return chosen


def folder(capture: Path) -> Path:
    """The report folder of a capture, if none was named."""
    name = "standard-input" if str(capture) == "-" else capture.name
    return Path(f"{name}.phonehome")
