"""The report room: a Result becomes pages, tables, JSON and a terminal summary.

It sees no packet and judges nothing. ``write`` fills the report folder; a new
format is one file with ``render(result)`` and one row in analyzer/formats.py.
"""

from __future__ import annotations

from analyzer.report.folder import clear, keep, write
from analyzer.report.tables import endpoint_rows, finding_rows, flow_rows, name_rows
from analyzer.report.terminal import terminal
from analyzer.report.to_json import address_json, result_json, summary_json

__all__ = [
    "address_json",
    "clear",
    "endpoint_rows",
    "finding_rows",
    "flow_rows",
    "keep",
    "name_rows",
    "result_json",
    "summary_json",
    "terminal",
    "write",
]
