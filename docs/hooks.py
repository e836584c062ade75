"""Pages of the repository that are read on their own become pages of the site as well.

Nothing is copied by hand: README, the guides beside rules and captures and so on
are taken as they are, and links between all pages are turned to where each stands
in the site. What is no page (a script, a licence) keeps its text and loses its link.
"""

from __future__ import annotations

import os
import posixpath
import re
from typing import Any

from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ALONG = {
    "README.md": "overview.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changes.md",
    "rules/README.md": "rules/README.md",
    "rules/claims/README.md": "rules/claims/README.md",
    "rules/vendors/README.md": "rules/vendors/README.md",
    "captures/README.md": "captures/README.md",
    "benchmarks/README.md": "benchmarks/README.md",
}
"""Path in the repository -> path in the site; all of docs/ stands at its root."""

_LINK = re.compile(r"(?<!\\)(!?)\[([^\]\n]*(?:\n[^\]\n]+)*)\]\((?![a-z]+:)([^)#\s]*)(#[^)\s]*)?\)")
_FENCE = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)


def on_files(files: Files, config: Any) -> Files:
    """The pages of ALONG beside those of docs/."""
    root = os.path.dirname(config.config_file_path)
    for path, site in ALONG.items():
        files.append(File.generated(config, site, abs_src_path=os.path.join(root, path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: Any, files: Files) -> str:
    """Links as they must be in the site; code stays as it is."""
    parts = _FENCE.split(markdown)
    return "".join(
        part if part.startswith("```") else _LINK.sub(lambda found: _link(found, page, files), part)
        for part in parts
    )


def _link(found: re.Match[str], page: Page, files: Files) -> str:
    picture, text, target, anchor = found[1], found[2], found[3], found[4] or ""
    if not target:
        return found[0]
    here = page.file.src_uri
    origin = {site: path for path, site in ALONG.items()}.get(here, f"docs/{here}")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(origin), target))
    site = ALONG.get(path, path.removeprefix("docs/") if path.startswith("docs/") else "")
    if not site or files.get_file_from_path(site) is None:
        return text  # no page; the tests see to it that the file is there
    return f"{picture}[{text}]({posixpath.relpath(site, posixpath.dirname(here) or '.')}{anchor})"
