# cython: language_level=3, boundscheck=True, wraparound=False
# cython: initializedcheck=False, cdivision=True
"""The hot room: records -> packets -> flow table, one source at two speeds.

This file is plain Python in Cython's pure mode. It runs as it is, and compiled
where a C compiler was present at install; both give identical answers. The C
types of constants, attributes and functions stand in hot.pxd, those of local
variables here.

Rules of this file
- Nothing here allocates, raises on input, or keeps a packet. State lives in
  flat arrays given by the reader: flow rows, hash slots, pieces, fragments.
- Every length taken from input is compared with what is there before use:
  ``p`` is where we are, ``cend`` where captured bytes end, ``wend`` where the
  bytes on the wire ended. ``p <= cend <= wend`` holds at every step.
- 32-bit lengths and sequence numbers are held in 64-bit integers; products
  stay below 2**62; shifts are made on widened values only.
- A packet is counted exactly once: in a flow, as non-IP, or as undecodable.
"""

from __future__ import annotations

try:
    import cython
except ImportError:
    from analyzer.capture import plain as cython

COMPILED = cython.compiled

# ------------------------------------------------------- one row of each table

ROW = 48  # fields in a flow row
PROTO = 0
VERSION = 1  # 4, 6, or 0: flows counted together
A = 2  # four words: the side that opened
B = 6
A_PORT = 10  # -1: no ports
B_PORT = 11
PACKETS = 12  # of a, then of b; so the next ones
BYTES = 14
PAYLOAD = 16
FIRST = 18
LAST = 19
FIRST_FRAME = 20
LAST_FRAME = 21
FLAGS = 22  # TCP flags seen, of a and of b
SYN_TIME = 24
SYN_FRAME = 25
SYN_SEQ = 26  # -1: no SYN seen
RTT = 27  # -1: not measured
RTT_FRAME = 28
SYN_AGAIN = 29  # a SYN was sent twice: no round trip
BASE = 30  # sequence number of the first byte; -1
WANT = 32  # opening bytes (or datagrams) wanted
MAC = 34
TUNNEL = 36
REPLY = 37  # time of b's first packet; -1
REPLY_FRAME = 38
SPOKE = 39  # time of the last content, of both sides; 0
SEEN_ON = 40  # interface of the last packet
NOTED = 41  # bit 0 trailer, bit 1 comment handed over
LATE = 42  # TCP without its beginning
SIGNED = 43  # time of the packet that left the signature
SIGNATURE = 44  # of the last packet, to see doubles

PIECE = 9  # kind flow side seq offset length whole frame time
TCP_PIECE = 0
UDP_PIECE = 1  # seq: which packet of its side; 0 if it was put together from fragments
FRAGMENT_PIECE = 2
TRAILER_PIECE = 3
COMMENT_PIECE = 4
SOUGHT_PIECE = 5  # seq: link type, or -1; whole: bytes on the wire as recorded
BURST_PIECE = 6  # no bytes: a side that speaks up after a silence

FRAG = 24  # fields in a fragment row
FRAG_SETS = 1024

IFACE = 8  # link, snap length, resolution kind, n, offset, packets

# what the tally counts, by position
READ = 0
IN_FLOWS = 1
NON_IP = 2
UNDECODABLE = 3
WIRE_BYTES = 4
CUT_PACKETS = 5
FIRST_TIME = 6
LAST_TIME = 7
TIMES = 8  # packets with a time of their own
ODDITY = 16  # from here: count, first frame of each oddity

# oddities: names and effects stand in oddities.py, in this order
BAD_HEADER = 0
CUT_HEADER = 1
TOO_DEEP = 2
UNKNOWN_LINK = 3
WIFI_ENCRYPTED = 4
FLOWS_FULL = 5
TIME_ODD = 6
CAPLEN_OVER_WIRE = 7
NO_INTERFACE = 8
DOUBLE = 9
FRAGMENT_LOST = 10
TIME_BACKWARDS = 11
NO_TIME = 12
WIRE_ODD = 13
ODDITIES = 14

# why a scan stopped
MORE = 0  # the next record is not whole yet
PIECES_FULL = 1
TABLE_FULL = 2  # rows or slots must grow
DAMAGED = 3
BLOCK = 4  # a pcapng block for the reader
SOUGHT = 5  # behind the packet ``wake``

# kinds of what comes next in a packet
ETHERNET = 1
ETHERTYPE = 2
IP_ANY = 3
IP4 = 4
IP6 = 6
MPLS = 7
PPP = 8
LLC = 9
SLL = 10
SLL2 = 11
NULL = 12
WIFI = 13
RADIOTAP = 14
PRISM = 15
AVS = 16
NFLOG = 17
PKTAP = 18
CHDLC = 19
FRAME_RELAY = 20
TRANSPORT = 21
GRE = 22
PPPOE = 23
END = 0  # nothing more to look at; negative: -1 - oddity

# what a fragment row holds: key (src, dst, id, proto), then
FRAG_FLOW = 10  # -1 until the first fragment came
FRAG_SIDE = 11
FRAG_PACKETS = 12  # waiting for the first fragment
FRAG_BYTES = 13
FRAG_PAYLOAD = 14
FRAG_FIRST = 15
FRAG_LAST = 16
FRAG_FIRST_FRAME = 17
FRAG_LAST_FRAME = 18
FRAG_SERIAL = 19  # 0: the row is empty

MAX_RECORD = 262144  # limits.RECORD_BYTES
MAX_WIRE = 524288  # limits.WIRE_BYTES
MAX_BLOCK = 393216  # a packet block with its options
MAX_DEPTH = 8  # limits.TUNNEL_DEPTH
MAX_EXTENSIONS = 24  # IPv6 extension headers of one packet
BILLION = 1000000000
LAST_SECOND = 9223372035  # of a signed 64-bit ns clock
LAST_STAMP = 9223372035
TCP_IDLE = 7440000000000  # RFC 5382 REQ-5: 2 h 4 min
UDP_IDLE = 300000000000  # RFC 4787 REQ-5: 5 min
QUIET = 10000000000  # limits.QUIET: 10 s
FRAG_IDLE = 60000000000  # RFC 8200 4.5: 60 s
SEQ_MASK = 4294967295
SEQ_HALF = 2147483648
NO_WORD = 4294967296  # in the place of an IPv4 address no IPv6 address can take
DOUBLE_GAP = 20000000  # 20 ms between two sightings
FIN = 1
SYN = 2
RST = 4
ACK = 16
ALWAYS = 1099511627776
OPENING = 16384  # limits.OPENING_BYTES
SERVER_OPENING = 8192  # a flight up to its first certificate
UNDECIDED = -1  # until the first byte is seen
TLS_HANDSHAKE = 0x16  # RFC 8446 5.1
TRAILER = 0x01072021  # PCAPdroid's, 32 bytes with the app
CLEAR = 1048576  # limits.CLEAR_STREAM_BYTES
DATAGRAMS = 64  # limits.CLEAR_DATAGRAMS
MARKS = 4096  # hashes of what is sought in packets


def layout() -> dict[str, int]:
    """Positions and codes of the tables, for the reader (C's own when compiled)."""
    return {
        "ROW": ROW, "PROTO": PROTO, "VERSION": VERSION, "A": A, "B": B,
        "A_PORT": A_PORT, "B_PORT": B_PORT, "PACKETS": PACKETS, "BYTES": BYTES,
        "PAYLOAD": PAYLOAD, "FIRST": FIRST, "LAST": LAST, "FIRST_FRAME": FIRST_FRAME,
        "LAST_FRAME": LAST_FRAME, "FLAGS": FLAGS, "SYN_FRAME": SYN_FRAME, "RTT": RTT,
        "RTT_FRAME": RTT_FRAME, "SYN_AGAIN": SYN_AGAIN, "BASE": BASE, "WANT": WANT,
        "MAC": MAC, "TUNNEL": TUNNEL, "REPLY": REPLY, "REPLY_FRAME": REPLY_FRAME,
        "LATE": LATE, "PIECE": PIECE, "TCP_PIECE": TCP_PIECE, "UDP_PIECE": UDP_PIECE,
        "FRAGMENT_PIECE": FRAGMENT_PIECE, "TRAILER_PIECE": TRAILER_PIECE,
        "BURST_PIECE": BURST_PIECE, "FRAG": FRAG, "FRAG_SETS": FRAG_SETS, "IFACE": IFACE,
        "READ": READ, "IN_FLOWS": IN_FLOWS, "NON_IP": NON_IP, "UNDECODABLE": UNDECODABLE,
        "WIRE_BYTES": WIRE_BYTES, "CUT_PACKETS": CUT_PACKETS, "FIRST_TIME": FIRST_TIME,
        "LAST_TIME": LAST_TIME, "TIMES": TIMES, "ODDITY": ODDITY, "ODDITIES": ODDITIES,
        "MORE": MORE, "TABLE_FULL": TABLE_FULL, "DAMAGED": DAMAGED, "BLOCK": BLOCK,
        "ETHERNET": ETHERNET, "IP_ANY": IP_ANY, "IP4": IP4, "IP6": IP6, "PPP": PPP,
        "SLL": SLL, "SLL2": SLL2, "NULL": NULL, "WIFI": WIFI, "RADIOTAP": RADIOTAP,
        "PRISM": PRISM, "AVS": AVS, "NFLOG": NFLOG, "PKTAP": PKTAP, "CHDLC": CHDLC,
        "FRAME_RELAY": FRAME_RELAY, "PPPOE": PPPOE, "FIN": FIN, "RST": RST,
        "MAX_BLOCK": MAX_BLOCK, "MARKS": MARKS,
        # copies of limits
        "MAX_RECORD": MAX_RECORD, "MAX_WIRE": MAX_WIRE, "MAX_DEPTH": MAX_DEPTH,
        "OPENING": OPENING, "CLEAR": CLEAR, "DATAGRAMS": DATAGRAMS, "QUIET": QUIET,
    }  # fmt: skip


