"""What every HTML page of ours begins and ends with: one file, no request to anywhere.

Style and script stand inline and are admitted by their hashes in the page's
own Content-Security-Policy; anything else a browser would refuse.
"""

from __future__ import annotations

from pathlib import Path

from analyzer.report.markup import esc, tell


def opening(title: str, *styles: str) -> str:
    """Everything up to the content. ``styles``: files of this folder beside style.css."""
    style = "".join(_file(name) for name in ("style.css", *styles))
    policy = (
        f"default-src 'none'; style-src 'sha256-{_hash(style)}';"
        f" script-src 'sha256-{_hash(_script())}'; base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        # Telephones turn numbers and addresses into links of their own unless told not to.
        '<meta name="format-detection" content="telephone=no, address=no, email=no, date=no">\n'
        f"<title>{esc(title, 160)}</title>\n"
        f"<style>{style}</style>\n</head>\n"
        f'<body data-copy="{tell("copy.filter")}">'
        f'<a class="skip" href="#answer">{tell("page.skip")}</a>\n'
    )


def credit() -> str:
    """What the licences of the data ask every page that shows places to say, with its link."""
    return f'<a href="https://db-ip.com">{tell("data.credit")}</a>{tell("data.credit_more")}'


def closing(footer: str) -> str:
    """Everything after the content. ``footer``: a sentence, escaped already."""
    return f"<footer><p>{footer}</p></footer>\n<script>{_script()}</script>\n</body>\n</html>\n"


def _script() -> str:
    return _file("page.js")


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """The base64 SHA-256 a Content-Security-Policy names an inline text by."""
    from base64 import b64encode
    from hashlib import sha256

    return b64encode(sha256(text.encode()).digest()).decode()
