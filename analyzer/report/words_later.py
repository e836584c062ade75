"""Sentences of what is done with a finished report: ``verify``, ``reply-pack``, notebooks.

The other half of the catalogue in words.py, with the same rules; apart from it
because ``analyze`` never says any of them.
"""

from __future__ import annotations

from analyzer.report.catalogue import Catalogue

TEXT = {
    # --------------------------------------------------------------- verify
    "verify.none": "{folder} holds no report of phonehome, as it has no manifest.json of one; name"
    " a folder that 'phonehome analyze' wrote.",
    "verify.files": "{ok} of {all} files of the report are as the manifest lists them.",
    "verify.files_none": "The manifest lists no file.",
    "verify.inputs_none": "The manifest names no input.",
    "verify.inputs": "{ok} of {all} inputs are the files that were analysed.",
    "verify.evidence": "{ok} of {all} evidence files hold the packets their findings name.",
    "verify.evidence_beside": "{ok} of {all} evidence files hold the packets their findings name,"
    " as they stand in the recording.",
    "verify.evidence_none": "No finding names an evidence file.",
    "verify.data": "{ok} of {all} data sets of the run are those of this installation.",
    "verify.data_none": "The run used no data set.",
    "verify.rules": "{ok} of {all} sets of rules of the run are those of this installation.",
    "verify.result": "{ok} of {all} results fit the schema phonehome/result/1 and the manifest.",
    "verify.same": "Everything matches.",
    "verify.not_same": "Not everything matches: {differs} differ, {missing} missing.",
    "file.differs": "{name} differs from what the manifest lists: it was changed after the run.",
    "file.missing": "{name} is missing.",
    "file.odd": "The manifest lists a name that is no file of a report: {name}.",
    "file.unlisted": "Not of this report, and not looked at: {names}.",
    "result.missing": "result.json is missing: the run did not finish, or it was removed.",
    "result.unreadable": "result.json cannot be read as JSON.",
    "result.version": "result.json has the schema {found}; this phonehome knows {known}.",
    "result.misfit": "result.json does not fit its schema: {where}.",
    "result.apart": "result.json and manifest.json speak of different {what}.",
    "input.missing": "{name} was not found beside the report; give it with --input.",
    "input.differs": "{path} differs from the input {name} that was analysed.",
    "input.unreadable": "{path} cannot be read.",
    "packets.missing": "{name}, the evidence of {id}, is missing.",
    "packets.unreadable": "{name} cannot be read as an evidence file of phonehome.",
    "packets.finding": "{name} holds packets that do not say they serve the finding {id}.",
    "packets.frames": "{name} lacks frames that the finding {id} lists: {frames}.",
    "packets.differ": "{name} holds packets that stand otherwise in the recording: {frames}.",
    "data.differs": "The data set {name} is another here than in the run (there of {there}, here"
    " of {here}).",
    "data.missing": "The data set {name} of the run is not in this installation.",
    "rules.differ": "The rules of this installation are not those of the run; own rules are given"
    " with --rules.",
    # ----------------------------------------------------------- reply pack
    "reply.none": "{folder} holds no finished report of phonehome: {why}; name a folder that"
    " 'phonehome analyze' wrote.",
    "reply.there": "{path} is there already and may hold your changes; name another file with -o.",
    "reply.unwritten": "{path} cannot be written: {why}; free some space, or name another file"
    " with -o.",
    "reply.written": "Written: {markdown} and {table}. Read them before you send them.",
    "reply.title": "Traffic of a handset: for your reply before publication",
    "reply.title_vendor": "Traffic of a handset of {vendor}: for your reply before publication",
    "reply.lead": "A handset’s traffic was recorded and analysed. Before anything is published you"
    " are asked to check what follows and to reply. It describes this recording only: nothing here"
    " says what other handsets do, or this one at other times, or what became of data after it"
    " arrived.",
    "reply.recorded": "What was recorded",
    "reply.when": "Recorded {first} to {last} UTC: {span}, {packets}.",
    "reply.unrecorded": "Recorded: {packets}, none of which carries a usable time.",
    "reply.part": "The recording could be read only in part.",
    "reply.home": "The user of the handset lives in {home}.",
    "reply.tool": "Analysed with phonehome {version}, as of {on}.",
    "reply.rules": "Rules: SHA-256 {sha256}.",
    "reply.data": "Data set: {name}, {publisher}, of {built}, SHA-256 {sha256}.",
    "reply.input": "Recording: {bytes} bytes, SHA-256 {sha256}.",
    "reply.sight": "{share} of all bytes: {what}.",
    "reply.left_out": "Left out on purpose: addresses and identifiers of the handset, its local"
    " network, names of files, and what was in the traffic.",
    "reply.endpoints": "Endpoints",
    "reply.first": "These {endpoints} were reached under names of the handset’s vendor. All times"
    " are UTC; bytes are those on the wire.",
    "reply.all": "Which endpoints are the vendor’s own is not known, so these are all"
    " {endpoints} on the Internet. Some will be of other companies. All times are UTC; bytes are"
    " those on the wire.",
    "reply.no_endpoints": "No endpoint on the Internet was seen in the recording.",
    "reply.meaning": "What the certainty of a place means",
    "reply.source": "Sources and their dates",
    "reply.operator": "Network or provider, and region",
    "reply.up": "Sent by the handset",
    "reply.down": "Received by it",
    "reply.last": "Last seen",
    "reply.findings": "Findings that concern these endpoints",
    "reply.findings_none": "No rule found anything to report about these endpoints. That is no"
    " clean bill.",
    "reply.evidence": "Rests on {frames}, {first} to {last} UTC.",
    "reply.claims": "What was said, and what the recording says of it",
    "reply.questions": "Questions",
    "reply.ask.right": "Is anything in the table or in the findings wrong? If so, what, and what"
    " shows it?",
    "reply.ask.run": "Which of these endpoints does your company run, and which company runs the"
    " others on your behalf?",
    "reply.ask.where": "Where do the machines stand that answer at these addresses, and in which"
    " country is what they receive stored and processed?",
    "reply.ask.edge": "Where does data go that is sent to the endpoints without a country?",
    "reply.ask.what": "Which data does the handset send to each, for what purpose, and for how"
    " long is it kept?",
    "reply.ask.choice": "Can a user see this traffic, and switch it off? How?",
    "reply.ask.findings": "What is your explanation of each finding above?",
    "reply.ask.claims": "Do the sentences quoted above still stand, and how do they go together"
    " with what was recorded?",
    "reply.ask.since": "Has anything of this changed since {last}?",
    "reply.check": "How to check this yourself",
    "reply.check.table": "The table stands beside this text as {name}, in CSV.",
    "reply.check.where": "What each source says of an address on the day of the recording:"
    " phonehome where ADDRESS --on {on}. phonehome is free software and contacts nobody for it.",
    "reply.check.same": "Same recording, same version, data and rules: same bytes. Whoever has the"
    " recording can repeat the analysis and compare. What was used:",
    "reply.check.logs": "Your own logs of these addresses and times should show these connections.",
    "reply.check.evidence": "The packets each finding rests on were kept. They are as recorded,"
    " with private data of the user and the values that are masked here, and are not enclosed;"
    " ask for those you need.",
    "reply.handset": "[the handset]",
    # ------------------------------------------------------------- notebook
    "notebook.tables": "More of this analysis: flows, endpoints, names and findings are DataFrames;"
    " result holds everything, typed; write(folder) makes the report.",
}

say = Catalogue(TEXT).say
