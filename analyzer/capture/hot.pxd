"""Types of hot.py for the C compiler; interpreted, nobody reads this file."""

cdef int ROW, PROTO, VERSION, A, B, A_PORT, B_PORT, PACKETS, BYTES, PAYLOAD, FIRST, LAST
cdef int FIRST_FRAME, LAST_FRAME, FLAGS, SYN_TIME, SYN_FRAME, SYN_SEQ, RTT, RTT_FRAME, SYN_AGAIN
cdef int BASE, WANT, MAC, TUNNEL, REPLY, REPLY_FRAME, SPOKE, SEEN_ON, NOTED, LATE, SIGNED, SIGNATURE
cdef int PIECE, TCP_PIECE, UDP_PIECE, FRAGMENT_PIECE, TRAILER_PIECE, COMMENT_PIECE, FRAG
cdef int FRAG_SETS, IFACE, READ, IN_FLOWS, NON_IP, UNDECODABLE, WIRE_BYTES, CUT_PACKETS
cdef int FIRST_TIME, LAST_TIME, TIMES, ODDITY, BAD_HEADER, CUT_HEADER, TOO_DEEP, UNKNOWN_LINK
cdef int WIFI_ENCRYPTED, FLOWS_FULL, TIME_ODD, CAPLEN_OVER_WIRE, NO_INTERFACE, DOUBLE
cdef int FRAGMENT_LOST, TIME_BACKWARDS, NO_TIME, WIRE_ODD, ODDITIES, MORE, PIECES_FULL, TABLE_FULL
cdef int DAMAGED, BLOCK, ETHERNET, ETHERTYPE, IP_ANY, IP4, IP6, MPLS, PPP, LLC, SLL, SLL2, NULL
cdef int WIFI, RADIOTAP, PRISM, AVS, NFLOG, PKTAP, CHDLC, FRAME_RELAY, TRANSPORT, GRE, PPPOE
cdef int END, FRAG_FLOW, FRAG_SIDE, FRAG_PACKETS, FRAG_BYTES, FRAG_PAYLOAD, FRAG_FIRST
cdef int FRAG_LAST, FRAG_FIRST_FRAME, FRAG_LAST_FRAME, FRAG_SERIAL, MAX_DEPTH, MAX_EXTENSIONS
cdef int FIN, SYN, RST, ACK, TLS_HANDSHAKE, SOUGHT, SOUGHT_PIECE, BURST_PIECE, MARKS
cdef long long MAX_RECORD, MAX_WIRE, MAX_BLOCK, BILLION, LAST_SECOND, TCP_IDLE, UDP_IDLE, FRAG_IDLE
cdef long long SEQ_MASK, SEQ_HALF, NO_WORD, DOUBLE_GAP, ALWAYS, OPENING, SERVER_OPENING
cdef long long UNDECIDED, QUIET
cdef long long TRAILER, CLEAR, DATAGRAMS
cdef unsigned long long LAST_STAMP

cdef inline long long be16(unsigned char[::1] b, long long p) except -1 nogil
cdef inline long long be32(unsigned char[::1] b, long long p) except -1 nogil
cdef inline long long le16(unsigned char[::1] b, long long p) except -1 nogil
cdef inline long long le32(unsigned char[::1] b, long long p) except -1 nogil
cdef inline long long read32(unsigned char[::1] b, long long p, bint big) except -1 nogil
cdef inline long long mac48(unsigned char[::1] b, long long p) except -1 nogil
cdef inline long long mix(long long h, long long word) except -1 nogil
cdef inline int serves(long long port) except -1 nogil
cdef inline int names_always(long long port) except -1 nogil

