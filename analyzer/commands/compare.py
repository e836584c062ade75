"""``phonehome compare``: two reports, handsets or batches beside one another."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from analyzer.commands import common
from analyzer.options import PATH


@click.command()
@click.argument("a", type=PATH)
@click.argument("b", type=PATH)
@click.option("--device-a", metavar="ID", help="Of the batch A only this handset.")
@click.option("--device-b", metavar="ID", help="Of the batch B only this handset.")
@click.option("-o", "--output", type=PATH, help="Folder for compare.html, .md and .json.")
@click.option("--format", "formats", default="html,md,json", show_default=True,
              help="Files to write with -o.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The whole comparison to stdout as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="No summary.")
@click.option("--debug", is_flag=True, help="Show a traceback if phonehome itself fails.")
def compare(
    a: Path,
    b: Path,
    device_a: str | None,
    device_b: str | None,
    output: Path | None,
    formats: str,
    as_json: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Compare two reports or batches: new, not seen, elsewhere."""
    from analyzer.compare import output as written
    from analyzer.compare import plain
    from analyzer.compare.compared import document
    from analyzer.compare.sides import side

    wanted = written.formats(formats)
    found = document(side(a, device_a), side(b, device_b))
    if output is not None:
        written.write(found, output, wanted)
    if as_json:
        from analyzer.report.to_json import encoded

        click.echo(b"".join(encoded(found)).decode(), nl=False)
    elif not quiet:
        width = shutil.get_terminal_size((100, 24)).columns
        click.echo(plain.terminal(found, width))
    lacking = any(found[name]["incomplete"] or found[name]["failed"] for name in ("a", "b"))
    return common.INCOMPLETE if lacking else 0
