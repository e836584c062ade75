"""Bytes become flows, flows gain names, addresses gain places, meaning becomes findings.

The one place that knows all rooms. Nothing is judged or read here; data is
carried from room to room.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer import __version__, attribution, endpoints, handset, limits, provenance, shipped
from analyzer.capture import reader
from analyzer.capture.streams import Listener
from analyzer.device import Device
from analyzer.errors import UsageError
from analyzer.model import (
    Anomaly,
    Endpoint,
    Flow,
    Handset,
    KeyLog,
    NameSeen,
    Result,
    Run,
    Status,
    Visibility,
)
from analyzer.names.conversation import Conversation, FlowStart, Heard
from analyzer.names.join import name_flows
from analyzer.owners.registry import Registry
from analyzer.places.atlas import Atlas
from analyzer.proxied import proxied
from analyzer.record import Record, field

if TYPE_CHECKING:
    from analyzer.judge.claims import Known

Progress = reader.Progress


class Options(Record, frozen=True):
    """What the user asked; every field may be left out."""

    home: str | None = None
    at: str | None = None
    vendor: str | None = None
    policy: str | None = None
    claims: tuple[str, ...] = ()  # ids or files; none: those of the handset's vendor
    on: str | None = None
    device: Device = field(default_factory=Device)
    country_db: Path | None = None
    asn_db: Path | None = None
    city_db: Path | None = None
    keylog: Path | None = None  # secrets of TLS sessions (SSLKEYLOGFILE)
    rules: tuple[Path, ...] = ()
    user_data: Path | None = None


def analyze(
    paths: Sequence[Path], options: Options | None = None, progress: Progress | None = None
) -> Result:
    """One recording, in one or several files in time order, to a result."""
    collecting = gc.isenabled()
    gc.disable()  # nothing here makes cycles, and looking for them takes a quarter of the time
    try:
        return _analyze(paths, options or Options(), progress)
    finally:
        if collecting:
            gc.enable()


def _analyze(paths: Sequence[Path], options: Options, progress: Progress | None) -> Result:
    from analyzer import judge

    asked = _Asked(options)
    reading = judge.Reading(options.device.identifiers, options.device.own_words())
    heard = Heard(content=reading.content)
    if asked.key_log:
        heard.take_secrets(asked.secrets)
    recording = reader.read(
        paths, _listen(heard), progress, heard.take_found_secrets, heard.secrets is not None
    )
    flows = recording.flows
    _finish_flows(recording)
    handsets = _handsets(asked, flows, heard)
    identifiers = reading.finish(flows, handsets, asked.registry.vendor_of_mac)
    on = options.on or provenance.day_of(flows)
    if options.on is None:
        recording.anomalies += provenance.odd_days(flows, on)
    atlas = asked.atlas(on)
    found = _endpoints(asked, recording, heard, handsets, atlas)
    result = Result(
        status=_status(recording),
        run=_run(asked, on, atlas),
        capture=recording.capture,
        visibility=Visibility(),
        handsets=handsets,
        endpoints=found,
        flows=flows,
        names=sorted(heard.names, key=_name_order),
        identifiers=identifiers,
    )
    _add_anomalies(result, _odd(recording, heard, atlas, handsets, found) + reading.anomalies())
    masker = reading.masker()
    if masker:
        masker.prepare(result)
    _judge(result, asked, atlas)
    if masker:
        masker.finish(result)
    _add_anomalies(result, recording.settle())
    result.status = _status(recording)
    return result


def _handsets(asked: _Asked, flows: list[Flow], heard: Heard) -> list[Handset]:
    """The handsets; flows turn towards them and take their names."""
    given, registry = asked.addresses, asked.registry
    handsets = handset.find(flows, heard.hints, given, registry.vendor_of_mac)
    handset.orient(flows, handsets)
    name_flows(flows, heard.answers)
    attribution.name_vendors(handsets, asked.vendor, flows, heard.hints, registry)
    return handsets


def _endpoints(
    asked: _Asked,
    recording: reader.Recording,
    heard: Heard,
    handsets: list[Handset],
    atlas: Atlas,
) -> list[Endpoint]:
    """The endpoints with places and owners; what is odd about them, the recording is told."""
    flows, registry = recording.flows, asked.registry
    with_proxy = proxied(heard.names, flows)
    if with_proxy:
        recording.anomalies.append(Anomaly("proxy", len(with_proxy), effect=endpoints.PROXY))
    found = endpoints.gather(flows, handsets, with_proxy)
    attribution.attribute(found, flows, handsets, heard.answers, asked.vendor, atlas, registry)
    if asked.vantage and not recording.capture.vpn_recording:
        jumping = any(odd.kind == "time_backwards" for odd in recording.anomalies)
        recording.anomalies += attribution.check_round_trips(found, flows, asked.vantage, jumping)
    return found


def _judge(result: Result, asked: _Asked, atlas: Atlas) -> None:
    """What all that means, written into the result."""
    from analyzer import judge

    policy, folders = asked.policy, asked.folders
    result.visibility = judge.visibility(result)
    judge.describe_encryption(result)
    result.findings = judge.judge(result, policy, folders, asked.registry.domain)
    result.claims = judge.judge_claims(result, asked.claims, folders, partial(asked.known, atlas))
    result.score = judge.score_of(result, policy, folders)


def check(options: Options) -> None:
    """UsageError or DataFileError, as ``analyze`` would raise it before it reads a packet."""
    _Asked(options)


def keep_evidence(result: Result, paths: Sequence[Path], folder: Path) -> None:
    """Writes each finding's packets below ``folder``, where the report then lists them.

    Reads the inputs once more; where they cannot be, an anomaly says so.
    """
    from analyzer import report
    from analyzer.capture import packets
    from analyzer.report import evidence, words

    choices = evidence.choose(result)
    if not choices:
        return
    if not packets.readable_again(paths, [file.bytes for file in result.capture.files]):
        _add_anomalies(result, [Anomaly("no_evidence", 1, effect=words.say("evidence.none"))])
        return
    frames = [number for choice in choices for number in choice.frames]
    flows = {flow.id: flow for choice in choices for flow in choice.flows}
    held = evidence.hold(packets.read(paths, frames, flows.values()))
    report.keep(folder, evidence.files(result, choices, held))


class _Asked:
    """The options, looked up: a wrong one is an error before any packet is read."""

    def __init__(self, options: Options) -> None:
        from analyzer import judge

        sheet = options.device
        self._options = options
        self.folders = folders = (shipped.rules_folder(), *options.rules)
        self.on = options.on
        self.home = options.home or sheet.home
        self.at = options.at or sheet.place
        self.vendor = options.vendor or sheet.vendor
        self.addresses = sheet.addresses
        self.quiet_hours = sheet.quiet_hours
        self.vantage = None
        self.policy = judge.load_policy(options.policy, folders) if options.policy else None
        self.claims = judge.choose_claims(options.claims, folders) if options.claims else None
        self.key_log, self.secrets = _key_log(options.keylog)
        if options.country_db or options.asn_db or options.city_db:
            self.atlas(options.on)
        if self.home or self.at:
            from analyzer.places import gazetteer

            self.home = gazetteer.country(self.home) if self.home else None
            self.vantage = gazetteer.locate(self.at) if self.at else None
        self.rules_sha256 = provenance.rules_sha256(folders)
        self.registry = _registry(folders, self.rules_sha256)
        known = self.registry.vendors() if self.vendor else {}
        if self.vendor and self.vendor not in known:
            raise UsageError(f"There is no vendor '{self.vendor}'; known are {', '.join(known)}.")

    def known(self, atlas: Atlas) -> Known:
        """What judging claims needs to know of names and lists."""
        from analyzer.judge.claims import Known

        registry = self.registry

        def purpose_of(name: str) -> str | None:
            owner = registry.owner(name)
            return owner.category if owner else None

        dates = atlas.list_dates()
        return Known(registry.vendor_of_name, purpose_of, dates, self.vendor is not None)

    def atlas(self, on: str | None) -> Atlas:
        """The sources of a day; DataFileError where a given database is none."""
        options = self._options
        return Atlas.open(
            on,
            country_db=options.country_db,
            asn_db=options.asn_db,
            city_db=options.city_db,
            user_data=options.user_data,
        )


def _key_log(path: Path | None) -> tuple[KeyLog | None, bytes]:
    """What is told of a key log, and its text."""
    if path is None:
        return None, b""
    from analyzer.names import keylog

    text, told = keylog.read(path)
    return told, text


def _listen(heard: Heard) -> reader.Listen:
    def listener(
        number: int, proto: str, a: str, a_port: int, b: str, b_port: int, late: bool
    ) -> Listener:
        return Conversation(FlowStart(number, proto, a, a_port, b, b_port, late), heard)

    return listener


def _finish_flows(recording: reader.Recording) -> None:
    """What the listeners heard goes into the flows."""
    for flow in recording.flows:
        app = flow.app
        listener = recording.listeners.get(flow.id)
        if isinstance(listener, Conversation):
            listener.finish(flow)
            flow.app = app or flow.app
        reply = recording.replies.get(flow.id)
        opened = flow.app_protocol == "quic" and flow.tls is not None  # its ClientHello was heard
        if opened and reply and reply[0] > flow.first:
            flow.rtt = reply[0] - flow.first
            flow.rtt_frames = (flow.first_frame, reply[1])
    recording.listeners.clear()
    recording.replies.clear()


def _status(recording: reader.Recording) -> Status:
    if not recording.capture.counters.in_flows:
        return Status.FAILED
    return Status.INCOMPLETE if recording.damaged else Status.COMPLETE


@lru_cache(2)
def _registry(folders: tuple[Path, ...], _: str) -> Registry:
    """The registry of folders whose files have this digest, opened once for many recordings."""
    return Registry.open([folder / "vendors" for folder in folders])


def _run(asked: _Asked, on: str | None, atlas: Atlas) -> Run:
    given = {"home": asked.home, "at": asked.at, "vendor": asked.vendor, "on": asked.on}
    if asked.policy:
        given["policy"] = asked.policy.id
    if asked.key_log:
        given["keylog"] = asked.key_log.name
    arguments = [f"--{name}={value}" for name, value in given.items() if value]
    return Run(
        version=__version__,
        arguments=arguments + [f"--claims={claim.id}" for claim in asked.claims or ()],
        home=asked.home,
        vantage=asked.vantage.name if asked.vantage else None,
        quiet_hours=asked.quiet_hours,
        on=on,
        data=[*atlas.data_sets(), *asked.registry.data_sets()],
        rules_sha256=asked.rules_sha256,
        limits=limits.as_dict(),
        keylog=asked.key_log,
    )


def _odd(
    recording: reader.Recording,
    heard: Heard,
    atlas: Atlas,
    handsets: list[Handset],
    found: list[Endpoint],
) -> list[Anomaly]:
    """What was odd to all rooms but those that read content."""
    odd = [*recording.anomalies, *heard.anomalies.values()]
    odd += [Anomaly("data_age", 1, effect=text) for text in atlas.far()]
    odd += [Anomaly("data_damaged", 1, effect=text) for text in atlas.broken()]
    if heard.secrets is not None:
        odd += heard.secrets.anomalies(sum(flow.decrypted is not None for flow in recording.flows))
    if recording.flows and not handsets:
        odd.append(Anomaly("no_handset", 1, effect=endpoints.NO_HANDSET))
    if twice := endpoints.recorded_twice(recording.flows, handsets):
        odd.append(Anomaly("recorded_twice", twice, effect=endpoints.TWICE))
    others = len(recording.flows) - sum(endpoint.flows for endpoint in found)
    if others:
        odd.append(Anomaly("other_flows", others, effect=endpoints.OTHER_FLOWS))
    return odd


def _add_anomalies(result: Result, odd: Sequence[Anomaly]) -> None:
    """Keeps all anomalies of a result in a fixed order."""
    both = [*result.anomalies, *odd]
    result.anomalies = sorted(both, key=lambda anomaly: (anomaly.kind, anomaly.effect))


def _name_order(seen: NameSeen) -> tuple[int, int, str, str, str]:
    return seen.frame, seen.flow_id, seen.source, seen.name, seen.address or ""
