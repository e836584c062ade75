"""phonehome from Python: ``analyzer.analyze(path).endpoints`` is a DataFrame."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer import device
from analyzer.model import Result
from analyzer.pipeline import Options
from analyzer.pipeline import analyze as run

if TYPE_CHECKING:
    import pandas as pd


class Analysis:
    """What one recording showed. Tables are built when they are first asked for."""

    def __init__(self, result: Result) -> None:
        self.result = result

    @cached_property
    def flows(self) -> pd.DataFrame:
        """One row a flow, columns as in flows.csv."""
        from analyzer.report.frames import flows_frame

        return flows_frame(self.result)

    @cached_property
    def endpoints(self) -> pd.DataFrame:
        """One row a remote address, columns as in endpoints.csv."""
        from analyzer.report.frames import endpoints_frame

        return endpoints_frame(self.result)

    @cached_property
    def names(self) -> pd.DataFrame:
        """One row a sighting of a name, columns as in names.csv."""
        from analyzer.report.frames import names_frame

        return names_frame(self.result)

    @cached_property
    def findings(self) -> pd.DataFrame:
        """One row a finding, columns as in findings.csv."""
        from analyzer.report.frames import findings_frame

        return findings_frame(self.result)

    def to_dict(self) -> dict[str, Any]:
        """The content of result.json."""
        from analyzer.report import result_json

        return result_json(self.result)

    def write(self, folder: str | Path, formats: tuple[str, ...] = ("html", "json", "csv")) -> None:
        """Writes the report folder."""
        from analyzer import report

        report.write(self.result, Path(folder), formats)

    def __str__(self) -> str:
        from analyzer import report

        return report.terminal(self.result, None)


def analyze(*paths: str | Path, device_sheet: str | Path | None = None, **options: Any) -> Analysis:
    """Analyzes one recording (its files in time order).

    ``options`` are the fields of ``pipeline.Options``: home, at, vendor, policy, on ...
    """
    if device_sheet is not None:
        options["device"] = device.read(Path(device_sheet))
    return Analysis(run([Path(path) for path in paths], Options(**options)))
