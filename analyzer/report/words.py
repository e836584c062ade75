"""Every sentence of the reports, in English, by key: the one file to translate.

Rules of this file
- A value stands in braces. Plain text only: each format escapes what it shows.
- ``n.*`` holds the form for one and the form for more, parted by ``|``.
- Bytes go up and down; what was not seen is "not seen", never "not done".
"""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.report.catalogue import Catalogue

TEXT = {
    # ------------------------------------------------------------- counting
    "n.addresses": "one address|{n} addresses",
    "n.bytes": "1 byte|{n} bytes",
    "n.countries": "one country|{n} countries",
    "n.days": "1 day|{n} days",
    "n.endpoints": "one endpoint|{n} endpoints",
    "n.findings": "one finding|{n} findings",
    "n.flows": "one conversation|{n} conversations",
    "n.frames": "1 frame|{n} frames",
    "n.handsets": "the handset|{n} handsets",
    "n.minutes": "1 minute|{n} minutes",
    "n.more": "and 1 more|and {n} more",
    "n.others": "one other|{n} others",
    "n.places": "1 place|{n} places",
    "n.packets": "1 packet|{n} packets",
    "n.seconds": "1 second|{n} seconds",
    "n.times": "once|{n} times",
    "list.and": "and",
    "list.or": "or",
    "share.under": "under 1%",
    "share.over": "over 99%",
    "span.hours": "{n} hours",
    "span.moment": "under a second",
    "span.seconds": "{n} seconds",
    "span.spread": "{recorded} of recording spread over {between}",
    "subject.none": "the recorded devices",
    "n.desktops": "a device that calls itself a desktop computer|{n} devices that call themselves"
    " desktop computers",
    "subject.one": "one of {all} handsets",
    # --------------------------------------------------------------- answer
    "answer.part": "The recording could be read only in part; what follows rests on that part.",
    "answer.together": "More conversations were recorded than are told apart: {size} of the"
    " traffic, {packets}, could only be counted together, and no address, place or finding tells of"
    " it.",
    "answer.spoke": "In {span}, {who} exchanged data with {endpoints} on the Internet; a country is"
    " given for {placed}.",
    "answer.placed_one": "it",
    "answer.placed_all": "all of them ({countries})",
    "answer.placed": "{n} of them ({countries})",
    "answer.spoke_nowhere": "In {span}, {who} exchanged data with {endpoints} on the Internet; no"
    " country can be given.",
    "answer.desktop": "No device known as a phone did so; what is said of the handset here is said"
    " of {addresses}.",
    "answer.left": "Of {sent} sent, {firm} ({share}) went to places outside {home}: {named}.",
    "answer.left_single": "One source alone places a further {single} ({single_share}) outside"
    " {home}.",
    "answer.only_single": "Of {sent} sent, one source alone places {single} ({single_share})"
    " outside {home}; nothing more certain was seen to leave.",
    "answer.none_left": "Of {sent} sent, nothing was seen going to a known place outside {home}.",
    "answer.went": "Of {sent} sent, {firm} ({share}) went to places that operators’ own lists state"
    " or sources agree on: {named}.",
    "answer.sure": "Of {of}, the place is given for {placed}.",
    "answer.sure_apart": "Of {of}, the place is given for {placed}; {apart}.",
    "answer.all_apart": "Of {of}, {apart}.",
    "answer.sent_nothing": "No data was seen going up.",
    "answer.nothing": "Nothing readable was found: of {packets} read, none belongs to a"
    " conversation with an address on the Internet. This says nothing about what the handset does.",
    "answer.nothing_read": "Nothing readable was found. This says nothing about what the handset"
    " does.",
    "answer.local": "No conversation with an address on the Internet was seen in {span}, only"
    " with {local} of the local network. This says nothing about what the handset does at other"
    " times.",
    "sure.of": "the bytes sent",
    "sure.of_sent": "{sent} sent",
    "sure.stated": "{share} by the operators’ own lists",
    "sure.agreed": "{share} by sources that agree",
    "sure.single": "{share} by one source alone",
    "sure.edge": "{share} ended at a network edge, where no country can be given",
    "sure.open": "{share} went to places that are disputed, ruled out or not known",
    "where.edge": "network edge, no country",
    "where.disputed": "sources differ",
    "where.excluded": "listed place ruled out",
    "where.excluded_from": "{country} ruled out",
    "where.unknown": "not known",
    "where.private": "local network",
    # ---------------------------------------------------------- vocabulary
    "certainty.stated": "the operator’s own dated list says so",
    "certainty.agreed": "independent sources agree",
    "certainty.single": "one source only, or several that do not confirm each other",
    "certainty.disputed": "sources differ; all are shown",
    "certainty.excluded": "the measured round trip is too short for the listed place",
    "certainty.edge": "answered at a network edge; where the data is stored cannot be seen",
    "certainty.unknown": "no source knows the address",
    "certainty.private": "not an address of the public Internet",
    "party.first": "the handset’s vendor",
    "party.support": "cloud or delivery network",
    "party.third": "another company",
    "party.unknown": "not known",
    "why.ech": "encrypted name, ECH",
    "why.no_sni": "the handshake names no server",
    "why.cut": "the recording kept too little of the packets",
    "why.gap": "packets are missing",
    "why.started_late": "began before the recording",
    "why.encrypted_dns": "looked up over encrypted DNS",
    "why.not_parsed": "the protocol carries no name we can read",
    # -------------------------------------------------------------- summary
    "top.destination": "Destination",
    "top.country": "Country",
    "top.certainty": "Certainty",
    "top.operator": "Operator",
    "top.up": "Up",
    "top.down": "Down",
    "top.findings": "Findings: {counts}",
    "top.claim_said": " ({said_on})",
    "top.claim_far": " ({said_on}, over a year away)",
    "top.claims_far": " ({claims} over a year away)",
    "top.claims": "What the vendor said: {counts}",
    "top.no_findings": "No rule found anything to report; that is no clean bill.",
    "top.status": "Incomplete: {why}",
    "top.failed": "Failed: {why}",
    "top.report": "Report: {path}",
    "top.home": "Name the home country with --home (as in --home IN) to learn what left it.",
    "severity.high": "high",
    "severity.medium": "medium",
    "severity.low": "low",
    "severity.info": "note",
    # ----------------------------------------------------------- visibility
    "sight.line": "Seen: {named} of bytes named, {operator} placed by operators’ lists, {edge} at"
    " an edge.",
    "sight.line_opened": "Seen: {named} of bytes named, {operator} placed by operators’ lists,"
    " {edge} at an edge, {opened} opened with keys.",
    "sight.lead": "Every sentence in this report rests on what could be seen. The shares are of"
    " all bytes on the wire, {bytes} in {span}.",
    "sight.named": "Belong to a conversation with a name",
    "sight.located_by_operator": "Went to or came from a place in an operator’s own list",
    "sight.edge": "Were answered at a network edge",
    "sight.decrypted": "Belong to a conversation of which content was decrypted with keys",
    "sight.attributed_to_app": "Can be put down to an app",
    "limit.encrypted_dns": "{size} are look-ups over encrypted DNS: which names were asked cannot"
    " be seen.",
    "limit.ech": "The encrypted-name extension (ECH) was seen in {flows}: the visible name may be"
    " only the outer one.",
    "limit.decrypted": "One conversation was decrypted in part or whole with keys given to this"
    " program: without them nobody on the way could read its content. Wireshark, too, needs the"
    " keys to show it; the evidence files hold none.|{n} conversations were decrypted in part or"
    " whole with keys given to this program: without them nobody on the way could read their"
    " content. Wireshark, too, needs the keys to show it; the evidence files hold none.",
    "limit.vpn": "{size} went through a VPN or tunnel: who is behind it cannot be seen.",
    "limit.late": "One conversation began before the recording: its first packets are missing.|"
    "{n} conversations began before the recording: their first packets are missing.",
    "limit.unnamed": "{flows} without a name: {why}.",
    "limit.cut": "1 packet was recorded only in part.|{n} packets were recorded only in part.",
    "limit.not_read": "{size} of the input could not be read.",
    "limit.time": "Nothing outside the recording ({span}) was seen. What is not listed was not"
    " seen; that does not mean it does not happen.",
    "limit.round_trip": "No recording place was given (--at), so the round-trip check is off.",
    "limit.round_trip_vpn": "The recording was made on the phone itself, where connections are"
    " answered by the recorder, so the round-trip check is off.",
    "limit.data_age": "Read with care what rests on data of another time: {sources}.",
    "limit.anomaly": "{effect} ({seen})",
    "limit.at_frame": "first at frame {frame}",
    "limit.at_offset": "at byte {offset}",
    "nothing.usable": "nothing usable was found: {reasons}; {remedy}.",
    "nothing.at": "{effect} (at byte {offset})",
    "nothing.no_ip": "no packet in it is IP",
    "remedy.whole": "copy the file again from where it was recorded, or record anew",
    "remedy.not_a_capture": "give a pcap or pcapng file, packed or not",
    "remedy.no_ip": "record anew where the handset’s own IP packets pass",
    # ----------------------------------------------------------------- page
    "page.title": "Where the traffic of {name} went",
    "page.kicker": "phonehome report",
    "page.skip": "Skip to the answer",
    "page.contents": "Contents",
    "page.recorded": "Recorded {first} to {last} UTC",
    "page.unrecorded": "No packet carries a usable time",
    "page.status.complete": "The recording was read to its end.",
    "page.status.incomplete": "The recording was read only in part: {why}",
    "page.status.failed": "The recording could not be used: {why}",
    "page.answer": "The answer",
    "page.sight": "What this rests on",
    "page.claims": "What the vendor said",
    "page.findings": "Findings",
    "page.score": "Score",
    "page.encryption": "How well it was encrypted",
    "score.part": "Part",
    "score.points": "Points",
    "score.of": "Of",
    "score.why": "What it rests on",
    "page.where": "Where it went",
    "page.who": "Who received it",
    "page.when": "When",
    "page.endpoints": "All endpoints",
    "page.method": "How this was done",
    "page.data": "Data used",
    "page.inputs": "Inputs and manifest",
    "page.made": "phonehome {version}",
    "page.footer": "Made by phonehome {version}. Times are UTC. The tool only read the recording:"
    " it contacted none of the addresses in it.",
    "fact.sent": "sent",
    "fact.received": "received",
    "fact.abroad": "to places outside {home}, stated or agreed on",
    "fact.endpoints": "endpoints",
    "fact.countries": "countries",
    "fact.recorded": "recorded",
    "fact.recorded_over": "recorded, spread over {between}",
    "handset.named": "Handset: {named}.|{n} handsets: {named}.",
    "handset.how": "How that is known",
    "handset.known": "{addresses}{more}. {how}.",
    "handset.unsaid": "no hint",
    "handset.none": "Which address is the handset’s could not be told; “up” is from the side that"
    " opened a conversation.",
    "verdict.contradicted": "contradicted by this capture",
    "verdict.consistent": "consistent with this capture",
    "verdict.not_testable": "not testable here",
    "verdict.far": "{verdict}; said over a year from the recording",
    "verdict.short.contradicted": "contradicted",
    "verdict.short.consistent": "consistent",
    "verdict.short.not_testable": "not testable",
    "claims.none": "No sentence of the handset’s vendor was put to this recording. Those that ship"
    " are listed by “phonehome claims list”; --claims puts one to it.",
    "claims.lead": "A sentence about all servers or all data can be contradicted by one recording,"
    " and at best be consistent with it: what was not recorded may be otherwise.",
    "claims.source": "Source: {source}",
    "claims.predicates": "What it means, part by part",
    "claims.against": "What speaks against it",
    "claims.frame": "Frame",
    "claims.name_frame": "Frame of the name",
    "claims.cannot_show": "What traffic cannot show",
    "claims.context": "Background",
    "claims.first": "{verdict}: “{quote}”",
    "claims.more": "What it means, and what traffic cannot show",
    "findings.none": "No rule found anything to report. That is no clean bill: it says only that"
    " nothing in this recording met a rule.",
    "findings.lead": "Each finding names the packets it rests on; its filter selects them when"
    " pasted into Wireshark’s filter bar. Identifiers are masked here, but not in the evidence"
    " files: these hold the packets as recorded.",
    "findings.numbers": "Numbers",
    "findings.frames": "Frames",
    "findings.between": "Between",
    "findings.at": "At",
    "findings.span": "{first} and {last} UTC",
    "findings.moment": "{first} UTC",
    "findings.gravest": "First among them: {title}.",
    "findings.filter": "Filter",
    "findings.packets": "Packets",
    "findings.caveat": "Caveat.",
    "findings.some": "{count}, among them {frames}",
    "findings.more": "{n} of no greater weight are not shown here; all are in findings.csv.",
    "copy.filter": "Copy",
    "where.lead": "Bytes sent by country, for addresses that a source places. How surely it is"
    " known shows in the shade: the stronger, the surer.",
    "where.none": "No endpoint has a known place.",
    "where.apart": "Without a country",
    "where.apart_lead": "These stand apart: for them no country can be named.",
    "where.home": "home",
    "where.bar": "{country}: {up} sent",
    "map.title": "Map of the bytes sent",
    "map.here": "recorded here",
    "map.place": "{place}, {up}, {certainty}",
    "map.lines": "Lines lead from {origin} to {places}.",
    "map.dots": "Dots without a line mark {places}.",
    "map.apart": "Beside the map, without a country: {places}.",
    "map.strip": "Beside the map, as no country can be named:",
    "map.caption.lines": "Lines lead from {origin} to where the bytes went. The thicker a line, or"
    " the larger a dot without one, the more bytes were sent. A line shows both ends, not the way"
    " between them.",
    "map.caption.dots": "Dots mark where the bytes went. The larger a dot, the more were sent.",
    "map.caption.points": "A dot is put in a city only where the operator’s own list names one;"
    " elsewhere it is put inside the country and stands for the country alone.",
    "map.caption.home": "The outlined country is {home}, given as home.",
    "map.caption.rest": "{places} with fewer bytes, {up} together, are not drawn.",
    "map.caption.lost": "{up} went to countries that have no point on this map.",
    "map.caption.borders": "Borders as Natural Earth draws them; no position is taken on disputed"
    " territory.",
    "who.lead": "Two facts that stay apart: who owns the name that was contacted, and who operates"
    " the network that answered. A network’s country of registration is never a location.",
    "who.owners": "Owners of the names",
    "who.operators": "Operators of the addresses",
    "who.parties": "In relation to the handset’s vendor",
    "who.unknown": "not known",
    "who.more": "and {n} more",
    "when.lead": "Bytes up and down over the recording. Each conversation’s bytes are spread evenly"
    " over its time, so short peaks look flatter than they were.",
    "when.none": "There are no conversations with times to draw.",
    "when.up": "Bytes up",
    "when.down": "Bytes down",
    "when.most": "{way}, at most {most} in {step}",
    "when.alt": "Bytes up and down in {steps} steps of {step} from {first} to {last} UTC.",
    "when.table": "The same as a table",
    "when.quiet": "In {quiet} of {steps} steps no data was seen.",
    "table.name": "Name",
    "table.address": "Address",
    "table.place": "Place",
    "table.certainty": "Certainty",
    "table.operator": "Operator",
    "table.owner": "Owner of the name",
    "table.up": "Up",
    "table.down": "Down",
    "table.first": "First seen",
    "table.endpoints": "Endpoints",
    "table.country": "Country",
    "table.share": "Share of sent",
    "table.share_of_all": "Share of bytes",
    "table.meaning": "Of these",
    "table.start": "From",
    "table.party": "Whose",
    "endpoints.lead": "Most bytes sent first, times in UTC. All columns and every source’s"
    " statement stand in endpoints.csv and result.json.",
    "endpoints.local": "Left out here: {addresses} of the local network ({size}).",
    "endpoints.find": "Find in this table",
    "endpoints.shown": "{shown} of {all} shown",
    "endpoints.all": "Show all",
    "endpoints.print": "Printed here are the first {n}; all are in endpoints.csv.",
    "endpoints.none": "There is no endpoint on the Internet to list.",
    "data.name": "Data set",
    "data.publisher": "Publisher",
    "data.built": "Date",
    "data.licence": "Licence",
    "data.none": "No data set was used.",
    "data.on": "Data of {on} was used where dated data exists.",
    "data.credit": "IP Geolocation by DB-IP",
    "data.credit_more": ", CC BY 4.0. Network data: RouteViews, NRO. Further attributions stand in"
    " LICENSE-DATA of the program.",
    "inputs.lead": "manifest.json holds the SHA-256 of every file of this report and of every"
    " input, so anyone can check that they still belong together.",
    "inputs.file": "File",
    "inputs.bytes": "Bytes",
    "inputs.sha256": "SHA-256",
    "inputs.sha1": "SHA-1",
    "inputs.sets": "Data sets",
    "inputs.rules": "Rules",
    "inputs.arguments": "Arguments",
    "inputs.packets": "{read} read: {flows} in conversations, {other} without IP, {bad} not"
    " decodable.",
    "method.1": "The recording was read packet by packet and sorted into conversations. Bytes are"
    " counted as they passed on the wire, headers included; up is from the handset.",
    "method.2": "A conversation’s name is, best first: the server name in its TLS or QUIC"
    " handshake, the HTTP host, the certificate, the DNS answer given to this handset shortly"
    " before. A conversation without a name has its reason.",
    "method.3": "Where an address stands is never averaged. The operator’s own list of the"
    " recording’s date comes first; then independent databases that agree; then one alone. Where"
    " they differ, the place is disputed. Addresses at a network edge get no country.",
    "method.4": "With a recording place given, the shortest round trip limits how far away a server"
    " can be: light in fibre covers 100 km there and back per millisecond. This can only rule a"
    " place out; a long round trip shows nothing.",
    "method.5": "The owner of a name and the operator of an address are two facts. Country"
    " databases err for 5 to 14% of cloud addresses; a dated operator list outranks them.",
    "method.6": "A finding can show that something happened in this recording. It cannot show what"
    " happens at other times, inside encrypted data, or with data after it arrived.",
    "method.words": "Where likelihood is said, the words are those of ICD 203, from almost no"
    " chance to almost certain.",
    # ------------------------------------------------------------- markdown
    "md.top": "Top destinations",
    "md.filter": "Wireshark filter",
    # ------------------------------------------------------------- evidence
    "evidence.frame": "frame {frame} of {name}; serves finding {id}",
    "evidence.frame_of_all": "frame {frame} of the whole recording",
    "evidence.about": "Packets of the finding {id}: {title}.",
    "evidence.whole": "{count}: all it rests on.",
    "evidence.part": "{count} of {whole} it rests on: those it lists and, of its conversations,"
    " the opening, the answer and the packet that shows the name. The others were left out to keep"
    " the file small, or stand in fragments or under headers of another kind.",
    "evidence.as_recorded": "Evidence files hold the packets as recorded, including the values that"
    " the report masks.",
    "evidence.from": "Recorded in {files}. Frame numbers are those of the recording. The packets"
    " are as recorded, values that the report masks included.",
    "evidence.none": "the input could not be read a second time, as nothing from a pipe can, so"
    " the packets of the findings were not kept; name a file to have them",
    # --------------------------------------------------------------- errors
    "error.full": "The disk is full: the report does not fit into {folder}; free some space or"
    " choose another folder with -o.",
    "error.denied": "Cannot write the report to {folder}: {why}; choose another folder with -o.",
    "error.format": "There is no format {name!r}; choose from {known}.",
    "error.parquet": "Parquet needs pyarrow; install it with: pip install 'phonehome[parquet]'",
}

CATALOGUE = Catalogue(TEXT)
say, counted = CATALOGUE.say, CATALOGUE.counted


def joined(parts: Sequence[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {TEXT[f'list.{last}']} {parts[-1]}"


def sentence(text: str) -> str:
    """A text of another room as a sentence: a capital first, a full stop last."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text[-1:] in ("", ".", "!", "?") else ".")
