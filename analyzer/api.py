"""phonehome from Python: ``analyzer.analyze(path).endpoints`` is a DataFrame."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer import asked, device, shipped
from analyzer.errors import UsageError
from analyzer.model import Result, Score
from analyzer.pipeline import Options, keep_evidence
from analyzer.pipeline import analyze as run
from analyzer.problems import nearest

if TYPE_CHECKING:
    import pandas as pd


_PATHS = {"country_db", "asn_db", "city_db", "keylog", "user_data"}


class Analysis:
    """What one recording showed. Tables are built when they are first asked for."""

    def __init__(self, result: Result, paths: Sequence[Path]) -> None:
        self.result = result
        self._paths = paths

    @property
    def score(self) -> Score | None:
        """How much deserves a reader's eye, 0 to 100, part by part: a sorting aid, no verdict."""
        return self.result.score

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

    def write(
        self, folder: str | Path, formats: str | Sequence[str] = ("html", "json", "csv")
    ) -> None:
        """Writes the report folder; ``formats`` are those of ``--format``."""
        from analyzer import report

        chosen = asked.formats(",".join(_several(formats)))
        keep_evidence(self.result, self._paths, Path(folder))
        report.write(self.result, Path(folder), chosen)

    def __str__(self) -> str:
        from analyzer import report

        return report.terminal(self.result, None)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """What Jupyter shows: summary, visibility and world map, in one inert piece."""
        from analyzer.report import notebook

        return notebook.html(self.result)

    def _repr_markdown_(self) -> str:
        """The same without the map, for viewers that show no HTML."""
        from analyzer.report import notebook

        return notebook.markdown(self.result)


def analyze(*paths: str | Path, device_sheet: str | Path | None = None, **options: Any) -> Analysis:
    """As ``analyzer.analyze``, which loads this when it is called.

    ``options`` are the fields of ``pipeline.Options``, paths and days as texts, too.
    """
    if not paths:
        raise UsageError('Name a capture: analyze("phone.pcap").')
    for name in options.keys() - set(Options.__slots__):
        fix = nearest(name, Options.__slots__)
        raise TypeError(f"analyze() has no option '{name}'; {fix}")
    sheet = device_sheet or options.get("device")
    if isinstance(sheet, str | Path):  # the command's option is called device
        options["device"] = device.read(Path(sheet))
    for name in _PATHS & options.keys():
        options[name] = options[name] and Path(options[name])
    options["rules"] = tuple(Path(folder) for folder in _several(options.get("rules", ())))
    if "claims" in options:
        options["claims"] = tuple(map(str, _several(options["claims"])))
    if options.get("policy") is not None:
        options["policy"] = str(options["policy"])
    if options.get("on") is not None:
        options["on"] = asked.day(str(options["on"]))
    options.setdefault("user_data", shipped.user_data_folder())
    files = [Path(path) for path in paths]
    return Analysis(run(files, Options(**options)), files)


def _several(named: Any) -> Sequence[Any]:
    """What was named, one or several: a text alone is one, not its letters."""
    return (named,) if isinstance(named, str | Path) else named