cdef class Engine:
    cdef long long[::1] rows
    cdef long long[::1] slots
    cdef long long[::1] pieces
    cdef long long[::1] frags
    cdef long long[::1] ifaces
    cdef long long[::1] kinds
    cdef long long[::1] tally
    cdef long long seed
    cdef long long flow_limit
    cdef long long flow_count
    cdef long long iface_count
    cdef long long piece_count
    cdef long long frag_serial
    cdef long long why
    cdef bint seeking
    cdef bint following
    cdef long long[::1] numbers
    cdef long long number_at
    cdef long long wake
    cdef long long[::1] spots
    cdef long long[::1] marks
    cdef long long now  # time of the packet in hand
    cdef long long frame
    cdef long long wire
    cdef long long iface
    cdef bint big
    # where the walk through the packet in hand stands
    cdef long long p
    cdef long long cend
    cdef long long wend
    cdef long long next  # ethertype of what follows
    cdef int depth
    cdef int padded
    cdef long long trailer  # offset of bytes behind the IP packet; -1
    # the innermost IP packet found so far
    cdef int found
    cdef long long version
    cdef long long proto
    cdef long long s0
    cdef long long s1
    cdef long long s2
    cdef long long s3
    cdef long long d0
    cdef long long d1
    cdef long long d2
    cdef long long d3
    cdef long long s_port
    cdef long long d_port
    cdef long long mac_s
    cdef long long mac_d
    cdef long long tunnel
    cdef long long data  # offset of the transport payload
    cdef long long data_captured
    cdef long long data_whole
    cdef long long tcp_flags  # -1: not readable
    cdef long long tcp_seq
    cdef long long tcp_ack
    cdef long long mark  # tells packets of one flow apart: id, checksum
    # its flow
    cdef long long flow
    cdef long long side  # 0: from a to b
    # the datagram it is a fragment of
    cdef long long frag_at  # place in the datagram; 0: the first, or none
    cdef long long frag_more
    cdef long long frag_id
    cdef long long frag_proto
    cdef long long frag_data
    cdef long long frag_captured
    cdef long long f0
    cdef long long f1
    cdef long long f2
    cdef long long f3
    cdef long long g0
    cdef long long g1
    cdef long long g2
    cdef long long g3

    cdef int _room(self) except -1 nogil
    cdef int _interface_time(self, long long high, long long low) except -1 nogil
    cdef int _time(self, long long now) except -1 nogil
    cdef int _no_time(self) except -1 nogil
    cdef int _odd(self, long long kind) except -1 nogil
    cdef int _packet(
        self, unsigned char[::1] b, long long p, long long caplen, long long wire
    ) except -1 nogil
    cdef int _seek(
        self, unsigned char[::1] b, long long p, long long caplen, long long wire
    ) except -1 nogil
    cdef int _is_marked(self, unsigned char[::1] b, long long p, long long caplen) except -1 nogil
    cdef long long _mark_of(
        self, unsigned char[::1] b, long long p, long long size
    ) except -1 nogil
    cdef int _undecodable(self, long long oddity) except -1 nogil
    cdef long long _kind_of(self, long long link) except -1000 nogil
    cdef long long _cut(self) except -1000 nogil
    cdef long long _bad(self) except -1000 nogil
    cdef long long _deeper(self, long long kind) except -1000 nogil
    cdef int _ends_at(self, long long at) except -1 nogil
    cdef long long _layer(self, unsigned char[::1] b, long long kind) except -1000 nogil
    cdef long long _ethernet(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _ethertype(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _llc(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _mpls(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _pppoe(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _ppp(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _cooked(self, unsigned char[::1] b, long long kind) except -1000 nogil
    cdef long long _ip_any(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _null(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _radiotap(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _wifi_header(self, unsigned char[::1] b, long long kind) except -1000 nogil
    cdef long long _wifi(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _nflog(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _pktap(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _chdlc(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _frame_relay(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _ip4(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _ip6(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _extensions(self, unsigned char[::1] b) except -1000 nogil
    cdef int _ip_found(self, long long payload, long long proto) except -1 nogil
    cdef int _fragment(self, long long number, long long at, long long more) except -1 nogil
    cdef long long _transport(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _into(self, long long tunnel, long long kind) except -1000 nogil
    cdef long long _tcp(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _udp(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _udp_tunnel(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _gtp(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _l2tp(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _teredo(self, unsigned char[::1] b) except -1000 nogil
    cdef long long _gre(self, unsigned char[::1] b) except -1000 nogil
    cdef int _account(self, unsigned char[::1] b) except -1 nogil
    cdef int _add(
        self, long long at, long long packets, long long wire, long long payload, long long now, long long frame
    ) except -1 nogil
    cdef int _spoke(self, long long at) except -1 nogil
    cdef int _double(self, long long at) except -1 nogil
    cdef long long _flow(self) except -1 nogil
    cdef long long _hash(self) except -1 nogil
    cdef long long _slot(self) except -1 nogil
    cdef int _is(self, long long at) except -1 nogil
    cdef int _settle(self, long long i) except -1 nogil
    cdef int _runs(
        self, long long source, long long source_port, long long target, long long target_port
    ) except -1 nogil
    cdef int _continues(self, long long at) except -1 nogil
    cdef long long _open(self) except -1 nogil
    cdef int _ends(self, long long source, long long target) except -1 nogil
    cdef int _tcp_state(self, long long at) except -1 nogil
    cdef int _tcp_piece(self, unsigned char[::1] b, long long at) except -1 nogil
    cdef int _udp_piece(self, long long at) except -1 nogil
    cdef int _trailer(self, unsigned char[::1] b, long long at) except -1 nogil
    cdef long long _wanted(self, bint tls) except -1 nogil
    cdef int _piece(
        self, long long kind, long long seq, long long start, long long captured, long long whole
    ) except -1 nogil
    cdef int _comment(self, unsigned char[::1] b, long long p, long long end) except -1 nogil
    cdef long long _fragment_row(self) except -1 nogil
    cdef int _is_fragment(self, long long at) except -1 nogil
    cdef int _name_fragment(self, long long at) except -1 nogil
    cdef int _first_fragment(self) except -1 nogil
    cdef int _later_fragment(self) except -1 nogil
    cdef int _join_fragments(self, long long at) except -1 nogil
    cdef int _fragment_piece(self, long long at) except -1 nogil
    cdef int _listening(self, long long at) except -1 nogil
    cdef int _take_fragment_name(self, long long at) except -1 nogil
    cdef int _settle_fragments(self, long long at) except -1 nogil
