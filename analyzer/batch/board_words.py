"""Every sentence of the scoreboard, in English, by key; rules as in report/words.py."""

from __future__ import annotations

from analyzer.report import words
from analyzer.report.catalogue import Catalogue
from analyzer.report.markup import LONGEST, esc

TEXT = {
    # ------------------------------------------------------------- counting
    "n.captures": "one recording|{n} recordings",
    "n.devices": "one handset|{n} handsets",
    "n.vendors": "one vendor|{n} vendors",
    "n.claims": "one claim|{n} claims",
    # ------------------------------------------------------------- coverage
    "n.parts": "one part judged|{n} parts judged",
    "cover.label": "{hours}, {bytes} with the Internet, {named} of it with a name, {located} of it"
    " placed, {parts}",
    "cover.between": "{low} to {high}",
    # --------------------------------------------------------------- answer
    "answer.none": "No recording came in.",
    "answer.waiting": "One recording has no result yet, as the run was interrupted; nothing here"
    " counts it, and the same command goes on."
    "|{n} recordings have no result yet, as the run was interrupted; nothing here counts them, and"
    " the same command goes on.",
    "answer.in": "{captures} came in: {complete} read whole, {incomplete} in part,"
    " {failed} not at all.",
    "answer.in_why": "{captures} came in: {complete} read whole, {incomplete} in part,"
    " {failed} not at all ({reasons}).",
    "answer.twice": "One further name stood for content that was analysed under another."
    "|{n} further names stood for content that was analysed under another.",
    "answer.shared": "One content came as recordings of several handsets or device sheets; all sums"
    " here count it once for each.|{n} contents came as recordings of several handsets or device"
    " sheets; all sums here count each of them as often.",
    "answer.of": "{captures} came from {devices} of {vendors}.",
    "answer.of_devices": "{captures} came from {devices}.",
    "answer.nobody": "{captures} is of a handset nobody named.|{captures} are of handsets nobody"
    " named.",
    "answer.left": "Of {sent} sent by handsets with a home given, {outside} ({share}) went to"
    " places outside it that operators state or sources agree on: {named}.",
    "answer.none_left": "Of {sent} sent by handsets with a home given, nothing was seen going to"
    " a place outside it that operators state or sources agree on.",
    "answer.homeless": "No home was given, so nothing is said of what left it.",
    "answer.claims": "Of {claims} held against the recordings, {count} by at least one of them:"
    " {named}.",
    "answer.contradicted": "one is contradicted|{n} are contradicted",
    "answer.claims_far": "Over a year lies between some of these recordings and what they"
    " contradict ({named}); such a recording does not refute a sentence of another time.",
    "answer.claims_none": "Of {claims} held against the recordings, none is contradicted by one"
    " of them; that shows of none that it holds.",
    "reason.killed": "{n} ended the analysis",
    "reason.memory": "{n} needed too much memory",
    "reason.timeout": "{n} took too long",
    "reason.malformed": "{n} not readable as a capture",
    "reason.nothing_usable": "{n} with nothing usable",
    "reason.error": "{n} by an error",
    "reason.other": "{n} for another reason",
    "fact.captures": "Recordings",
    "fact.devices": "Handsets",
    "fact.hours": "Recorded",
    "fact.none": "none",
    "fact.sent": "Sent to the Internet",
    "fact.outside": "Sent outside home",
    "fact.contradicted": "Claims contradicted",
    # ----------------------------------------------------------------- page
    "page.title": "Scoreboard of {captures}",
    "page.kicker": "Handset traffic, side by side",
    "page.contents": "Contents",
    "page.answer": "The answer",
    "page.reading": "How to read it",
    "page.devices": "Handsets",
    "page.captures": "Recordings",
    "page.claims": "What was said",
    "page.cohorts": "What a vendor’s handsets have in common",
    "page.failed": "Not analysed",
    "page.made": "How it was made",
    "page.footer": "Made by phonehome {version}. Times are UTC. The tool only read the recordings:"
    " it sent nothing anywhere. A scoreboard sorts what to read first; what may be said stands in"
    " each report.",
    "reading.score": "A score of 0 to 100 says how much there is to look at in a recording: the"
    " points of its parts, of those that could be judged. It is no verdict, and says nothing of"
    " what was not recorded. Where too little was seen there is none.",
    "reading.groups": "Scores of recordings that show differing amounts are not put in one order."
    " Rows stand in groups of comparable coverage, each with a letter; any two recordings of a"
    " group are alike in hours, bytes and shares with a name and a place, and were judged on the"
    " same parts. Within a group the highest score comes first; sorting by score keeps the groups"
    " together.",
    "reading.one_group": "All scores here rest on comparable coverage, so the highest comes first.",
    "reading.no_score": "No recording has a score, so rows stand in the order of handsets and"
    " times.",
    "reading.device": "A handset’s score is that of its recording with the most to see; the lowest"
    " and highest of all its recordings stand beside it. Its bytes and verdicts are those of all"
    " its recordings; one that contradicts a claim is enough.",
    "reading.parts": "Parts of the score",
    "reading.parts_lead": "Points stand under each score by the part’s number. A part that goes by"
    " places may also count what one source alone places, at less weight; the bars of bytes sent"
    " keep that apart.",
    "reading.groups_head": "Groups of comparable coverage",
    "reading.bars": "What the bars of bytes sent show",
    "reading.groups_more": "{n} further groups stand in the column coverage of scoreboard.csv.",
    "reading.of": "of {of} points",
    "bar.home": "stated or agreed places in the handset’s home",
    "bar.outside": "stated or agreed places that are not its home",
    "bar.placed": "stated or agreed places, with no home given, or several",
    "bar.single": "one source alone names the country",
    "bar.edge": "answered at a network edge, so no country can be given",
    "bar.open": "disputed, ruled out or unknown",
    "key.home": "home",
    "key.outside": "outside",
    "key.placed": "placed",
    "key.single": "single",
    "key.edge": "edge",
    "key.open": "open",
    "table.capture": "Recording",
    "table.device": "Handset",
    "table.score": "Score",
    "table.scores": "Scores",
    "table.where": "Bytes sent, by place",
    "table.up": "Sent",
    "table.claims": "Claims",
    "table.findings": "Findings",
    "table.recorded": "Recorded",
    "table.captures": "Recordings",
    "table.claim": "Claim",
    "table.vendor": "Vendor",
    "table.contradicted": "Contradicted",
    "table.consistent": "Consistent",
    "table.not_testable": "Not testable",
    "table.far": "Over a year away",
    "table.group": "Group",
    "table.meaning": "What it shows",
    "table.endpoint": "Endpoint",
    "table.owner": "Owner",
    "table.firmware": "Firmware",
    "table.of_firmware": "Handsets with it",
    "table.other": "Handsets with other firmware",
    "table.reason": "Reason",
    "table.why": "Why",
    "captures.lead": "One line a recording. What is longer stands in its report.",
    "captures.more": "Shown are the first {shown} of {all}; all are in scoreboard.csv and"
    " scoreboard.parquet.",
    "devices.lead": "One line a handset, in all its recordings.",
    "devices.more": "Shown are the first {shown} of {all}; all are in scoreboard.csv and"
    " scoreboard.parquet.",
    "devices.none": "No recording names its handset; a device sheet or devices.csv does that.",
    "find.captures": "Find in recordings",
    "find.devices": "Find in handsets",
    "find.shown": "{shown} of {all} shown",
    "find.all": "Show all",
    "find.print": "Printed are the first 300 rows; all are in scoreboard.csv.",
    "score.none": "none",
    "score.part": "{number}: {points}",
    "score.range": "{low} to {high} in {n}",
    "row.contradicted": "{n} contradicted",
    "row.consistent": "{n} consistent",
    "row.not_testable": "{n} not testable",
    "row.high": "{n} high",
    "row.medium": "{n} medium",
    "row.low": "{n} low",
    "row.info": "{n} note",
    "row.none": "none",
    "row.far": "{n} from over a year away",
    "row.vendors": "its recordings name different vendors",
    "row.homes": "its recordings name different homes",
    "row.part": "read in part",
    "row.incomplete": "{n} read in part",
    "row.failed": "{n} not analysed",
    "claims.lead": "How many recordings, and handsets, each claim was held against, and what came"
    " of it. A recording can contradict a claim; that it is consistent shows only that this"
    " recording does not contradict it.",
    "claims.none": "No claim was held against a recording.",
    "claims.columns": "Figures are recordings / handsets; a handset counts once, as contradicted"
    " if one of its recordings contradicts the claim. The last column counts the recordings made"
    " over a year from the day of the sentence: they neither support nor refute it as it was said.",
    "claims.more": "Shown are the first {shown} of {all} claims.",
    "cohorts.lead": "Endpoints by name (by address where none was heard) and by owner. That a"
    " handset was not seen to reach one does not say that it never does.",
    "cohorts.none": "No vendor has two handsets with recordings here, so there is nothing to"
    " compare.",
    "cohorts.vendor": "{vendor}: {devices}, {firmwares}",
    "cohorts.unknown": "Vendor not given",
    "cohorts.common": "Seen on all {devices}",
    "cohorts.common_none": "Nothing was seen on all {devices}.",
    "cohorts.only": "Seen with one firmware only",
    "cohorts.only_none": "Nothing was seen on several handsets with one firmware only.",
    "cohorts.one_firmware": "All are of one firmware, or theirs is not given, so nothing can be"
    " said of differences between firmwares.",
    "cohorts.firmware_unsaid": "{devices} came without a firmware; what they reached is not"
    " counted as seen with one firmware only.",
    "cohorts.of": "{n} of {all}",
    "cohorts.name": "name",
    "cohorts.address": "address",
    "cohorts.owner": "owner",
    "cohorts.more": "and {n} more in cohorts.csv",
    "cohorts.vendors_more": "{n} further vendors are in cohorts.csv.",
    "cohorts.full": "There were more than {n} different endpoints; those met first, in the order"
    " of the recordings’ keys, are counted exactly, the others are left out here. The data set has"
    " all.",
    "cohorts.capped": "{captures} reached {n} endpoints or more, of which those with most bytes"
    " are counted.",
    "cohorts.nobody": "One recording of a handset nobody named is left out."
    "|{n} recordings of handsets nobody named are left out.",
    "cohorts.firmwares": "one firmware|{n} firmwares",
    "cohorts.firmwares_none": "firmware not given",
    "cohorts.single": "One endpoint more was seen with one firmware only, but on a single handset,"
    " which says nothing of the firmware; it is in cohorts.csv.|{n} endpoints more were seen with"
    " one firmware only, but each on a single handset, which says nothing of the firmware; they are"
    " in cohorts.csv.",
    "failed.lead": "These were not analysed; nothing is said of them anywhere else on this page."
    " All stand in failed.csv.",
    "failed.more": "and {n} more in failed.csv",
    "made.lead": "All recordings were judged by the same rules and data.",
    "made.version": "Version",
    "made.rules": "Rules",
    "made.options": "Options",
    "made.data": "Data sets",
    # ------------------------------------------------------------- terminal
    "top.groups": "Scores are in {n} groups of differing coverage; compare within a group only.",
    "top.group": "Group {letter}, {n}, score {scores}: {label}.",
    "top.more": "{n} further groups stand in scoreboard.html.",
}

_CATALOGUE = Catalogue(TEXT, beside=words.CATALOGUE)
say, counted, plural = _CATALOGUE.say, _CATALOGUE.counted, _CATALOGUE.plural


def tell(key: str, **values: object) -> str:
    """A text of the catalogue as HTML."""
    return esc(say(key, **values), 10 * LONGEST)
