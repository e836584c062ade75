"""Sentences on encryption: part of the catalogue in words.py, with the same rules."""

from __future__ import annotations

from analyzer.report.catalogue import Catalogue

TEXT = {
    "lead": "Three separate things: how the traffic travelled, what could be seen all the same, and"
    " whether identifiers stood in what could be read.",
    "transport": "Of {size} exchanged with the Internet, {parts}.",
    "encrypted": "{share} went encrypted ({kinds})",
    "none": "{share} could be read on the way",
    "partly": "{share} belong to conversations that could be read in part",
    "unknown": "{share} show neither encryption nor readable content",
    "row.none": "readable",
    "row.partly": "readable in part",
    "row.unknown": "not known",
    "kind.TLS": "TLS of a version not seen",
    "kind.DTLS": "DTLS of a version not seen",
    "kind.other": "other protocols",
    "nothing": "No traffic with the Internet was seen.",
    "weak": "Weak in places: {parts}. What deserves a look stands among the findings; old is judged"
    " by the recording’s date.",
    "not_weak": "No old version, weak cipher or doubtful certificate was seen.",
    "certificates": "Of {all} reached with encryption, {seen} showed a certificate; in date on the"
    " day of the recording: {fine}. TLS 1.3 and QUIC hide them; one that was not seen is not"
    " therefore valid.",
    "no_certificates": "Of {all} reached with encryption, none showed a certificate. TLS 1.3 and"
    " QUIC hide them; one that was not seen is not therefore valid.",
    "names": "One name could be read on the way, in handshakes, certificates, DNS questions or"
    " HTTP; addresses, times and sizes always can.|{n} names could be read on the way, in"
    " handshakes, certificates, DNS questions or HTTP; addresses, times and sizes always can.",
    "no_names": "No name could be read on the way; addresses, times and sizes always can.",
    "confirmed": "Identifiers of the device sheet were readable in {flows}.",
    "unconfirmed": "What looks like an identifier was readable in {flows}; none of it is"
    " confirmed.",
    "no_identifiers": "No identifier was found in what could be read. Only those of a device sheet"
    " and what looks like one are looked for; encrypted content was not looked into.",
    "no_identifiers_in_clear": "No identifier was found in what could be read on the way. Only"
    " those of a device sheet and what looks like one are looked for.",
    "inside": "Identifiers, or what looks like one, stood inside encryption in {flows}; they were"
    " read here with the keys given to this program.",
    "fault.old_tls": "an old version of SSL or TLS",
    "fault.weak_cipher": "a weak cipher",
    "fault.expired": "a certificate out of date",
    "fault.not_yet_valid": "a certificate before its time",
    "fault.self_signed": "a certificate nobody else vouches for",
    "fault.other_name": "a certificate for other names",
    "fault.no_forward_secrecy": "keys without forward secrecy",
    "at": "{fault} at {endpoints}",
}

CATALOGUE = Catalogue(TEXT)
say, plural = CATALOGUE.say, CATALOGUE.plural
