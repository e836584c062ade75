"""Every cap, with its reason. Input is never trusted for a size."""

from __future__ import annotations

RECORD_BYTES = 262_144
"""Largest captured packet accepted: libpcap's MAXIMUM_SNAPLEN. More is damage."""

WIRE_BYTES = 524_288
"""Longest packet believed to have been sent, however little of it was captured: the largest
the Linux network stack puts together has 524,280. Of a longer one the captured bytes count."""

FLOWS = 100_000
"""Conversations kept apart; a phone makes some thousands a day. Later ones are
counted together, so totals stay exact while memory stays bounded."""

OPENING_BYTES = 16_384
"""Bytes of one direction looked at for a name: a post-quantum ClientHello is
1.8 KB, a certificate chain seldom over 8 KB, and one TLS record holds 16 KB."""

CLEAR_STREAM_BYTES = 1_048_576
"""Bytes of one cleartext direction followed for further requests."""

DATAGRAMS = 12
"""Datagrams of one direction looked at for a name: a ClientHello of two QUIC
Initials, each sent three times, with room for an unknown version's retry."""

CLEAR_DATAGRAMS = 64
"""Datagrams of one direction, of a readable or unknown protocol, whose content is looked
at: reports and greetings come first, what follows in such numbers is a stream of media."""

OPENED_DATAGRAMS = 65_536
"""Datagrams of one direction opened with logged keys: CLEAR_STREAM_BYTES of content end it
before, unless most of them only acknowledge."""

KEYLOG_SECRETS = 500_000
"""Secrets of TLS sessions kept of key logs: five each for as many conversations as are kept
apart. They take some 120 MB."""

KEYLOG_BYTES = 134_217_728
"""Bytes read of key logs: a line has 150 to 200, some are for other programs."""

CONTENT_BYTES = 16_777_216
"""Clear content of all conversations held for one search: beyond, the oldest conversation's
is searched at once and let go. A day of a phone holds some megabytes of it."""

CONTENT_OVERLAP = 1_024
"""Bytes of a searched stretch searched again with the next one: the longest written form
of a value (256 bytes, percent-encoded or in UTF-16 of a hash) is shorter."""

SHEET_FORMS = 10_000
"""Written forms of a device sheet's values looked for, each in some ten to twenty
encodings and hashes: 2,000 telephone numbers, or twice as many names. More would take
hundreds of megabytes; the report says how many were left out."""

NAMES = 200_000
"""Sightings of names kept (names.csv); later ones are counted only."""

QUIET = 10_000_000_000
"""ns of silence after which what a side says in an open conversation counts as speaking up:
longer than the pauses while a page loads, shorter than heartbeats, which cost power."""

BURSTS = 512
"""Times a side of one conversation spoke up after a silence that are kept: two days of a
heartbeat every five minutes. Later ones are not looked at."""

FRAGMENT_SETS = 1_024
"""IP datagrams in reassembly at one time; the oldest is given up first."""

TUNNEL_DEPTH = 8
"""Headers of tunnels and tags followed inwards before a packet is undecodable."""

EVIDENCE_FRAMES = 100
"""Frame numbers listed with a finding; the count is always whole."""

EVIDENCE_PACKETS = 200
"""Packets in the evidence file of one finding: enough to read whole short
conversations, few enough to look at one by one."""

EVIDENCE_BYTES = 2_000_000
"""Bytes of one evidence file, so that it can be sent by mail."""

EVIDENCE_ALL_PACKETS = 10_000
"""Packets in all evidence files of a report together."""

EVIDENCE_ALL_BYTES = 20_000_000
"""Bytes of all evidence files of a report together, which are held in memory."""

PEELED_BYTES = 1_048_576
"""Bytes of unwrapped content looked at for one stretch of clear bytes: what an app
reports at once is smaller, a decompression bomb larger."""

SCORE_LISTED = 20
"""Findings, claims and addresses listed with a part of the score; the counts are whole."""

FETCHED_BYTES = 64_000_000_000
"""Bytes of one capture fetched from a URL to a temporary file: a day of a busy
access point. More fills disks of workers by surprise."""

RECORD_ENDPOINTS = 200
"""Endpoints listed in the record of one capture of a batch, those with most bytes;
the data set has all. A scoreboard of 10,000 captures reads all records."""

TEXT = 1_024
"""Characters kept of one captured text (URI, user agent, detail)."""

CELL = 32_000
"""Characters of one table cell: Excel holds 32,767, Python's csv reads 131,072.
A longer text is cut and ends in an ellipsis; result.json has it whole."""


def as_dict() -> dict[str, int]:
    """All limits by name, for the record of a run."""
    return {name.lower(): value for name, value in sorted(globals().items()) if name.isupper()}
