"""The words every room speaks: captures, flows, names, endpoints, findings.

Rules of this file
- Data only: no input, no output, no judgement, nothing imported from a room.
- Times are int nanoseconds since 1970-01-01 UTC; durations are int nanoseconds.
- Byte counters are Python ints (never narrower than 64 bits).
- Addresses are canonical text: dotted IPv4, RFC 5952 IPv6 (see addresses.py).
- ``None`` means "not known"; an empty text is a value like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from analyzer.record import Record, field

# ---------------------------------------------------------------- vocabulary


class Status(StrEnum):
    """How far a run came."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    FAILED = "failed"


class Certainty(StrEnum):
    """How sure a location is; the ladder of docs/methodology."""

    STATED = "stated"  # the operator's own dated list
    AGREED = "agreed"  # independent sources agree
    SINGLE = "single"  # one source only
    DISPUTED = "disputed"  # sources differ: all are shown
    EXCLUDED = "excluded"  # physics rules the stated place out
    EDGE = "edge"  # anycast or CDN: no country can be given
    UNKNOWN = "unknown"  # no source knows it
    PRIVATE = "private"  # not an address of the public Internet


class Party(StrEnum):
    """Whose endpoint it is, seen from the handset's vendor."""

    FIRST = "first"
    SUPPORT = "support"
    THIRD = "third"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """How much a reader should care; findings never change the exit code."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Verdict(StrEnum):
    """What a capture says of a claim; a universal claim can be refuted, never shown to hold."""

    CONTRADICTED = "contradicted"
    CONSISTENT = "consistent"
    NOT_TESTABLE = "not_testable"


class NameSource(StrEnum):
    """Where a flow's name was heard, best first (flows.csv ``name_source``)."""

    SNI = "sni"
    QUIC_SNI = "quic_sni"
    HTTP_HOST = "http_host"
    CERT = "cert"
    DNS = "dns"
    PAYLOAD = "payload"
    NONE = "none"


class WhyNoName(StrEnum):
    """Why a flow has no name; every nameless flow has exactly one."""

    ECH = "ech"
    NO_SNI = "no_sni"
    CUT = "cut"  # the capture kept too little of the packets
    GAP = "gap"  # bytes are missing from the stream
    STARTED_LATE = "started_late"  # the flow began before the recording
    ENCRYPTED_DNS = "encrypted_dns"  # a look-up was made, out of sight
    NOT_PARSED = "not_parsed"  # nothing in its bytes is a name we can read


DECRYPTED = 2
"""Added to the side of a flow, 0 or 1, where content is meant that was encrypted on the way and
read with keys. So nobody takes it for clear who does not ask for it."""

# ------------------------------------------------------------- what was read


class CaptureFile(Record):
    """One input file as it was read."""

    name: str
    sha256: str
    sha1: str
    bytes: int
    container: str = "unknown"  # pcap, pcapng, with ".gz" and so on behind it


class Interface(Record):
    """One interface of a capture; pcap files have one, without a name."""

    id: int
    name: str
    link_type: int
    link_name: str
    packets: int = 0
    received: int | None = None  # as the capturing system counted
    dropped: int | None = None


class Counters(Record):
    """Conservation: read == in_flows + non_ip + undecodable, always."""

    read: int = 0
    in_flows: int = 0
    non_ip: int = 0
    undecodable: int = 0


class Anomaly(Record):
    """Something odd in the input, said once per kind with how often."""

    kind: str
    count: int = 1
    first_frame: int | None = None
    offset: int | None = None  # byte offset in the (decompressed) file
    effect: str = ""  # one sentence: what it means for the report


class Capture(Record):
    """The recording as a whole."""

    files: list[CaptureFile] = field(default_factory=list)
    packets: int = 0
    first: int | None = None
    last: int | None = None
    link_types: list[str] = field(default_factory=list)
    interfaces: list[Interface] = field(default_factory=list)
    vpn_recording: bool = False  # made on the phone through a VPN: its round trips are local
    truncated_packets: int = 0  # packets of which less was kept than was sent
    bytes_not_read: int = 0
    wire_bytes: int = 0  # frame bytes on the wire of all packets read
    counters: Counters = field(default_factory=Counters)


class Packet(NamedTuple):
    """One packet as the recording holds it."""

    frame: int  # of the whole recording, from 1
    file: int  # in which input file, from 0
    file_frame: int  # its number there, from 1
    ts: int
    link_type: int
    wire: int  # bytes on the wire
    data: bytes  # what was kept of them
    flow: int = 0  # id of the flow it was looked for with; 0: asked for by number


# ----------------------------------------------------------------- flows


