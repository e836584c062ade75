"""evidence/<finding id>.pcapng: the packets a finding rests on, for Wireshark.

Rules of this file
- All packets of the finding's conversations where they are few; else the frames
  it lists and, of each conversation it begins, the opening, the answer and the
  packet that shows the name. What was left out is said in the file.
- Each packet stands as it was recorded, with its number there as a comment.
- The gravest findings choose first; limits.py holds the sizes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

from analyzer import limits
from analyzer.model import CaptureFile, Finding, Flow, NameSource, Packet, Result, Severity
from analyzer.record import Record, field
from analyzer.report import pcapng
from analyzer.report.words import counted, joined, say

FOLDER = "evidence"
_PLAIN = re.compile(r"[\w-][\w.-]{0,99}", re.ASCII)
_NAMED_FILES = 20
_GRAVEST_FIRST = {severity: place for place, severity in enumerate(reversed(Severity))}


class Choice(Record):
    """Which packets a finding shall have: some by number, all those of some flows."""

    finding: Finding
    frames: set[int]
    flows: list[Flow] = field(default_factory=list)


def choose(result: Result) -> list[Choice]:
    """What to look for in the recording, for every finding that names packets."""
    named = [finding for finding in result.findings if finding.evidence.frames]
    named.sort(key=lambda finding: _GRAVEST_FIRST[finding.severity])
    begun = _begun(result.flows, {n for finding in named for n in finding.evidence.frames})
    left = limits.EVIDENCE_ALL_PACKETS
    choices = []
    for finding in named:
        choice = _choice(finding, begun, min(left, limits.EVIDENCE_PACKETS))
        left -= sum(f.packets_up + f.packets_down for f in choice.flows) or len(choice.frames)
        choices.append(choice)
    return [choice for choice in choices if choice.frames]


def _begun(flows: Iterable[Flow], frames: set[int]) -> dict[int, Flow]:
    """The flow that a frame opens, or in which it is the first to be readable."""
    begun = {}
    for flow in flows:
        for number in (flow.cleartext_frame, flow.first_frame):
            if number in frames and number is not None:
                begun[number] = flow
    return begun


def _choice(finding: Finding, begun: dict[int, Flow], most: int) -> Choice:
    listed = finding.evidence.frames
    flows = {begun[n].id: begun[n] for n in listed if n in begun}
    packets = sum(flow.packets_up + flow.packets_down for flow in flows.values())
    if packets == finding.evidence.frame_count and packets <= most:
        return Choice(finding, set(listed), list(flows.values()))
    frames = set(listed[:most])
    for flow in flows.values():
        for number in _telling(flow):
            if len(frames) < most:
                frames.add(number)
    return Choice(finding, frames)


def _telling(flow: Flow) -> Iterator[int]:
    """Frames of a flow that show what it is; an answer of the DNS is another flow's."""
    yield flow.first_frame
    yield from flow.rtt_frames or ()
    if flow.name_frame and flow.name_source != NameSource.DNS:
        yield flow.name_frame


def hold(packets: Iterable[Packet]) -> list[Packet]:
    """The packets, up to what all evidence files together may hold."""
    held = []
    room = limits.EVIDENCE_ALL_BYTES
    for packet in packets:
        room -= len(packet.data)
        if room < 0:
            break
        held.append(packet)
    return held


def files(
    result: Result, choices: list[Choice], packets: list[Packet]
) -> Iterator[tuple[str, bytes]]:
    """The files' paths in the report folder and their bytes; their findings name them."""
    by_frame = {packet.frame: packet for packet in packets}
    by_flow: dict[int, list[int]] = {}
    for packet in packets:
        by_flow.setdefault(packet.flow, []).append(packet.frame)
    room = limits.EVIDENCE_ALL_BYTES
    for choice in choices:
        frames = choice.frames.union(*(by_flow.get(flow.id, ()) for flow in choice.flows))
        found = [by_frame[number] for number in sorted(frames) if number in by_frame]
        content = _file(result, choice.finding, found, min(room, limits.EVIDENCE_BYTES))
        if content:
            room -= len(content)
            choice.finding.evidence.file = f"{FOLDER}/{file_name(choice.finding.id)}"
            yield choice.finding.evidence.file, content


def file_name(finding: str) -> str:
    """The name of a finding's file: its id, where that is a plain word."""
    if _PLAIN.fullmatch(finding):
        return f"{finding}.pcapng"
    digest = hashlib.sha256(finding.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"finding-{digest}.pcapng"


def _file(result: Result, finding: Finding, packets: list[Packet], most: int) -> bytes:
    """The file's bytes; none where not even one packet fits."""
    links = sorted({packet.link_type for packet in packets})
    head = b"".join(map(pcapng.interface, links))
    most -= len(head) + pcapng.LONGEST + 200  # of the section
    blocks = []
    for packet in packets:
        comments = _comments(packet, finding, result.capture.files)
        block = pcapng.packet(
            links.index(packet.link_type), packet.ts, packet.wire, packet.data, comments
        )
        most -= len(block)
        if most < 0:
            break
        blocks.append(block)
    if not blocks:
        return b""
    about = _about(result, finding, {packet.frame for packet in packets[: len(blocks)]})
    section = pcapng.section(f"phonehome {result.run.version}", about)
    return section + head + b"".join(blocks)


def _comments(packet: Packet, finding: Finding, inputs: list[CaptureFile]) -> list[str]:
    """Which frame it was; in a recording of several files also which of the whole."""
    name = inputs[packet.file].name[: limits.TEXT]
    said = [say("evidence.frame", frame=packet.file_frame, name=name, id=finding.id)]
    if len(inputs) > 1:
        said.append(say("evidence.frame_of_all", frame=packet.frame))
    return said


def _about(result: Result, finding: Finding, frames: set[int]) -> str:
    """What the file is, what was left out, and which recording it is from."""
    whole, count = finding.evidence.frame_count, len(frames)
    complete = count >= whole and frames.issuperset(finding.evidence.frames)
    key = "evidence.whole" if complete else "evidence.part"
    title = finding.title[: limits.TEXT]
    inputs = result.capture.files
    named = [f"{f.name[: limits.TEXT]} (SHA-256 {f.sha256})" for f in inputs[:_NAMED_FILES]]
    if len(inputs) > _NAMED_FILES:
        named.append(counted("others", len(inputs) - _NAMED_FILES))
    return " ".join((
        say("evidence.about", id=finding.id, title=title),
        say(key, count=counted("packets", count), whole=f"{whole:,}"),
        say("evidence.from", files=joined(named)),
        say("page.made", version=result.run.version),
    ))  # fmt: skip
