"""Writes LICENSE-DATA: whose the embedded data are and on what terms they may be used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

HEAD = """\
Data inside this package
========================

The program is under the Apache License 2.0 (LICENSE). The tables it carries in
analyzer/data/tables were made from the works of others, named below with their
publishers and terms. Written by "python -m analyzer.data.build".

Attributions that a report, a page or a product showing results must keep:

  IP Geolocation by DB-IP (https://db-ip.com)
  Network data: RouteViews (https://www.routeviews.org), NRO (https://www.nro.net)

Changes made: ranges were merged, IPv6 ranges finer than /64 left out, names
of networks trimmed of double spaces, and cloud ranges that another network
announces left out.
"""

CC_BY = """\
CC BY 4.0: Creative Commons Attribution 4.0 International,
https://creativecommons.org/licenses/by/4.0/legalcode
"""

MIT = """\
MIT: Permission is hereby granted, free of charge, to any person obtaining a
copy of this software and associated documentation files (the "Software"), to
deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or
sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions: The above copyright
notice and this permission notice shall be included in all copies or
substantial portions of the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT
WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE
FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT,
TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR
THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""

MPL = """\
MPL-2.0: Mozilla Public License 2.0, https://www.mozilla.org/MPL/2.0/ ; the
source form of the public suffix list is at https://publicsuffix.org/list/
"""

ISC = """\
ISC (the package world-atlas, Copyright 2013-2019 Michael Bostock): Permission
to use, copy, modify, and/or distribute this software for any purpose with or
without fee is hereby granted, provided that the above copyright notice and
this permission notice appear in all copies. THE SOFTWARE IS PROVIDED "AS IS"
AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING
ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE
AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR
ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN
AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR
IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
"""

PUBLIC_DOMAIN = """\
Public domain: Natural Earth asks for no permission and no credit,
https://www.naturalearthdata.com/about/terms-of-use/ ; its outlines were
projected, thinned and cut at the antimeridian, and Antarctica left out
"""

MANIFESTS = ("manifest.json", "manifest-owners.json", "manifest-map.json")


def licences(tables: Path) -> str:
    """The text of LICENSE-DATA, from the manifests in the folder of tables."""
    parts, built = [HEAD], set()
    for name in MANIFESTS:
        path = tables / name
        if path.is_file():
            manifest = json.loads(path.read_text(encoding="utf-8"))
            parts += [_part(row) for row in manifest["data"]]
            built |= {table["file"] for table in manifest["tables"]}
    hand = ", ".join(sorted(p.stem for p in tables.glob("*.tsv") if p.name not in built))
    parts.append(
        f"{hand} (*.tsv)\n  made by hand for this project from published facts: Apache-2.0\n"
    )
    return "\n".join([*parts, "Terms\n-----\n", CC_BY, MIT, MPL, ISC, PUBLIC_DOMAIN])


def _part(row: Mapping[str, str]) -> str:
    lines = [
        f"{row['name']}, data of {row['date']}",
        f"  publisher: {row['publisher']}",
        f"  taken from: {row['package']} {row['version']}",
        f"  licence: {row['licence']}",
    ]
    if row.get("attribution"):
        lines.append(f"  attribution: {row['attribution']}")
    return "\n".join(lines) + "\n"
