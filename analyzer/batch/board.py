"""The scoreboard of a batch: scoreboard.csv, .parquet and .html, and cohorts.csv.

Rules of this file
- Records are read twice and never kept: the first time for the figures of all, the second
  for the rows. What stays in memory grows with handsets, not with captures.
- Records come sorted by key, so that the same records give the same bytes.
- Each file appears whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from analyzer.batch import board_cohort, board_cover, board_page, board_rows, dataset
from analyzer.batch.board_sections import between
from analyzer.batch.board_survey import Survey, survey
from analyzer.batch.board_words import counted, say
from analyzer.report import folder as files
from analyzer.report import to_csv
from analyzer.report.safe import visible
from analyzer.report.tables import Columns, Row

Json = Mapping[str, Any]
Records = Callable[[], Iterable[Json]]

NAME = "scoreboard"
_GROUPS = 3  # said on a terminal


def write(records: Records, folder: Path, settings: Json, waiting: int = 0) -> Survey:
    """Write the scoreboard of all records into ``folder``; the figures it rests on.

    ``records``: each call gives all, sorted by key. ``settings``: what batch.json
    says of the run. ``waiting``: recordings of which there is no record yet.
    scoreboard.parquet is left out without pyarrow. PhonehomeError when the folder
    cannot be written, ValueError when records are not sorted.
    """
    linked = "html" in (settings.get("formats") or ("html",))
    found = survey(records(), board_cover.limits(_rules(settings)), linked)
    found.waiting = waiting
    columns = {**board_rows.COLUMNS, **board_rows.part_columns(found.parts)}
    with _parquet(folder, columns) as add:
        rows = _rows(records(), found, add)
        files.whole(folder, f"{NAME}.csv", to_csv.chunks(columns, rows))
    files.whole(folder, f"{NAME}.html", board_page.render(found, settings))
    cohorts = found.cohorts.rows()
    files.whole(folder, "cohorts.csv", to_csv.chunks(board_cohort.COLUMNS, cohorts))
    return found


def summary_lines(found: Survey) -> list[str]:
    """What a terminal says of a batch below its account, as sentences in printable characters."""
    lines = board_page.sentences(found)[1:]
    scores = found.scores_of()
    if len(scores) > 1:
        lines.append(say("top.groups", n=len(scores)))
    for group, all_ in list(scores.items())[:_GROUPS]:
        lines.append(say("top.group", letter=group.letter, label=group.label,
                         scores=between(all_), n=counted("captures", len(all_))))  # fmt: skip
    if (rest := len(scores) - _GROUPS) > 0:
        lines.append(say("top.more", n=rest))
    return [visible(line) for line in lines]


def _rows(records: Iterable[Json], found: Survey, add: Callable[[Row], None]) -> Iterator[Row]:
    """Captures by key, then handsets by name; each also goes to ``add``."""
    for record in records:
        row = board_rows.capture_row(record, found.linked)
        found.offer(row)
        yield _told(row, found, add)
    for _, device in sorted(found.devices.items()):
        yield _told(device.row(), found, add)


def _told(row: Json, found: Survey, add: Callable[[Row], None]) -> Row:
    cells = board_rows.values(row, found.groups, found.parts)
    add(cells)
    return cells


@contextmanager
def _parquet(folder: Path, columns: Columns) -> Iterator[Callable[[Row], None]]:
    """Where rows go to become scoreboard.parquet; nowhere without pyarrow."""
    if not dataset.possible():
        yield lambda row: None
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with dataset.opened(folder / f"{NAME}.parquet", columns) as add:
            yield add
    except OSError as error:
        raise files.unwritable(error, folder) from error


def _rules(settings: Json) -> list[Path]:
    """The batch's own folders of rules."""
    asked = settings.get("asked")
    given = asked.get("rules") if isinstance(asked, Mapping) else None
    return [Path(each) for each in given or () if isinstance(each, str)]
