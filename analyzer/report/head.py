"""What stands above the sections of the page: title, when, on which handset, contents."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.model import Handset, Result, Status
from analyzer.report.clock import second
from analyzer.report.limits_said import why_not_whole
from analyzer.report.markup import esc, folded, paragraph, tell
from analyzer.report.terminal import file_names
from analyzer.report.words import CATALOGUE, counted, say

_HANDSETS = 4  # named at once; the others stand with how each is known
_TEXT = 4_000  # characters of a sentence of ours, which may quote captured text


def head(result: Result, contents: Sequence[str]) -> str:
    """Title, when and on which handset, and whether anything is missing."""
    first, last = second(result.capture.first), second(result.capture.last)
    when = tell("page.recorded", first=first, last=last) if first else tell("page.unrecorded")
    links = "".join(f'<li><a href="#{name}">{tell(f"page.{name}")}</a>' for name in contents)
    return (
        f'<header><p class="kicker">{tell("page.kicker")}</p>'
        f"<h1>{esc(say('page.title', name=file_names(result)), 160)}</h1>"
        f'<p class="when">{when}</p>'
        f"{_handsets(result.handsets)}{_status(result)}</header>"
        f'<nav aria-label="{tell("page.contents")}"><ol>{links}</ol></nav>\n'
    )


def _handsets(handsets: Sequence[Handset]) -> str:
    """Which handsets in a line and, folded, all that is known of each and how."""
    if not handsets:
        return paragraph(tell("handset.none"), "handset")
    named = [_named(h) for h in handsets[:_HANDSETS]]
    if left := len(handsets) - len(named):
        named.append(counted("more", left))
    told = CATALOGUE.plural("handset.named", len(handsets), named="; ".join(named))
    known = "".join(paragraph(esc(_known(h), _TEXT), "handset") for h in handsets)
    return paragraph(esc(told, _TEXT), "handset") + folded(tell("handset.how"), known)


def _named(h: Handset) -> str:
    """``192.0.2.7, vendor, model``."""
    return ", ".join(filter(None, (*h.addresses[:1], h.vendor, *h.model_hints[:1])))


def _known(h: Handset) -> str:
    """All addresses and hints of a handset, and what each rests on."""
    more = "".join(f", {part}" for part in (h.vendor, *h.model_hints, h.mac) if part)
    how = ". ".join(how.rstrip(".") for how in h.how_known) or say("handset.unsaid")
    return say("handset.known", addresses=", ".join(h.addresses), more=more, how=how)


def _status(result: Result) -> str:
    if result.status == Status.COMPLETE:
        return ""
    said = say(f"page.status.{result.status}", why=why_not_whole(result, 3))
    return paragraph(esc(said, _TEXT), "warning")
