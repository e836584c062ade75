"""Sentences of what is done with a finished report: ``verify`` and ``reply-pack``.

The other half of the catalogue in words.py, with the same rules; apart from it
because ``analyze`` never says any of them.
"""

from __future__ import annotations

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
}


def say(key: str, **values: object) -> str:
    """The text of a key with its values put in."""
    return TEXT[key].format(**values) if values else TEXT[key]