class TlsSeen(Record):
    """What a TLS handshake showed of itself in clear."""

    version: str | None = None  # negotiated, else the highest offered: "TLS 1.3"
    cipher: str | None = None  # negotiated, IANA name or "0x1301"
    alpn: tuple[str, ...] = ()  # offered by the client
    ja4: str | None = None
    ech: bool = False  # the extension is there; it may be GREASE
    resumed: bool = False
    certificate_names: tuple[str, ...] = ()
    certificate_not_before: int | None = None
    certificate_not_after: int | None = None
    certificate_issuer: str | None = None
    certificate_self_signed: bool | None = None  # None: not seen, or not shown


class Flow(Record):
    """One bidirectional conversation, seen from its client side.

    The client is the handset's side; in flows between two handsets or none,
    the side that opened it. ``up`` is from client to server.
    """

    id: int  # 1, 2, ... in order of first packet
    proto: str  # tcp udp icmp icmpv6 sctp, else the protocol number
    client_ip: str
    client_port: int | None
    server_ip: str
    server_port: int | None
    first: int
    last: int
    first_frame: int
    last_frame: int
    packets_up: int
    packets_down: int
    bytes_up: int  # frame bytes on the wire
    bytes_down: int
    payload_up: int  # transport payload bytes
    payload_down: int
    client_mac: str | None = None
    server_mac: str | None = None
    opened_by_client: bool = True
    late_start: bool = False  # began before the recording (no SYN seen)
    rtt: int | None = None  # ns, SYN to SYN/ACK or first Initial to first reply
    rtt_frames: tuple[int, int] | None = None
    answer: int | None = None  # ns, first bytes up to first bytes down, of a timed handshake
    bursts: tuple[Sequence[int], Sequence[int]] = ((), ())  # ns: each side's after limits.QUIET
    tunnel: str | None = None  # outermost tunnel: gre, gtp-u, vxlan, ...
    # what the names room heard
    name: str | None = None
    name_source: NameSource = NameSource.NONE
    name_frame: int | None = None
    why_no_name: WhyNoName | None = None
    app: str | None = None  # the app on the handset, when the capture says it
    app_protocol: str | None = None  # tls quic http dns mdns dhcp ntp ...
    tls: TlsSeen | None = None
    encrypted: str = "unknown"  # yes | no | mixed | unknown
    encrypted_dns: str | None = None  # dot | doh | doq, when it is a resolver
    user_agent: str | None = None
    cleartext_frame: int | None = None  # first frame that shows readable content
    content: str | None = None  # of clear bytes: readable encoded compressed random unknown
    starttls: str | None = None  # offered asked taken declined: a readable beginning turns to TLS
    decrypted: str | None = None  # what was read with keys: http http2 dns ..., else unknown

    @property
    def bytes(self) -> int:
        """Frame bytes of both directions."""
        return self.bytes_up + self.bytes_down


class NameSeen(Record):
    """One sighting of a name: a row of names.csv."""

    frame: int
    ts: int
    flow_id: int
    source: str  # sni quic_sni http_host cert dns dns_query mdns llmnr dhcp payload
    name: str
    address: str | None = None
    detail: str = ""
    decrypted: bool = False  # it was encrypted on the way and read with keys


class DnsAnswer(Record):
    """One address a name resolved to, as told to one host.

    ``name`` is what was asked for; ``chain`` the CNAMEs between it and the
    address, in order.
    """

    frame: int
    ts: int
    asker: str
    name: str
    address: str
    chain: tuple[str, ...] = ()
    ttl: int = 0


class IdentifierSeen(Record):
    """An identifier in content that could be read; its value is in no field, only masked and
    as a hash.

    ``stack`` is how it was written, outermost first, its kind last:
    ``("base64", "sha1", "imei")``. ``sha256`` is of the value as found.
    """

    flow_id: int
    side: int  # 0: sender of the flow's first packet
    frame: int  # the first that holds it
    ts: int
    kind: str  # imei imsi phone wifi_mac email ..., else password
    masked: str
    length: int  # characters of the value as found
    sha256: str  # empty of a password
    stack: tuple[str, ...]
    confirmed: bool  # the device sheet names it; else it only looks like one
    count: int = 1  # times it was found in the flow
    frames: list[int] = field(default_factory=list)  # that hold it, at most 100
    chance: float = 0.0  # chance hits to expect of its kind in all that was searched
    decrypted: bool = False  # its content was encrypted on the way and read with keys


