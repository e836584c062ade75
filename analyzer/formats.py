"""The formats of a report: what a user types, and the file of the report room that writes it.

Each has ``render(result)``, which yields file names and their bytes in pieces.
"""

from __future__ import annotations

FORMATS: dict[str, str] = {
    "html": "analyzer.report.to_html",
    "json": "analyzer.report.to_json",
    "csv": "analyzer.report.to_csv",
    "parquet": "analyzer.report.to_parquet",
    "md": "analyzer.report.to_markdown",
}