# ------------------------------------------------------------- reading integers


def be16(b, p):
    high: cython.longlong = b[p]
    return high << 8 | b[p + 1]


def be32(b, p):
    first: cython.longlong = b[p]
    second: cython.longlong = b[p + 1]
    third: cython.longlong = b[p + 2]
    return first << 24 | second << 16 | third << 8 | b[p + 3]


def le16(b, p):
    high: cython.longlong = b[p + 1]
    return high << 8 | b[p]


def le32(b, p):
    fourth: cython.longlong = b[p + 3]
    third: cython.longlong = b[p + 2]
    second: cython.longlong = b[p + 1]
    return fourth << 24 | third << 16 | second << 8 | b[p]


def read32(b, p, big):
    return be32(b, p) if big else le32(b, p)


def mac48(b, p):
    return be16(b, p) << 32 | be32(b, p + 2)


def mix(h, word):
    """One step of the hash: 31 bits in, 31 bits out, no signed overflow."""
    h = ((h ^ word) & 0xFFFFFFF) * 506951089 + (word >> 28)
    return (h ^ (h >> 29)) & 0x7FFFFFFF


def serves(port):
    """Whether a port is one that servers listen on, for flows joined midway."""
    return (
        port < 1024
        or port == 1883
        or port == 3478
        or 5222 <= port <= 5228
        or port == 5353
        or port == 8080
        or port == 8443
        or port == 8883
    )


def names_always(port):
    """Ports whose every datagram may carry names: DNS, DHCP, mDNS, LLMNR."""
    return port == 53 or port == 67 or port == 68 or port == 5353 or port == 5355