class HostHint(Record):
    """Something a host said about itself, a clue to what device it is.

    ``kind``: dhcp_hostname, dhcp_vendor_class, user_agent, mdns_name,
    dhcp_address ... ``address`` is the host's IP where known, else ``mac``.
    """

    kind: str
    value: str
    frame: int
    address: str | None = None
    mac: str | None = None


class Handset(Record):
    """The phone: which addresses it has and how we know."""

    addresses: list[str]
    mac: str | None = None
    vendor: str | None = None
    model_hints: list[str] = field(default_factory=list)
    how_known: list[str] = field(default_factory=list)
    desktop: bool = False  # says of itself what a desktop computer says, and nothing a phone says


# ------------------------------------------------------------ places, owners


class Statement(Record, frozen=True):
    """What one source says about one address."""

    source: str  # "AWS ip-ranges.json", "DB-IP Lite country"
    country: str | None  # ISO 3166-1 alpha-2
    place: str | None  # city or region name, when the source gives one
    date: str | None  # of the source's data, YYYY-MM-DD or YYYY-MM
    note: str = ""  # a caveat a reader must see with it


class Location(Record):
    """Where an address stands and how sure that is."""

    country: str | None = None
    certainty: Certainty = Certainty.UNKNOWN
    statements: list[Statement] = field(default_factory=list)
    rtt_ms: float | None = None
    max_km: float | None = None
    excluded: list[str] = field(default_factory=list)  # sentences of the physics check
    sentence: str = ""  # for a lay reader
    city: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class Operator(Record, frozen=True):
    """The network that announces an address. Never a location."""

    asn: int | None
    name: str | None


class Place(Record):
    """Everything the places room says about one address."""

    ip: str
    operator: Operator = Operator(None, None)
    provider: str | None = None  # provider id: aws, gcp, ...
    service: str | None = None
    region: str | None = None  # the operator's own code
    location: Location = field(default_factory=Location)


class Owner(Record, frozen=True):
    """Who a name belongs to."""

    name: str
    country: str | None = None  # of the headquarters: never a location
    domain: str | None = None  # registrable domain it was recognised by
    category: str | None = None


class EndpointName(Record, frozen=True):
    """A name an endpoint was reached under, and the first frame showing it."""

    name: str
    source: str
    frame: int


class Encryption(Record):
    """How an endpoint's conversations were protected, as far as that shows."""

    transport: dict[str, int] = field(default_factory=dict)  # frame bytes by what they went in:
    # QUIC, "TLS 1.3" ..., other, unknown, partly, none (readable); the best first
    weak: list[str] = field(default_factory=list)  # judge.encryption.FAULTS
    certificate: str | None = None  # the worst on its day: in_date expired ...; None: none seen


class Endpoint(Record):
    """One remote address the handsets talked to."""

    ip: str
    place: Place
    names: list[EndpointName] = field(default_factory=list)
    flows: int = 0
    packets_up: int = 0
    packets_down: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    first: int = 0
    last: int = 0
    first_frame: int = 0
    rtt: int | None = None  # smallest over its flows
    rtt_flow: int | None = None
    rtt_frames: tuple[int, int] | None = None
    party: Party = Party.UNKNOWN
    owner: Owner | None = None
    ports: list[str] = field(default_factory=list)  # "443/tcp", sorted
    flow_ids: list[int] = field(default_factory=list)
    name_mismatches: list[str] = field(default_factory=list)  # name says one region, list another
    encryption: Encryption | None = None


# --------------------------------------------------------------- judgements


class Evidence(Record):
    """The packets a finding rests on."""

    frames: list[int] = field(default_factory=list)  # at most limits.EVIDENCE_FRAMES
    frame_count: int = 0  # all of them
    display_filter: str = ""  # Wireshark's, made from numbers only
    first: int | None = None
    last: int | None = None
    file: str | None = None


class Finding(Record):
    """One sentence a reader may quote, with what it rests on."""

    id: str
    rule: str
    severity: Severity
    title: str
    text: str
    subject: str
    numbers: dict[str, int | float | str] = field(default_factory=dict)
    evidence: Evidence = field(default_factory=Evidence)
    caveat: str = ""
    endpoints: list[str] = field(default_factory=list)  # addresses, most bytes up first


class Counterexample(Record):
    """One endpoint that does not meet what a claim demands, and where it shows."""

    ip: str
    name: str | None  # under which it was reached
    name_frame: int | None  # the frame that shows the name
    frame: int  # the first frame that shows what is said of it
    country: str | None
    certainty: Certainty
    provider: str | None
    region: str | None
    operator: str | None  # who announces the address
    bytes_up: int
    bytes_down: int
    text: str  # the same as a clause


