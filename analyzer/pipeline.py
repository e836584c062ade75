"""Bytes become flows, flows gain names, addresses gain places, meaning becomes findings.

The one place that knows all rooms. Nothing is judged or read here; data is
carried from room to room.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
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
from analyzer.record import Record, field

if TYPE_CHECKING:
    from analyzer.judge.claims import Known

Progress = Callable[[int, int], None]


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

    folders = (shipped.rules_folder(), *options.rules)
    asked = _Asked(options, folders)
    reading = judge.Reading(options.device.identifiers, options.device.own_words())
    heard = Heard(content=reading.content)
    if asked.key_log:
        heard.take_secrets(asked.secrets)
    rules_sha256 = provenance.rules_sha256(folders)
    registry = _registry(folders, rules_sha256)
    asked.know_vendor(registry)
    recording = reader.read(
        paths, _listen(heard), progress, heard.take_found_secrets, heard.secrets is not None
    )
    flows, capture = recording.flows, recording.capture
    _finish_flows(recording)
    given = options.device.addresses
    handsets = handset.find(flows, heard.hints, given, registry.vendor_of_mac)
    handset.orient(flows, handsets)
    name_flows(flows, heard.answers)
    attribution.name_vendors(handsets, asked.vendor, flows, heard.hints, registry)
    identifiers = reading.finish(flows, handsets, registry.vendor_of_mac)
    on = options.on or provenance.day_of(flows)
    if options.on is None:
        recording.anomalies += provenance.odd_days(flows, on)
    atlas = asked.atlas(on)
    proxied = {seen.flow_id for seen in heard.names if seen.asks_a_proxy}
    if proxied:
        recording.anomalies.append(Anomaly("proxy", len(proxied), effect=endpoints.PROXY))
    found = endpoints.gather(flows, handsets, proxied)
    attribution.attribute(found, flows, handsets, heard.answers, asked.vendor, atlas, registry)
    if asked.vantage and not capture.vpn_recording:
        jumping = any(odd.kind == "time_backwards" for odd in recording.anomalies)
        recording.anomalies += attribution.check_round_trips(found, flows, asked.vantage, jumping)
    result = Result(
        status=_status(recording),
        run=_run(asked, on, atlas, registry, rules_sha256),
        capture=capture,
        visibility=Visibility(),
        handsets=handsets,
        endpoints=found,
        flows=flows,
        names=sorted(heard.names, key=_name_order),
        identifiers=identifiers,
        anomalies=_anomalies(recording, heard, atlas, handsets, found, on),
    )
    result.anomalies = sorted([*result.anomalies, *reading.anomalies()], key=_anomaly_order)
    masker = reading.masker()
    if masker:
        masker.prepare(result)
    result.visibility = judge.visibility(result)
    judge.describe_encryption(result)
    result.findings = judge.judge(result, asked.policy, folders, registry.domain)
    known = partial(asked.known, registry, atlas)
    result.claims = judge.judge_claims(result, asked.claims, folders, known)
    result.score = judge.score_of(result, asked.policy, folders)
    if masker:
        masker.finish(result)
    result.anomalies = sorted([*result.anomalies, *recording.settle()], key=_anomaly_order)
    result.status = _status(recording)
    return result


def check(options: Options) -> None:
    """UsageError or DataFileError, as ``analyze`` would raise it before it reads a packet."""
    folders = (shipped.rules_folder(), *options.rules)
    asked = _Asked(options, folders)
    asked.know_vendor(Registry.open([folder / "vendors" for folder in folders]))


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
        effect = words.say("evidence.none")
        result.anomalies = sorted(
            [*result.anomalies, Anomaly("no_evidence", 1, effect=effect)], key=_anomaly_order
        )
        return
    frames = [number for choice in choices for number in choice.frames]
    flows = {flow.id: flow for choice in choices for flow in choice.flows}
    held = evidence.hold(packets.read(paths, frames, flows.values()))
    report.keep(folder, evidence.files(result, choices, held))


class _Asked:
    """The options, looked up: a wrong one is an error before any packet is read."""

    def __init__(self, options: Options, folders: Sequence[Path]) -> None:
        from analyzer import judge

        sheet = options.device
        self._options = options
        self.on = options.on
        self.home = options.home or sheet.home
        self.at = options.at or sheet.place
        self.vendor = options.vendor or sheet.vendor
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

    def know_vendor(self, registry: Registry) -> None:
        """UsageError where the vendor that was named has no file in rules/vendors."""
        known = registry.vendors() if self.vendor else {}
        if self.vendor and self.vendor not in known:
            raise UsageError(f"There is no vendor '{self.vendor}'; known are {', '.join(known)}.")

    def known(self, registry: Registry, atlas: Atlas) -> Known:
        """What judging claims needs to know of names and lists."""
        from analyzer.judge.claims import Known

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


def _run(asked: _Asked, on: str | None, atlas: Atlas, registry: Registry, rules_sha256: str) -> Run:
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
        data=[*atlas.data_sets(), *registry.data_sets()],
        rules_sha256=rules_sha256,
        limits=limits.as_dict(),
        keylog=asked.key_log,
    )


def _anomalies(
    recording: reader.Recording,
    heard: Heard,
    atlas: Atlas,
    handsets: list[Handset],
    found: list[Endpoint],
    on: str | None,
) -> list[Anomaly]:
    """Everything odd, from all rooms, in a fixed order."""
    odd = [*recording.anomalies, *heard.anomalies.values()]
    odd += [Anomaly("data_age", 1, effect=text) for text in atlas.far()]
    odd += [Anomaly("data_damaged", 1, effect=text) for text in atlas.broken()]
    if heard.secrets is not None:
        odd += heard.secrets.anomalies(sum(flow.decrypted is not None for flow in recording.flows))
    if recording.flows and not handsets:
        odd.append(Anomaly("no_handset", 1, effect=endpoints.NO_HANDSET))
    others = len(recording.flows) - sum(endpoint.flows for endpoint in found)
    if others:
        odd.append(Anomaly("other_flows", others, effect=endpoints.OTHER_FLOWS))
    return sorted(odd, key=_anomaly_order)


def _anomaly_order(anomaly: Anomaly) -> tuple[str, str]:
    return anomaly.kind, anomaly.effect


def _name_order(seen: NameSeen) -> tuple[int, int, str, str, str]:
    return seen.frame, seen.flow_id, seen.source, seen.name, seen.address or ""