class Engine:
    """Scans records and keeps the flow table. One per capture.

    All tables are arrays of 64-bit integers owned by the reader; see layout().
    """

    def __init__(self, pieces, frags, kinds, tally, seed, flow_limit):
        self.pieces = pieces
        self.frags = frags
        self.kinds = kinds
        self.tally = tally
        self.seed = seed
        self.flow_limit = flow_limit
        self.flow_count = 0
        self.iface_count = 0
        self.piece_count = 0
        self.frag_serial = 0
        self.frame = 0
        self.now = 0
        self.why = 0
        self.big = False
        self.padded = 0
        self.side = 0
        self.tcp_flags = -1
        self.seeking = False
        self.following = False

    def set_tables(self, rows, slots):
        """Gives (larger) flow rows and hash slots; known flows are hashed anew."""
        self.rows = rows
        self.slots = slots
        i: cython.longlong
        for i in range(self.flow_count):
            self._settle(i)

    def set_interfaces(self, ifaces, count, big):
        """Gives the interface rows of the section being read and its byte order."""
        self.ifaces = ifaces
        self.iface_count = count
        self.big = big

    def seek(self, numbers, marks):
        """From now on packets are not counted, but looked for.

        Handed over are those with these numbers (ascending, the last one out of reach),
        and what ``watch`` asks for; ``marks`` says what is sought, see mark_key.
        """
        self.seeking = True
        self.numbers = numbers
        self.number_at = 0
        self.marks = marks

    def watch(self, wake, spots):
        """The packet ``wake`` is handed over, too, and each scan stops behind it.

        So are those that may hold what is sought at one of the ``spots``: pairs of
        offset and size, a multiple of four.
        """
        self.wake = wake
        self.spots = spots

    def follow(self) -> None:
        """From now on new conversations are handed over at length: keys may open them."""
        self.following = True

    def mark_key(self, key: cython.uchar[::1], times: cython.longlong) -> None:
        """Adds to (or with -1 takes from) what is sought; keys may look alike."""
        self.marks[self._mark_of(key, 0, len(key))] += times

    def flows(self) -> int:
        """How many flows there are."""
        return self.flow_count

    def stopped(self) -> int:
        """Why the last scan stopped."""
        return self.why

    def take_pieces(self) -> int:
        """How many pieces wait; the list starts anew."""
        count = self.piece_count
        self.piece_count = 0
        return count

    # ------------------------------------------------------------ record scans

    def scan_pcap(
        self,
        b: cython.uchar[::1],
        pos: cython.longlong,
        end: cython.longlong,
        header: cython.longlong,
        nano: cython.bint,
    ) -> int:
        """Reads pcap records from ``pos`` up to ``end``; returns where it stopped.

        ``header``: 16 bytes a record, 24 in the RedHat 6.1 variants.
        Format: draft-ietf-opsawg-pcap, section 5. A header of zeros is no packet of
        1970: where power was lost, file systems leave zeros in place of what was written.
        """
        caplen: cython.longlong
        wire: cython.longlong
        seconds: cython.longlong
        fraction: cython.longlong
        self.why = MORE
        with cython.nogil:
            while pos + header <= end:
                seconds = read32(b, pos, self.big)
                fraction = read32(b, pos + 4, self.big)
                caplen = read32(b, pos + 8, self.big)
                wire = read32(b, pos + 12, self.big)
                if caplen > MAX_RECORD or seconds | fraction | caplen | wire == 0:
                    self.why = DAMAGED
                    break
                if pos + header + caplen > end:
                    break
                if not self._room():
                    break
                if not nano:
                    fraction = fraction * 1000
                self.frame += 1
                self.iface = 0
                self._time(seconds * BILLION + fraction)
                self._packet(b, pos + header, caplen, wire)
                pos = pos + header + caplen
                if self.why:
                    break
        return pos

    def scan_pcapng(self, b: cython.uchar[::1], pos: cython.longlong, end: cython.longlong) -> int:
        """Reads pcapng packet blocks from ``pos``; stops at any other block.

        Format: draft-ietf-opsawg-pcapng, section 4.
        """
        kind: cython.longlong
        length: cython.longlong
        caplen: cython.longlong
        room: cython.longlong
        at: cython.longlong
        self.why = MORE
        with cython.nogil:
            while pos + 12 <= end:
                kind = read32(b, pos, self.big)
                if kind != 6 and kind != 3 and kind != 2:
                    self.why = BLOCK
                    break
                length = read32(b, pos + 4, self.big)
                if length < 16 or length % 4 != 0 or length > MAX_BLOCK:
                    self.why = DAMAGED
                    break
                if pos + length > end:
                    break
                if read32(b, pos + length - 4, self.big) != length:
                    self.why = DAMAGED
                    break
                if not self._room():
                    break
                if kind == 3:
                    at = pos + 12
                    room = length - 16
                    caplen = read32(b, pos + 8, self.big)
                    if self.iface_count > 0 and 0 < self.ifaces[1] < caplen:
                        caplen = self.ifaces[1]
                    if caplen > room:
                        caplen = room
                else:
                    if length < 32:
                        self.why = DAMAGED
                        break
                    at = pos + 28
                    room = length - 32
                    caplen = read32(b, pos + 20, self.big)
                    if caplen > room or caplen > MAX_RECORD:
                        self.why = DAMAGED
                        break
                self.frame += 1
                if kind == 3:
                    self.iface = 0
                    self._no_time()
                    self._packet(b, at, caplen, read32(b, pos + 8, self.big))
                else:
                    if kind == 6:
                        self.iface = read32(b, pos + 8, self.big)
                    else:
                        self.iface = be16(b, pos + 8) if self.big else le16(b, pos + 8)
                    self._interface_time(
                        read32(b, pos + 12, self.big), read32(b, pos + 16, self.big)
                    )
                    self._packet(b, at, caplen, read32(b, pos + 24, self.big))
                    self._comment(b, at + ((caplen + 3) // 4) * 4, pos + length - 4)
                pos = pos + length
                if self.why:
                    break
        return pos

    def _room(self):
        """Whether one more packet fits the tables; else says why not."""
        if self.piece_count * PIECE + 4 * PIECE > self.pieces.shape[0]:
            self.why = PIECES_FULL
            return 0
        # a packet opens two flows at most: its own and an evicted fragment's
        if self.flow_count < self.flow_limit + 512 and (
            (self.flow_count + 3) * ROW > self.rows.shape[0]
            or (self.flow_count + 3) * 2 > self.slots.shape[0]
        ):
            self.why = TABLE_FULL
            return 0
        return 1

    # -------------------------------------------------------------------- times

    def _interface_time(self, high, low):
        """Turns an interface's 64-bit stamp into ns.

        The interface row says how: kind 0, ``n`` units a second, n <= 10**9;
        kind 1, decimal and finer, n units a ns; kind 2, binary, 2**n a second.
        """
        stamp: cython.ulonglong
        second: cython.ulonglong
        rest: cython.ulonglong
        n: cython.ulonglong
        at: cython.longlong = self.iface * IFACE
        offset: cython.longlong
        if self.iface >= self.iface_count:
            return self._no_time()
        stamp = high
        stamp = stamp << 32 | low
        n = self.ifaces[at + 3]
        if self.ifaces[at + 2] == 0:
            second = stamp // n
            rest = (stamp % n) * (1000000000 // n)
        elif self.ifaces[at + 2] == 1:
            stamp = stamp // n
            second = stamp // 1000000000
            rest = stamp % 1000000000
        elif self.ifaces[at + 2] == 2:
            second = stamp >> n
            rest = stamp - (second << n)
            if n > 30:
                rest = rest >> (n - 30)
                n = 30
            rest = (rest * 1000000000) >> n
        else:
            return self._no_time()
        offset = self.ifaces[at + 4]
        at = LAST_SECOND
        if second < LAST_STAMP:
            at = second
        at += offset
        if at >= LAST_SECOND or at < 0:
            self._odd(TIME_ODD)
            at = LAST_SECOND if at > 0 else 0
        offset = rest
        return self._time(at * BILLION + offset)

    def _time(self, now):
        if self.tally[TIMES] == 0:
            self.tally[FIRST_TIME] = now
            self.tally[LAST_TIME] = now
        elif now < self.tally[LAST_TIME]:
            if now < self.now:
                self._odd(TIME_BACKWARDS)
            if now < self.tally[FIRST_TIME]:
                self.tally[FIRST_TIME] = now
        else:
            self.tally[LAST_TIME] = now
        self.tally[TIMES] += 1
        self.now = now
        return 0

    def _no_time(self):
        """A packet without a time keeps that of the one before it."""
        return self._odd(NO_TIME)

    def _odd(self, kind):
        """Counts an oddity and remembers the first frame that showed it."""
        at: cython.longlong = ODDITY + 2 * kind
        if self.tally[at] == 0:
            self.tally[at + 1] = self.frame
        self.tally[at] += 1
        return 0

    # ------------------------------------------------------------------ packets

    def _packet(self, b, p, caplen, wire):
        """Counts one packet: in a flow, as non-IP, or as undecodable."""
        kind: cython.longlong
        self.tally[READ] += 1
        if self.seeking:
            return self._seek(b, p, caplen, wire)
        if caplen > wire:
            self._odd(CAPLEN_OVER_WIRE)
            wire = caplen
        elif wire > MAX_WIRE:
            self._odd(WIRE_ODD)
            wire = caplen
        elif caplen < wire:
            self.tally[CUT_PACKETS] += 1
        self.wire = wire
        self.tally[WIRE_BYTES] += wire
        self.flow = -1
        if self.iface >= self.iface_count:
            return self._undecodable(NO_INTERFACE)
        self.ifaces[self.iface * IFACE + 5] += 1
        kind = self._kind_of(self.ifaces[self.iface * IFACE])
        if kind == END:
            return self._undecodable(UNKNOWN_LINK)
        self.p = p
        self.cend = p + caplen
        self.wend = p + wire
        self.found = 0
        self.depth = 0
        self.trailer = -1
        self.tunnel = 0
        self.mac_s = 0
        self.mac_d = 0
        self.frag_at = 0
        self.frag_more = 0
        while kind > 0:
            kind = self._layer(b, kind)
        if self.found:
            if kind < 0:
                self._odd(-1 - kind)
            self.tally[IN_FLOWS] += 1
            return self._account(b)
        if kind < 0:
            return self._undecodable(-1 - kind)
        self.tally[NON_IP] += 1
        return 0

    def _seek(self, b, p, caplen, wire):
        """Hands one packet over if it is, or may be, one that is looked for."""
        self.flow = -1
        while self.numbers[self.number_at] < self.frame:
            self.number_at += 1
        if self.frame >= self.wake:
            self.why = SOUGHT
        elif self.numbers[self.number_at] > self.frame and not self._is_marked(b, p, caplen):
            return 0
        if self.iface < self.iface_count:
            return self._piece(SOUGHT_PIECE, self.ifaces[self.iface * IFACE], p, caplen, wire)
        return self._piece(SOUGHT_PIECE, -1, p, caplen, wire)

    def _is_marked(self, b, p, caplen):
        """Whether a packet holds something that looks like what is sought."""
        k: cython.longlong
        for k in range(0, self.spots.shape[0], 2):
            if (
                self.spots[k] + self.spots[k + 1] <= caplen
                and self.marks[self._mark_of(b, p + self.spots[k], self.spots[k + 1])]
            ):
                return 1
        return 0

    def _mark_of(self, b, p, size):
        h: cython.longlong = self.seed
        k: cython.longlong
        for k in range(0, size - 3, 4):
            h = mix(h, be32(b, p + k))
        return h & (MARKS - 1)

    def _undecodable(self, oddity):
        self.tally[UNDECODABLE] += 1
        return self._odd(oddity)

    def _kind_of(self, link):
        """What a packet of this link type begins with; END if we cannot tell."""
        if 0 <= link < self.kinds.shape[0]:
            return self.kinds[link]
        return END

    def _cut(self):
        return -1 - CUT_HEADER

    def _bad(self):
        return -1 - BAD_HEADER

    def _deeper(self, kind):
        """One tag or tunnel further in; no packet nests deeper than MAX_DEPTH."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            return -1 - TOO_DEEP
        return kind

    def _ends_at(self, at):
        """A header said where its packet ends: what follows is padding."""
        if at < self.wend:
            self.wend = at
            if self.cend > at:
                if self.found == 0 and self.cend - at >= 28:
                    self.trailer = at
                self.cend = at
        return 0

    def _layer(self, b, kind):
        """Takes one header; returns the kind of the next, END, or -1 - oddity."""
        if kind == ETHERNET:
            return self._ethernet(b)
        if kind == ETHERTYPE:
            return self._ethertype(b)
        if kind == IP4:
            return self._ip4(b)
        if kind == TRANSPORT:
            return self._transport(b)
        if kind == IP6:
            return self._ip6(b)
        if kind == IP_ANY:
            return self._ip_any(b)
        if kind in (SLL, SLL2):
            return self._cooked(b, kind)
        if kind == WIFI:
            return self._wifi(b)
        if kind == RADIOTAP:
            return self._radiotap(b)
        if kind == MPLS:
            return self._mpls(b)
        if kind == PPPOE:
            return self._pppoe(b)
        if kind == PPP:
            return self._ppp(b)
        if kind == LLC:
            return self._llc(b)
        if kind == NULL:
            return self._null(b)
        if kind == GRE:
            return self._gre(b)
        if kind in (PRISM, AVS):
            return self._wifi_header(b, kind)
        if kind == NFLOG:
            return self._nflog(b)
        if kind == PKTAP:
            return self._pktap(b)
        if kind == CHDLC:
            return self._chdlc(b)
        return self._frame_relay(b)

    # -------------------------------------------------------------- link layers

    def _ethernet(self, b):
        p: cython.longlong = self.p
        if p + 14 > self.cend:
            return self._cut()
        if self.found == 0:
            self.mac_d = mac48(b, p)
            self.mac_s = mac48(b, p + 6)
        self.next = be16(b, p + 12)
        self.p = p + 14
        return ETHERTYPE

    def _ethertype(self, b):
        """Numbers: IANA IEEE 802 registry; below 1536 it is a length (802.3)."""
        et: cython.longlong = self.next
        if et == 0x0800:
            return IP4
        if et == 0x86DD:
            return IP6
        if et == 0x8100 or et == 0x88A8 or et == 0x9100 or et == 0x9200:
            if self.p + 4 > self.cend:
                return self._cut()
            self.next = be16(b, self.p + 2)
            self.p += 4
            return self._deeper(ETHERTYPE)
        if et == 0x8847 or et == 0x8848:
            return MPLS
        if et == 0x8864:
            return PPPOE
        if et == 0x880B:
            return self._deeper(PPP)
        if et == 0x6558:
            return self._deeper(ETHERNET)
        if et <= 1500:
            self._ends_at(self.p + et)
            return LLC
        return END

    def _llc(self, b):
        """IEEE 802.2 LLC; with SNAP it carries an ethertype (RFC 1042)."""
        p: cython.longlong = self.p
        if p + 3 > self.cend:
            return self._cut()
        if b[p] == 0x06 and b[p + 1] == 0x06:
            self.p = p + 3
            return IP4
        if b[p] != 0xAA or b[p + 1] != 0xAA:
            return END
        if p + 8 > self.cend:
            return self._cut()
        self.next = be16(b, p + 6)
        self.p = p + 8
        return ETHERTYPE if self.next > 1500 else END

    def _mpls(self, b):
        """RFC 3032; what follows the last label is told by its first nibble."""
        p: cython.longlong = self.p
        if p + 5 > self.cend:
            return self._cut()
        self.p = p + 4
        if b[p + 2] & 1 == 0:
            return self._deeper(MPLS)
        if b[p + 4] >> 4 == 4:
            return self._deeper(IP4)
        if b[p + 4] >> 4 == 6:
            return self._deeper(IP6)
        if p + 6 <= self.cend and be16(b, p + 4) == 0:  # RFC 4448: a pseudowire's control word
            self.p = p + 8
        return self._deeper(ETHERNET)

    def _pppoe(self, b):
        """RFC 2516 section 4."""
        p: cython.longlong = self.p
        if p + 6 > self.cend:
            return self._cut()
        if b[p + 1] != 0:
            return END
        self.p = p + 6
        self._ends_at(p + 6 + be16(b, p + 4))
        return self._deeper(PPP)

    def _ppp(self, b):
        """RFC 1661; address, control and half the protocol may be left out.

        Cisco's routers record their own framing (RFC 1547 4.3.1) as PPP.
        """
        p: cython.longlong = self.p
        proto: cython.longlong
        if p + 2 <= self.cend and b[p] & 0x7F == 0x0F and b[p + 1] == 0:
            return self._chdlc(b)
        if p + 2 <= self.cend and b[p] == 0xFF and b[p + 1] == 3:
            p += 2
        if p + 2 > self.cend:
            return self._cut()
        if b[p] & 1:
            proto = b[p]
            p += 1
        else:
            proto = be16(b, p)
            p += 2
        self.p = p
        if proto == 0x21:
            return IP4
        if proto == 0x57:
            return IP6
        if proto == 0x281 or proto == 0x283:
            return MPLS
        return END

    def _cooked(self, b, kind):
        """Linux cooked captures: LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2."""
        p: cython.longlong = self.p
        length: cython.longlong = 16 if kind == SLL else 20
        if p + length > self.cend:
            return self._cut()
        if kind == SLL:
            self.next = be16(b, p + 14)
            if be16(b, p + 4) == 6:
                self.mac_s = mac48(b, p + 6)
        else:
            self.next = be16(b, p)
            if b[p + 11] == 6:
                self.mac_s = mac48(b, p + 12)
        self.p = p + length
        if self.next == 4:
            return LLC
        return ETHERTYPE if self.next > 1500 else END

    def _ip_any(self, b):
        if self.p >= self.cend:
            return self._cut()
        if b[self.p] >> 4 == 4:
            return IP4
        if b[self.p] >> 4 == 6:
            return IP6
        return self._bad()

    def _null(self, b):
        """BSD loopback: an address family in the byte order of its host, or an ethertype."""
        family: cython.longlong
        if self.p + 4 > self.cend:
            return self._cut()
        family = le32(b, self.p)
        self.next = be16(b, self.p + 2)
        if family > 0xFFFF:
            family = be32(b, self.p)
        self.p += 4
        if self.next > 1500 and family > 0xFFFF:
            return ETHERTYPE
        if family == 2:
            return IP4
        if family == 10 or family == 23 or family == 24 or family == 28 or family == 30:
            return IP6
        return END

    def _radiotap(self, b):
        """radiotap.org; bit 5 of the flags field: padding before the body."""
        p: cython.longlong = self.p
        length: cython.longlong
        present: cython.longlong
        more: cython.longlong
        at: cython.longlong = p + 8
        if p + 8 > self.cend:
            return self._cut()
        length = le16(b, p + 2)
        present = le32(b, p + 4)
        if length < 8:
            return self._bad()
        if p + length > self.cend:
            return self._cut()
        more = present
        while more >= SEQ_HALF and at + 4 <= p + length:  # bit 31: one more word of bits
            more = le32(b, at)
            at += 4
        if present & 1:  # a time stamp, on a multiple of eight
            at = p + (at - p + 7) // 8 * 8 + 8
        self.padded = 0
        if present & 2 and at < p + length and b[at] & 0x20:
            self.padded = 1
        self.p = p + length
        return WIFI

    def _wifi_header(self, b, kind):
        """Prism (little-endian length) and AVS (big-endian) before 802.11."""
        p: cython.longlong = self.p
        length: cython.longlong
        if p + 8 > self.cend:
            return self._cut()
        length = be32(b, p + 4)
        if kind == PRISM and length > 65535:
            length = le32(b, p + 4)
        if length < 8 or length > 65535:
            return self._bad()
        self.p = p + length
        return WIFI if self.p <= self.cend else self._cut()

    def _wifi(self, b):
        """IEEE 802.11-2020 section 9.2: open data frames only."""
        p: cython.longlong = self.p
        length: cython.longlong = 24
        kind: cython.longlong
        ways: cython.longlong
        aggregated: cython.longlong = 0
        if p + 24 > self.cend:
            return self._cut() if p + 2 <= self.cend and b[p] & 0x0C == 8 else END
        kind = b[p]
        ways = b[p + 1] & 3  # bit 0 to the access point, bit 1 from it
        if kind & 0x0C != 8 or kind & 0x40:
            return END
        if b[p + 1] & 0x40:
            return -1 - WIFI_ENCRYPTED
        if ways == 3:
            length += 6
        if kind & 0x80:
            if p + length + 2 > self.cend:
                return self._cut()
            aggregated = b[p + length] & 0x80
            length += 2
            if b[p + 1] & 0x80:
                length += 4
        if self.padded:
            length = (length + 3) // 4 * 4
        if p + length > self.cend:
            return self._cut()
        self.mac_d = mac48(b, p + (16 if ways & 1 else 4))
        self.mac_s = mac48(b, p + (24 if ways == 3 else 16 if ways == 2 else 10))
        self.p = p + length
        if aggregated:  # the first of several: the others have no frame of their own
            if self.p + 14 > self.cend:
                return self._cut()
            self.p += 14
        return LLC

    def _nflog(self, b):
        """LINKTYPE_NFLOG: attributes in the capturing host's byte order."""
        p: cython.longlong = self.p
        family: cython.longlong
        length: cython.longlong
        kind: cython.longlong
        if p + 4 > self.cend:
            return self._cut()
        family = b[p]
        p += 4
        while p + 4 <= self.cend:
            length = be16(b, p) if self.big else le16(b, p)
            kind = be16(b, p + 2) if self.big else le16(b, p + 2)
            if length < 4:
                return self._bad()
            if kind & 0x7FFF == 9:
                self._ends_at(p + length)
                self.p = p + 4
                return IP4 if family == 2 else IP6 if family == 10 else END
            p += (length + 3) // 4 * 4
        return self._cut()

    def _pktap(self, b):
        """Apple's PKTAP: header length, record type, link type of what follows."""
        p: cython.longlong = self.p
        length: cython.longlong
        kind: cython.longlong
        if p + 12 > self.cend:
            return self._cut()
        length = le32(b, p)
        if length < 12:
            return self._bad()
        kind = self._kind_of(le32(b, p + 8))
        self.p = p + length
        if kind == END:
            return -1 - UNKNOWN_LINK
        return self._deeper(kind) if self.p <= self.cend else self._cut()

    def _chdlc(self, b):
        """RFC 1547 section 4.3.1: address, control, ethertype."""
        if self.p + 4 > self.cend:
            return self._cut()
        self.next = be16(b, self.p + 2)
        self.p += 4
        return ETHERTYPE if self.next > 1500 else END

    def _frame_relay(self, b):
        """RFC 2427: Q.922 address, control 3, NLPID; or Cisco's ethertype."""
        p: cython.longlong = self.p
        left: cython.int = 4
        while p < self.cend and b[p] & 1 == 0 and left > 1:
            p += 1
            left -= 1
        p += 1
        if p + 3 > self.cend:
            return self._cut()
        if b[p] != 3:
            self.next = be16(b, p)
            self.p = p + 2
            return ETHERTYPE if self.next > 1500 else END
        p += 1
        if b[p] == 0:
            p += 1
        self.p = p + 1
        if b[p] == 0xCC:
            return IP4
        if b[p] == 0x8E:
            return IP6
        if b[p] != 0x80:
            return END
        if p + 6 > self.cend:
            return self._cut()
        self.next = be16(b, p + 4)
        self.p = p + 6
        return ETHERTYPE if self.next > 1500 else END

    # ------------------------------------------------------------ network layer

    def _ip4(self, b):
        """RFC 791 section 3.1."""
        p: cython.longlong = self.p
        header: cython.longlong
        whole: cython.longlong
        flags: cython.longlong
        if p + 20 > self.cend:
            return self._cut()
        header = (b[p] & 15) * 4
        if b[p] >> 4 != 4 or header < 20:
            return self._bad()
        if p + header > self.cend:
            return self._cut()
        whole = be16(b, p + 2)
        if whole == 0:  # segmentation was left to the network card
            whole = self.wend - p
        if whole < header:
            return self._bad()
        self._ends_at(p + whole)
        self.version = 4
        self.s0 = self.s1 = self.d0 = self.d1 = 0
        self.s2 = self.d2 = NO_WORD
        self.s3 = be32(b, p + 12)
        self.d3 = be32(b, p + 16)
        self.mark = be16(b, p + 4)
        self._ip_found(p + header, b[p + 9])
        flags = be16(b, p + 6)
        if flags & 0x3FFF:
            self._fragment(self.mark, (flags & 0x1FFF) * 8, flags & 0x2000)
            if self.frag_at:
                return END
        return TRANSPORT

    def _ip6(self, b):
        """RFC 8200 sections 3 and 4."""
        p: cython.longlong = self.p
        whole: cython.longlong
        if p + 40 > self.cend:
            return self._cut()
        if b[p] >> 4 != 6:
            return self._bad()
        whole = be16(b, p + 4)
        if whole:
            self._ends_at(p + 40 + whole)
        self.version = 6
        self.s0 = be32(b, p + 8)
        self.s1 = be32(b, p + 12)
        self.s2 = be32(b, p + 16)
        self.s3 = be32(b, p + 20)
        self.d0 = be32(b, p + 24)
        self.d1 = be32(b, p + 28)
        self.d2 = be32(b, p + 32)
        self.d3 = be32(b, p + 36)
        self.mark = whole
        self._ip_found(p + 40, b[p + 6])
        return self._extensions(b)

    def _extensions(self, b):
        """Skips IPv6 extension headers; ends at a fragment that is not the first."""
        p: cython.longlong = self.p
        nh: cython.longlong = self.proto
        length: cython.longlong
        left: cython.int = MAX_EXTENSIONS
        while nh == 0 or nh == 43 or nh == 44 or nh == 60 or nh == 135 or nh == 139 or nh == 140:
            left -= 1
            if left < 0:
                return -1 - TOO_DEEP
            if p + 8 > self.cend:
                return self._cut()
            length = b[p + 1]
            length = (length + 1) * 8
            if nh == 44:
                length = 8
                self._ip_found(p + 8, b[p])
                if be16(b, p + 2) & 0xFFF9:
                    self._fragment(be32(b, p + 4), be16(b, p + 2) & 0xFFF8, b[p + 3] & 1)
                    if self.frag_at:
                        return END
            nh = b[p]
            p += length
            if p > self.cend:
                return self._cut()
            self._ip_found(p, nh)
        return TRANSPORT

    def _ip_found(self, payload, proto):
        """An IP header is whole: from here on the packet belongs to a flow."""
        self.found = 1
        self.p = payload
        self.proto = proto
        self.s_port = -1
        self.d_port = -1
        self.tcp_flags = -1
        self.data = payload
        self.data_captured = self.cend - payload
        self.data_whole = self.wend - payload
        return 0

    def _fragment(self, number, at, more):
        """Keeps the identity of the datagram this is a part of."""
        self.frag_at = at
        self.frag_more = more
        self.frag_id = number
        self.frag_proto = self.proto
        self.frag_data = self.p
        self.frag_captured = self.cend - self.p
        self.f0 = self.s0
        self.f1 = self.s1
        self.f2 = self.s2
        self.f3 = self.s3
        self.g0 = self.d0
        self.g1 = self.d1
        self.g2 = self.d2
        self.g3 = self.d3
        return 0

    # ------------------------------------------------------ transport, tunnels

    def _transport(self, b):
        """Ports and payload of TCP, UDP and SCTP; the way into IP tunnels."""
        proto: cython.longlong = self.proto
        if proto == 6:
            return self._tcp(b)
        if proto == 17 or proto == 136:
            return self._udp(b)
        if proto == 132:
            if self.p + 4 > self.cend:
                return self._cut()
            self.s_port = be16(b, self.p)
            self.d_port = be16(b, self.p + 2)
            return END
        if proto == 4:
            return self._into(1, IP4)
        if proto == 41:
            return self._into(2, IP6)
        if proto == 47:
            return self._into(3, GRE)
        if proto == 137:
            return self._into(9, MPLS)
        if proto == 97:  # RFC 3378
            self.p += 2
            return self._into(8, ETHERNET)
        if proto == 51:  # RFC 4302 section 2
            if self.p + 12 > self.cend:
                return self._cut()
            proto = (b[self.p + 1] + 2) * 4
            if self.p + proto > self.cend:
                return self._cut()
            self._ip_found(self.p + proto, b[self.p])
            return self._deeper(TRANSPORT)
        return END

    def _into(self, tunnel, kind):
        """Follows a tunnel; its outermost kind names it in the flow."""
        if self.tunnel == 0:
            self.tunnel = tunnel
        return self._deeper(kind)

    def _tcp(self, b):
        """RFC 9293 section 3.1."""
        p: cython.longlong = self.p
        header: cython.longlong
        self.tcp_flags = -1
        if p + 4 > self.cend:
            return self._cut()
        self.s_port = be16(b, p)
        self.d_port = be16(b, p + 2)
        self.data_whole = 0
        self.data_captured = 0
        if p + 14 > self.cend:
            return self._cut()
        self.tcp_seq = be32(b, p + 4)
        self.tcp_ack = be32(b, p + 8)
        header = (b[p + 12] >> 4) * 4
        self.tcp_flags = b[p + 13]
        if header < 20:
            return self._bad()
        if p + 18 <= self.cend:
            self.mark = (self.mark & 0xFFFF) << 16 | be16(b, p + 16)
        if p + header > self.wend:
            return self._bad()
        self.data_whole = self.wend - p - header
        if p + header < self.cend:
            self.data = p + header
            self.data_captured = self.cend - p - header
        return END

    def _udp(self, b):
        """RFC 768; a length of 0 means: up to the end (RFC 2675)."""
        p: cython.longlong = self.p
        length: cython.longlong
        if p + 4 > self.cend:
            return self._cut()
        self.s_port = be16(b, p)
        self.d_port = be16(b, p + 2)
        self.data_whole = 0
        self.data_captured = 0
        if p + 8 > self.cend:
            return self._cut()
        length = be16(b, p + 4)
        self.mark = (self.mark & 0xFFFF) << 16 | be16(b, p + 6)
        if length >= 8 and self.frag_more == 0:
            self._ends_at(p + length)
        self.p = p + 8
        self.data = p + 8
        self.data_whole = self.wend - self.data
        self.data_captured = self.cend - self.data
        return self._udp_tunnel(b)

    def _udp_tunnel(self, b):
        """The way into tunnels over UDP, where port and first bytes agree."""
        p: cython.longlong = self.p
        left: cython.longlong = self.cend - p
        if left < 8:
            return END
        if self.s_port == 2152 or self.d_port == 2152:
            return self._gtp(b)
        if self.d_port == 4789 or self.d_port == 8472:  # VXLAN, RFC 7348 section 5
            if b[p] & 0x08 and b[p + 7] == 0:
                self.p = p + 8
                return self._into(6, ETHERNET)
        elif self.d_port == 6081:  # Geneve, RFC 8926 section 3.4
            if b[p] >> 6 == 0:
                self.next = be16(b, p + 2)
                self.p = p + 8 + (b[p] & 0x3F) * 4
                if self.p <= self.cend and self.next > 1500:
                    return self._into(7, ETHERTYPE)
        elif self.s_port == 3544 or self.d_port == 3544:
            return self._teredo(b)
        elif self.s_port == 1701 or self.d_port == 1701:
            return self._l2tp(b)
        return END

    def _l2tp(self, b):
        """RFC 2661 section 3.1: data messages of version 2 carry PPP.

        Bits that have to be zero are looked at, too: the port may be a client's.
        """
        p: cython.longlong = self.p
        flags: cython.longlong = be16(b, p)
        if flags & 0xB4FF != 2:
            return END
        p += 6 + (flags >> 13 & 2) + (flags >> 9 & 4)
        if flags & 0x0200:
            if p + 2 > self.cend:
                return END
            p += 2 + be16(b, p)
        if p >= self.cend:
            return END
        self.p = p
        return self._into(10, PPP)

    def _gtp(self, b):
        """GTP-U version 1, 3GPP TS 29.281 section 5; only user data packets."""
        p: cython.longlong = self.p
        more: cython.longlong
        length: cython.longlong
        left: cython.int = MAX_EXTENSIONS
        if b[p] >> 4 != 3 or b[p + 1] != 255:
            return END
        more = b[p] & 7
        p += 8
        if more:
            if p + 4 > self.cend:
                return END
            more = b[p + 3] if more & 4 else 0
            p += 4
        while more:
            left -= 1
            if left < 0 or p >= self.cend or b[p] == 0:
                return END
            length = b[p]
            length = length * 4
            if p + length > self.cend:
                return END
            p += length
            more = b[p - 1]
        if p >= self.cend or (b[p] >> 4 != 4 and b[p] >> 4 != 6):
            return END
        self.p = p
        return self._into(5, IP_ANY)

    def _teredo(self, b):
        """RFC 4380 section 5.1.1: authentication and origin may stand before IPv6."""
        p: cython.longlong = self.p
        length: cython.longlong
        if b[p] == 0 and b[p + 1] == 1:
            length = b[p + 2]
            length += b[p + 3]
            p += 13 + length
        if p + 8 <= self.cend and b[p] == 0 and b[p + 1] == 0:
            p += 8
        if p >= self.cend or b[p] >> 4 != 6:
            return END
        self.p = p
        return self._into(4, IP6)

    def _gre(self, b):
        """RFC 2784, 2890; version 1 is PPTP's (RFC 2637); ERSPAN mirrors Ethernet."""
        p: cython.longlong = self.p
        flags: cython.longlong
        if p + 4 > self.cend:
            return END
        flags = be16(b, p)
        self.next = be16(b, p + 2)
        p += 4
        if flags & 7 == 1 or flags & 0xC000:
            p += 4
        if flags & 7 == 0 and flags & 0x2000:
            p += 4
        if flags & 0x1000:
            p += 4
        if flags & 7 == 1 and flags & 0x80:
            p += 4
        if p >= self.cend:
            return END
        self.p = p
        if self.next == 0x88BE:
            if flags & 0x1000:
                self.p = p + 8
            return ETHERNET
        return ETHERTYPE if self.next > 1500 else END

    # --------------------------------------------------------------- flow table

    def _account(self, b):
        """Adds the packet in hand to its flow."""
        at: cython.longlong
        if self.frag_at:
            return self._later_fragment()
        at = self._flow() * ROW
        if self.data_whole > 1:  # one byte: a keep-alive (RFC 9293 3.8.4)
            self._spoke(at)
        self._add(at, 1, self.wire, self.data_whole, self.now, self.frame)
        self._double(at)
        if self.rows[at + PROTO] == 6 and self.tcp_flags >= 0:
            self._tcp_state(at)
            if self.frag_more == 0:
                self._tcp_piece(b, at)
        elif self.rows[at + PROTO] == 17:
            self._udp_piece(at)
        if self.trailer >= 0:
            self._trailer(b, at)
        if self.frag_more:
            self._first_fragment()
        return 0

    def _add(self, at, packets, wire, payload, now, frame):
        """Adds packets of the side in hand to the flow row at ``at``."""
        self.rows[at + PACKETS + self.side] += packets
        self.rows[at + BYTES + self.side] += wire
        self.rows[at + PAYLOAD + self.side] += payload
        if now > self.rows[at + LAST]:
            self.rows[at + LAST] = now
        elif now < self.rows[at + FIRST]:
            self.rows[at + FIRST] = now
        if frame > self.rows[at + LAST_FRAME]:
            self.rows[at + LAST_FRAME] = frame
        elif frame < self.rows[at + FIRST_FRAME]:
            self.rows[at + FIRST_FRAME] = frame
        if self.side == 1 and self.rows[at + REPLY] < 0:
            self.rows[at + REPLY] = now
            self.rows[at + REPLY_FRAME] = frame
        if self.mac_s and self.rows[at + MAC + self.side] == 0:
            self.rows[at + MAC + self.side] = self.mac_s
        if self.mac_d and self.rows[at + MAC + 1 - self.side] == 0:
            self.rows[at + MAC + 1 - self.side] = self.mac_d
        return 0

    def _spoke(self, at):
        """Tells of content after a silence; acknowledgements and keep-alives do not end one."""
        before: cython.longlong = self.rows[at + SPOKE]
        if self.now > before:
            if before and self.now - before >= QUIET and self.version:
                self._piece(BURST_PIECE, 0, self.data, 0, self.data_whole)
            self.rows[at + SPOKE] = self.now
        return 0

    def _double(self, at):
        """Notices a packet that a second interface saw, too."""
        signature: cython.longlong
        if self.iface_count < 2:
            return 0
        signature = (self.mark & SEQ_MASK) << 2 | self.side << 1 | 1
        if (
            self.rows[at + SIGNATURE] == signature
            and self.rows[at + SEEN_ON] != self.iface
            and 0 <= self.now - self.rows[at + SIGNED] <= DOUBLE_GAP
        ):
            self._odd(DOUBLE)
        self.rows[at + SIGNATURE] = signature
        self.rows[at + SEEN_ON] = self.iface
        self.rows[at + SIGNED] = self.now
        return 0

    def _flow(self):
        """The flow of the packet in hand, opened if it is new; sets ``side``."""
        at: cython.longlong = self._slot()
        i: cython.longlong = self.slots[at] - 1
        if i < 0 and self.flow_count >= self.flow_limit and self.version:
            self._odd(FLOWS_FULL)
            self.version = self.s0 = self.s1 = self.s2 = self.s3 = 0
            self.d0 = self.d1 = self.d2 = self.d3 = 0
            self.s_port = self.d_port = -1
            self.mac_s = self.mac_d = self.tunnel = 0
            at = self._slot()
            i = self.slots[at] - 1
        if i < 0 or (self.flow_count < self.flow_limit and not self._continues(i * ROW)):
            i = self._open()
            self.slots[at] = i + 1
        self.flow = i
        return i

    def _hash(self):
        """Of the ends in hand; the same for both directions.

        Seeded anew each run, so nobody can choose addresses that collide; the
        order of flows does not depend on it.
        """
        x: cython.longlong = mix(mix(self.seed, self.s3), self.s_port + 1)
        y: cython.longlong = mix(mix(self.seed, self.d3), self.d_port + 1)
        if self.s2 != NO_WORD:  # the rest of an IPv6 address
            x = mix(mix(mix(x, self.s0), self.s1), self.s2)
            y = mix(mix(mix(y, self.d0), self.d1), self.d2)
        return mix(mix(x + y, x ^ y), self.proto)

    def _slot(self):
        """Where the flow of the packet in hand is, or would be, in the hash."""
        mask: cython.longlong = self.slots.shape[0] - 1
        at: cython.longlong = self._hash() & mask
        while self.slots[at]:
            if self._is((self.slots[at] - 1) * ROW):
                return at
            at = (at + 1) & mask
        return at

    def _is(self, at):
        """Whether the flow row at ``at`` has the ends in hand; sets ``side``."""
        if self.rows[at + PROTO] != self.proto:
            return 0
        if self._runs(at + A, at + A_PORT, at + B, at + B_PORT):
            self.side = 0
            return 1
        if self._runs(at + B, at + B_PORT, at + A, at + A_PORT):
            self.side = 1
            return 1
        return 0

    def _runs(self, source, source_port, target, target_port):
        """Whether these fields of a flow row are the source and target in hand."""
        return (
            self.rows[source + 3] == self.s3
            and self.rows[source_port] == self.s_port
            and self.rows[target + 3] == self.d3
            and self.rows[target_port] == self.d_port
            and self.rows[source] == self.s0
            and self.rows[source + 1] == self.s1
            and self.rows[source + 2] == self.s2
            and self.rows[target] == self.d0
            and self.rows[target + 1] == self.d1
            and self.rows[target + 2] == self.d2
        )

    def _settle(self, i):
        """Puts flow ``i`` into the hash; a later one replaces its equal."""
        at: cython.longlong = i * ROW
        self.proto = self.rows[at + PROTO]
        self.s0 = self.rows[at + A]
        self.s1 = self.rows[at + A + 1]
        self.s2 = self.rows[at + A + 2]
        self.s3 = self.rows[at + A + 3]
        self.s_port = self.rows[at + A_PORT]
        self.d0 = self.rows[at + B]
        self.d1 = self.rows[at + B + 1]
        self.d2 = self.rows[at + B + 2]
        self.d3 = self.rows[at + B + 3]
        self.d_port = self.rows[at + B_PORT]
        self.slots[self._slot()] = i + 1
        return 0

    def _continues(self, at):
        """Whether the packet goes on with the flow at ``at`` or begins another."""
        idle: cython.longlong = self.now - self.rows[at + LAST]
        side: cython.longlong = self.side
        if self.version == 0:
            return 1
        if self.proto != 6:
            return idle <= UDP_IDLE
        if self.tcp_flags < 0 or self.tcp_flags & (SYN | ACK) != SYN or self.frag_at:
            return idle <= TCP_IDLE
        if side == 0:
            if self.rows[at + SYN_SEQ] >= 0:
                return self.rows[at + SYN_SEQ] == self.tcp_seq
            # the SYN was overtaken by its answer or by the first data
            return (
                self.rows[at + FLAGS + 1] & SYN != 0
                or self.rows[at + BASE] == (self.tcp_seq + 1) & SEQ_MASK
            )
        # both sides open at once (RFC 9293 section 3.5)
        return (self.rows[at + SYN_SEQ] >= 0 and self.rows[at + FLAGS + 1] == 0) or self.rows[
            at + BASE + 1
        ] == (self.tcp_seq + 1) & SEQ_MASK

    def _open(self):
        """A new flow row for the packet in hand; a is the side that opened it."""
        i: cython.longlong = self.flow_count
        at: cython.longlong = i * ROW
        k: cython.int
        self.side = 0
        if self.proto == 6 and self.tcp_flags >= 0 and self.tcp_flags & SYN:
            self.side = 1 if self.tcp_flags & ACK else 0
        elif self.s_port >= 0 and serves(self.s_port) and not serves(self.d_port):
            self.side = 1
        for k in range(ROW):
            self.rows[at + k] = 0
        self._ends(at + (B if self.side else A), at + (A if self.side else B))
        self.rows[at + PROTO] = self.proto
        self.rows[at + VERSION] = self.version
        self.rows[at + A_PORT] = self.d_port if self.side else self.s_port
        self.rows[at + B_PORT] = self.s_port if self.side else self.d_port
        self.rows[at + FIRST] = self.now
        self.rows[at + LAST] = self.now
        self.rows[at + FIRST_FRAME] = self.frame
        self.rows[at + LAST_FRAME] = self.frame
        self.rows[at + SYN_SEQ] = -1
        self.rows[at + RTT] = -1
        self.rows[at + BASE] = -1
        self.rows[at + BASE + 1] = -1
        self.rows[at + REPLY] = -1
        self.rows[at + TUNNEL] = self.tunnel
        if self.version == 0:  # many at once: their bytes together make no sense
            self.rows[at + WANT] = self.rows[at + WANT + 1] = 0
        elif self.proto == 6:
            self.rows[at + LATE] = 0 if self.tcp_flags >= 0 and self.tcp_flags & SYN else 1
            self.rows[at + WANT] = UNDECIDED
            self.rows[at + WANT + 1] = UNDECIDED
        elif self.proto == 17:
            k = self.s_port >= 0 and (names_always(self.s_port) or names_always(self.d_port))
            self.rows[at + WANT] = ALWAYS if k or self.following else DATAGRAMS
            self.rows[at + WANT + 1] = self.rows[at + WANT]
        self.flow_count += 1
        return i

    def _ends(self, source, target):
        self.rows[source] = self.s0
        self.rows[source + 1] = self.s1
        self.rows[source + 2] = self.s2
        self.rows[source + 3] = self.s3
        self.rows[target] = self.d0
        self.rows[target + 1] = self.d1
        self.rows[target + 2] = self.d2
        self.rows[target + 3] = self.d3
        return 0

    def _tcp_state(self, at):
        """Flags, first sequence numbers, and the round trip of the handshake."""
        side: cython.longlong = self.side
        if self.tcp_flags & SYN:
            self.rows[at + BASE + side] = (self.tcp_seq + 1) & SEQ_MASK
            self.rows[at + LATE] = 0
            if self.tcp_flags & ACK == 0 and side == 0:
                if self.rows[at + SYN_SEQ] == self.tcp_seq:
                    self.rows[at + SYN_AGAIN] = 1
                self.rows[at + SYN_SEQ] = self.tcp_seq
                self.rows[at + SYN_TIME] = self.now
                self.rows[at + SYN_FRAME] = self.frame
            elif (
                self.tcp_flags & ACK
                and side == 1
                and self.rows[at + RTT] < 0
                and self.rows[at + SYN_SEQ] >= 0
                and self.rows[at + SYN_AGAIN] == 0
                and self.tcp_ack == (self.rows[at + SYN_SEQ] + 1) & SEQ_MASK
                and self.now >= self.rows[at + SYN_TIME]
            ):
                self.rows[at + RTT] = self.now - self.rows[at + SYN_TIME]
                self.rows[at + RTT_FRAME] = self.frame
        elif self.rows[at + BASE + side] < 0 and self.data_whole > 0:
            self.rows[at + BASE + side] = self.tcp_seq
        self.rows[at + FLAGS + side] |= self.tcp_flags
        return 0

    def _tcp_piece(self, b, at):
        """Hands over a segment if it lies in the opening that is still wanted."""
        seq: cython.longlong = self.tcp_seq
        want: cython.longlong = self.rows[at + WANT + self.side]
        ahead: cython.longlong
        if want == 0 or self.data_whole <= 0:
            return 0
        if self.tcp_flags & SYN:  # data with the SYN: RFC 7413
            seq = (seq + 1) & SEQ_MASK
        ahead = (seq - self.rows[at + BASE + self.side]) & SEQ_MASK
        if ahead >= SEQ_HALF:
            ahead -= SEQ_MASK + 1
            if self.rows[at + LATE] == 0 or ahead < -65536:
                return 0
        if want == UNDECIDED:
            want = OPENING
            if ahead == 0 and self.data_captured > 0:
                want = self._wanted(b[self.data] == TLS_HANDSHAKE)
                self.rows[at + WANT + self.side] = want
        if ahead < want:
            self._piece(TCP_PIECE, seq, self.data, self.data_captured, self.data_whole)
        return 0

    def _udp_piece(self, at):
        """Hands over a datagram if it is among the first that are still wanted, with its number."""
        number: cython.longlong = self.rows[at + PACKETS + self.side]
        if self.frag_more or self.data_captured <= 0:
            return 0
        if number <= self.rows[at + WANT + self.side]:
            self._piece(UDP_PIECE, number, self.data, self.data_captured, self.data_whole)
        return 0

    def _trailer(self, b, at):
        """Hands over what a recorder wrote behind the packet, once a flow."""
        if self.rows[at + NOTED] & 1 == 0 and be32(b, self.trailer) == TRAILER:
            self.rows[at + NOTED] |= 1
            self._piece(TRAILER_PIECE, 0, self.trailer, 28, 28)
        return 0

    def _wanted(self, tls):
        """How much of a direction to hand over until the reader knows better."""
        if self.following:
            return CLEAR
        if self.side:
            return SERVER_OPENING if tls else OPENING
        return OPENING if tls else CLEAR

    def _piece(self, kind, seq, start, captured, whole):
        """One entry for the reader: bytes of the window it still holds."""
        at: cython.longlong = self.piece_count * PIECE
        self.pieces[at] = kind
        self.pieces[at + 1] = self.flow
        self.pieces[at + 2] = self.side
        self.pieces[at + 3] = seq
        self.pieces[at + 4] = start
        self.pieces[at + 5] = captured
        self.pieces[at + 6] = whole
        self.pieces[at + 7] = self.frame
        self.pieces[at + 8] = self.now
        self.piece_count += 1
        return 0

    def _comment(self, b, p, end):
        """Hands over a packet comment, once a flow: some recorders name the app there."""
        length: cython.longlong
        if self.flow < 0 or p + 8 > end or self.rows[self.flow * ROW + NOTED] & 2:
            return 0
        length = be16(b, p + 2) if self.big else le16(b, p + 2)
        if (be16(b, p) if self.big else le16(b, p)) == 1 and p + 4 + length <= end:
            self.rows[self.flow * ROW + NOTED] |= 2
            self._piece(COMMENT_PIECE, 0, p + 4, length, length)
        return 0

    # ---------------------------------------------------------------- fragments

    def _fragment_row(self):
        """The row of the datagram the fragment in hand is a part of.

        Four neighbouring rows may hold it; where all are taken by others, the
        one untouched for longest makes room. No seed: which one that is must not
        change from run to run, and rows that collide cost no time.
        """
        h: cython.longlong = mix(mix(mix(1, self.f3), self.g3), self.frag_id)
        oldest: cython.longlong = -1
        at: cython.longlong
        k: cython.int
        for k in range(4):
            at = ((h + k) & (FRAG_SETS - 1)) * FRAG
            if self.frags[at + FRAG_SERIAL] and self._is_fragment(at):
                if self.now - self.frags[at + FRAG_LAST] <= FRAG_IDLE:
                    return at
                oldest = at
                break
            if oldest < 0 or self.frags[at + FRAG_SERIAL] < self.frags[oldest + FRAG_SERIAL]:
                oldest = at
        self._settle_fragments(oldest)
        self.frag_serial += 1
        for k in range(FRAG):
            self.frags[oldest + k] = 0
        self._name_fragment(oldest)
        self.frags[oldest + FRAG_SERIAL] = self.frag_serial
        self.frags[oldest + FRAG_FLOW] = -1
        self.frags[oldest + FRAG_FIRST] = self.now
        self.frags[oldest + FRAG_FIRST_FRAME] = self.frame
        return oldest

    def _is_fragment(self, at):
        return (
            self.frags[at] == self.f0
            and self.frags[at + 1] == self.f1
            and self.frags[at + 2] == self.f2
            and self.frags[at + 3] == self.f3
            and self.frags[at + 4] == self.g0
            and self.frags[at + 5] == self.g1
            and self.frags[at + 6] == self.g2
            and self.frags[at + 7] == self.g3
            and self.frags[at + 8] == self.frag_id
            and self.frags[at + 9] == self.frag_proto
        )

    def _name_fragment(self, at):
        self.frags[at] = self.f0
        self.frags[at + 1] = self.f1
        self.frags[at + 2] = self.f2
        self.frags[at + 3] = self.f3
        self.frags[at + 4] = self.g0
        self.frags[at + 5] = self.g1
        self.frags[at + 6] = self.g2
        self.frags[at + 7] = self.g3
        self.frags[at + 8] = self.frag_id
        self.frags[at + 9] = self.frag_proto
        return 0

    def _first_fragment(self):
        """The fragment with the ports came: those that waited join its flow."""
        flow: cython.longlong = self.flow
        side: cython.longlong = self.side
        at: cython.longlong = self._fragment_row()
        self.flow = flow
        self.side = side
        self.frags[at + FRAG_FLOW] = flow
        self.frags[at + FRAG_SIDE] = side
        self.frags[at + FRAG_LAST] = self.now
        self._join_fragments(at)
        self._fragment_piece(at)
        return 0

    def _later_fragment(self):
        """A fragment without ports: to its datagram's flow, or waiting for it."""
        at: cython.longlong = self._fragment_row()
        self.flow = self.frags[at + FRAG_FLOW]
        self.side = self.frags[at + FRAG_SIDE]
        self.frags[at + FRAG_PACKETS] += 1
        self.frags[at + FRAG_BYTES] += self.wire
        self.frags[at + FRAG_PAYLOAD] += self.data_whole
        if self.frags[at + FRAG_PACKETS] == 1:
            self.frags[at + FRAG_FIRST] = self.now
            self.frags[at + FRAG_FIRST_FRAME] = self.frame
        self.frags[at + FRAG_LAST] = self.now
        self.frags[at + FRAG_LAST_FRAME] = self.frame
        if self.flow >= 0:
            self._join_fragments(at)
        self._fragment_piece(at)
        return 0

    def _join_fragments(self, at):
        """Adds what waited in the fragment row at ``at`` to its flow."""
        row: cython.longlong = self.flow * ROW
        if self.frags[at + FRAG_PACKETS]:
            self._add(
                row,
                self.frags[at + FRAG_PACKETS],
                self.frags[at + FRAG_BYTES],
                self.frags[at + FRAG_PAYLOAD],
                self.frags[at + FRAG_FIRST],
                self.frags[at + FRAG_FIRST_FRAME],
            )
            self._add(row, 0, 0, 0, self.frags[at + FRAG_LAST], self.frags[at + FRAG_LAST_FRAME])
            self.frags[at + FRAG_PACKETS] = 0
            self.frags[at + FRAG_BYTES] = 0
            self.frags[at + FRAG_PAYLOAD] = 0
        return 0

    def _fragment_piece(self, at):
        """Hands a fragment over for reassembly: ``seq`` is its place in the datagram,
        ``whole`` its set's serial, doubled, plus 1 where more fragments follow."""
        serial: cython.longlong = self.frags[at + FRAG_SERIAL] * 2
        if self.flow >= 0 and not self._listening(self.flow * ROW):
            return 0
        if self.frag_more:
            serial += 1
        return self._piece(FRAGMENT_PIECE, self.frag_at, self.frag_data, self.frag_captured, serial)

    def _listening(self, at):
        """Whether this side's bytes may still be wanted."""
        want: cython.longlong = self.rows[at + WANT + self.side]
        if self.rows[at + PROTO] == 6:
            return want != 0
        return self.rows[at + PACKETS + self.side] <= want

    def reassembled(
        self,
        b: cython.uchar[::1],
        end: cython.longlong,
        serial: cython.longlong,
        frame: cython.longlong,
        now: cython.longlong,
    ) -> None:
        """Looks into a datagram put together from fragments: its piece, no counting.

        ``b[:end]`` is the IP payload; ``serial`` the set's, of which the fragment
        row still knows addresses and protocol.
        """
        k: cython.int
        kind: cython.longlong = END
        frame_in_hand: cython.longlong = self.frame
        time_in_hand: cython.longlong = self.now
        self.found = 1
        self.cend = end
        self.wend = end
        self.depth = 0
        self.tunnel = 0
        self.frag_at = 0
        self.frag_more = 0
        for k in range(FRAG_SETS):
            if self.frags[k * FRAG + FRAG_SERIAL] == serial:
                self._take_fragment_name(k * FRAG)
                self._ip_found(0, self.proto)
                kind = TRANSPORT
        if kind == END:
            return
        while kind > 0:
            kind = self._layer(b, kind)
        self.flow = self.slots[self._slot()] - 1
        self.frame = frame
        self.now = now
        if self.flow >= 0 and self.proto == 6 and self.tcp_flags >= 0:
            self._tcp_piece(b, self.flow * ROW)
        elif (
            self.flow >= 0
            and self.proto == 17
            and self.frag_more == 0
            and self.data_captured > 0
            and self.rows[self.flow * ROW + WANT + self.side]
        ):  # its parts were among the first packets; more may have been counted since
            self._piece(UDP_PIECE, 0, self.data, self.data_captured, self.data_whole)
        self.frame = frame_in_hand
        self.now = time_in_hand

    def _take_fragment_name(self, at):
        """The addresses and protocol in a fragment row become those in hand."""
        self.s0 = self.frags[at]
        self.s1 = self.frags[at + 1]
        self.s2 = self.frags[at + 2]
        self.s3 = self.frags[at + 3]
        self.d0 = self.frags[at + 4]
        self.d1 = self.frags[at + 5]
        self.d2 = self.frags[at + 6]
        self.d3 = self.frags[at + 7]
        self.version = 4 if self.s2 == NO_WORD else 6
        self.proto = self.frags[at + 9]
        return 0

    def _settle_fragments(self, at):
        """Fragments whose first never came get a flow without ports."""
        now: cython.longlong = self.now
        frame: cython.longlong = self.frame
        if self.frags[at + FRAG_SERIAL] == 0 or self.frags[at + FRAG_PACKETS] == 0:
            return 0
        self._odd(FRAGMENT_LOST)
        self._take_fragment_name(at)
        self.s_port = self.d_port = -1
        self.tcp_flags = -1
        self.mac_s = self.mac_d = self.tunnel = 0  # those in hand are another packet's
        self.now = self.frags[at + FRAG_FIRST]
        self.frame = self.frags[at + FRAG_FIRST_FRAME]
        self._flow()
        self._join_fragments(at)
        self.now = now
        self.frame = frame
        return 0

    def settle_all_fragments(self) -> bool:
        """At the end of the capture; False where the tables must grow first."""
        k: cython.int
        for k in range(FRAG_SETS):
            if not self._room():
                return False
            self._settle_fragments(k * FRAG)
            self.frags[k * FRAG + FRAG_SERIAL] = 0
        return True