class PredicateVerdict(Record):
    """One thing a claim means, and what the capture says of it."""

    id: str
    text: str
    verdict: Verdict
    reason: str
    endpoints: int = 0  # addresses it could be tested on
    tested: float = 0.0  # share of the bytes it speaks of, 0 to 1
    counterexamples: list[Counterexample] = field(default_factory=list)  # at most 20
    counterexample_count: int = 0  # all of them


class Coverage(Record):
    """The traffic a claim's verdict rests on."""

    hours: float = 0.0  # recorded
    endpoints: int = 0  # addresses of the traffic the claim speaks of
    flows: int = 0
    bytes: int = 0  # frame bytes of both directions
    placed: float = 0.0  # share of them at places that are stated or agreed, 0 to 1


class ClaimVerdict(Record):
    """What a capture says of a vendor's sentence."""

    id: str
    vendor: str
    quote: str
    speaker: str
    said_on: str  # YYYY, YYYY-MM or YYYY-MM-DD; empty where nobody in particular said it
    source: str
    verdict: Verdict
    sentence: str
    coverage: Coverage = field(default_factory=Coverage)
    predicates: list[PredicateVerdict] = field(default_factory=list)
    cannot_show: list[str] = field(default_factory=list)
    context: list[str] = field(default_factory=list)  # facts of the date
    gap_sentence: str = ""  # when more than a year lies between claim and capture


class Visibility(Record):
    """On how much every sentence rests. Shares are of wire bytes, 0 to 1."""

    hours: float = 0.0
    bytes: int = 0
    named: float = 0.0
    located_by_operator: float = 0.0
    edge: float = 0.0
    decrypted: float = 0.0  # of conversations whose content was read with keys, in part or whole
    attributed_to_app: float = 0.0
    encrypted_dns_bytes: int = 0
    ech_flows: int = 0
    vpn_bytes: int = 0
    late_start_flows: int = 0
    unnamed_flows: dict[str, int] = field(default_factory=dict)
    decrypted_flows: int = 0  # conversations whose content was read with keys


class ScorePart(Record):
    """One part of the score, with everything its points rest on."""

    name: str
    title: str
    points: float | None  # None where it could not be judged
    of: int
    why: str  # one sentence
    findings: list[str] = field(default_factory=list)  # ids
    claims: list[str] = field(default_factory=list)  # ids of contradicted ones
    endpoints: list[str] = field(default_factory=list)  # addresses, most bytes up first


class ScoreCoverage(Record):
    """The traffic with the Internet a score rests on. Shares are of its bytes, 0 to 1."""

    hours: float = 0.0
    bytes: int = 0
    content_up: int = 0  # payload bytes sent, look-ups of names and of the time left out
    flows: int = 0
    endpoints: int = 0
    named: float = 0.0
    located: float = 0.0  # at places that are stated, agreed or of a single source
    edge: float = 0.0
    hidden: float = 0.0  # through a VPN
    home: str | None = None
    rules_sha256: str = ""


class Score(Record):
    """How much a reader should look at: a sorting aid with its reasons, no verdict."""

    total: int | None  # 0 to 100; None where too little was seen
    sentence: str
    parts: list[ScorePart] = field(default_factory=list)
    coverage: ScoreCoverage = field(default_factory=ScoreCoverage)


# -------------------------------------------------------------- the result


class DataSet(Record, frozen=True):
    """A data set the run used."""

    name: str
    publisher: str
    built: str  # date of the data, YYYY-MM-DD or YYYY-MM
    licence: str
    sha256: str


class KeyLog(Record):
    """A key log that was given. What it holds is told nowhere."""

    name: str  # of the file, without its folder
    sha256: str


class Run(Record):
    """What was asked and with what it was answered."""

    version: str
    arguments: list[str] = field(default_factory=list)
    home: str | None = None
    vantage: str | None = None
    quiet_hours: list[str] = field(default_factory=list)  # "22:30-06:00", UTC
    on: str | None = None  # date whose data was used, YYYY-MM-DD
    data: list[DataSet] = field(default_factory=list)
    rules_sha256: str = ""
    limits: dict[str, int] = field(default_factory=dict)
    keylog: KeyLog | None = None


class Result(Record):
    """Everything one analysis found; what the report room renders."""

    status: Status
    run: Run
    capture: Capture
    visibility: Visibility
    handsets: list[Handset] = field(default_factory=list)
    endpoints: list[Endpoint] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    names: list[NameSeen] = field(default_factory=list)
    identifiers: list[IdentifierSeen] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    anomalies: list[Anomaly] = field(default_factory=list)
    claims: list[ClaimVerdict] = field(default_factory=list)
    score: Score | None = None
