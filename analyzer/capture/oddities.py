"""What was odd about a recording, in words for the report."""

from __future__ import annotations

# oddities the hot room counts, in its order: kind and what it means
ODDITIES = (
    ("bad_header", "packets with a malformed header were not read further"),
    ("cut_header", "packets cut inside a header were not read further"),
    ("nested_too_deep", "packets with too many tags or tunnels were not read further"),
    ("unknown_link_type", "packets of a link type that cannot be decoded were counted only"),
    ("wifi_encrypted", "encrypted Wi-Fi frames hide their addresses and were counted only"),
    ("flow_table_full", "conversations beyond the limit were counted together, not one by one"),
    ("time_out_of_range", "times no clock can show were replaced by the nearest possible"),
    ("captured_exceeds_wire", "records claim to hold more than was sent; the larger counts"),
    ("unknown_interface", "packets name an interface the file never described; counted only"),
    ("duplicate_packets", "packets seen on two interfaces are counted twice in all figures"),
    ("fragments_without_first", "IP fragments without their first part got a flow without ports"),
    ("time_backwards", "the clock of the recording runs backwards in places"),
    ("no_timestamps", "packets without a time carry that of the packet before them"),
    (
        "wire_length_impossible",
        "records claim a packet longer than any network carries; only its captured bytes count",
    ),
)
CHANGED = "the file was written to while it was read; only what it held at first was looked at"
EFFECTS = {
    "tcp_conflicting_copies": "bytes were sent twice with different content; the first copy counts",
    "secrets_late": "the recording's own keys begin behind this packet, so conversations begun"
    " before it stay closed; write the keys to a file and give that with --keylog",
    "duplicate_file": "a file with the same content was given more than once; what it holds counts"
    " each time, so packets, bytes and conversations are more than there were",
    "openings_given_up": "too many conversations were open at once; those silent longest were not"
    " searched for names any more, nor read on with keys",
}
