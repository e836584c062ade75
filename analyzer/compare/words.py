"""Every sentence of a comparison, in English, by key; rules as in report/words.py.

What one side lacks was "not seen" there: a recording shows what was sent while it ran.
"""

from __future__ import annotations

from analyzer.report import words
from analyzer.report.catalogue import Catalogue
from analyzer.report.markup import LONGEST, esc

TEXT = {
    "n.captures": "one recording|{n} recordings",
    "n.endpoints": "one endpoint|{n} endpoints",
    "n.findings": "one finding|{n} findings",
    "n.claims": "one claim|{n} claims",
    "n.times": "once|{n} times",
    # --------------------------------------------------------------- errors
    "error.none": "{folder} holds neither a report nor a batch of phonehome; name a folder that"
    " 'phonehome analyze' or 'phonehome batch' wrote.",
    "error.unreadable": "{file} cannot be read as a result of phonehome: {why}; run the analysis"
    " again.",
    "error.version": "{file} has the schema {found}; this phonehome knows {known}: use the version"
    " that wrote it, or run the analysis again.",
    "error.large": "it has {size}, more than any result",
    "error.json": "it is no JSON",
    "error.lacks": "it lacks {names}",
    "error.misfit": "it does not fit its schema at {where}",
    "error.device": "{folder} has no analysed recording of the handset {device}; {known}.",
    "error.known": "it has recordings of: {names}",
    "error.known_none": "none of its recordings names a handset",
    "error.not_batch": "{folder} is the report of one recording, so it has no handset {device};"
    " leave the option out, or name a batch.",
    "error.empty": "{folder} is a batch without any analysed recording.",
    "error.format": "There is no format {name!r} of a comparison; choose from {known}.",
    # ---------------------------------------------------------------- sides
    "side.capture": "{name}: {span} recorded, {bytes}",
    "side.device": "handset {name}: {captures}, {span} recorded, {bytes}",
    "side.batch": "batch {name}: {captures}, {span} recorded, {bytes}",
    # ------------------------------------------------------------- coverage
    "cover.same": "Both sides cover about as much: {a_hours} and {b_hours} recorded, {a_named} and"
    " {b_named} of the bytes with a name.",
    "cover.hours": "A covers {a} and B {b}: what the shorter one does not show may only not have"
    " happened while it ran.",
    "cover.bytes": "A holds {a} and B {b}: what the smaller one does not show was perhaps not"
    " recorded.",
    "cover.named": "{a} of the bytes of A have a name, {b} of those of B: what has no name cannot"
    " be found again by it.",
    "cover.keys": "Keys opened {n} in {side} alone: what is told there as sent inside encryption"
    " would not show on the other side, whether it was sent or not.",
    "cover.hidden": "Names are hidden from view in {sides}. Endpoints may be missing there that"
    " were reached.",
    "cover.hidden_in": "{side} ({what})",
    "cover.dns": "{size} of look-ups over encrypted DNS",
    "cover.ech": "{n} with an encrypted name (or its decoy)",
    "cover.vpn": "{size} through a VPN",
    "cover.part": "{side} was read in part; what stood behind the damage is not known.",
    "cover.failed": "Left out of {side}, as not analysed: {failed}.",
    "cover.home": "Home is {a} in A and {b} in B: what counts as outside it differs.",
    "cover.rules": "A and B were judged by other rules: verdicts, findings, scores and owners may"
    " differ for that alone.",
    "cover.data": "A and B were placed with other data sets: places, providers and owners may"
    " differ for that alone.",
    "cover.day": "A was placed with data of {a}, B with data of {b}.",
    "cover.version": "A was analysed with phonehome {a}, B with {b}.",
    "cover.full": "{side} holds more than {n} different endpoints; the later ones are left out.",
    "cover.unknown_home": "not given",
    # --------------------------------------------------------------- answer
    "answer.endpoints": "On both sides: {both}. B shows {new} that A does not; A shows {gone} not"
    " seen in B.",
    "answer.gone": "Of those not seen in B, {n} came so seldom in A ({a}) that in {b} they may well"
    " have stayed away.",
    "answer.new": "Of those not seen in A, {n} came so seldom in B ({b}) that in {a} they may well"
    " have stayed away.",
    "answer.by_address": "{a} of A and {b} of B are on neither list: they have a name on one side"
    " and were perhaps reached without one on the other.",
    "answer.moved": "Under the same name, {names} stood in another country in B: places on both"
    " sides are stated or agreed.",
    "answer.unmoved": "No name is known to have moved to another country.",
    "answer.verdicts": "Verdicts differ on {n}: {claims}.",
    "answer.verdicts_alone": "On one side only was judged: {n}.",
    "answer.verdicts_far": "Said over a year before or after a recording: {n}; such a"
    " recording neither supports nor refutes a sentence of another time.",
    "answer.verdicts_same": "No verdict on a claim differs.",
    "answer.rates": "A sent {a} an hour to the Internet in {a_span}, B {b} in {b_span}.",
    "answer.unrated": "Less than a minute was recorded in {sides}: no bytes an hour are given"
    " there.",
    "answer.brief": "Less than a minute was recorded in {side}: how often what it alone shows was"
    " to be expected elsewhere is not known.",
    "rate.none": "not given",
    # ---------------------------------------------------------------- score
    "score.none": "{side} has no score.",
    "score.home": "Not to be ranked as they stand: home is not the same, so other bytes left it.",
    "score.other": "The scores were made by versions that differ.",
    "score.change": "The score went from {a} to {b}.",
    "score.same": "The score is {a} on both sides.",
    "score.apart": "The score is {a} in A and {b} in B. {why}",
    "score.of": "It is that of the recording with the most to see; A’s go from {a_low} to {a_high},"
    " B’s from {b_low} to {b_high}.",
    # -------------------------------------------------------------- changes
    "change.country.moved": "moved: {a}; now {b}",
    "change.country.partly": "{a}; now {b}, some addresses in other places",
    "change.country.restated": "{a}; now said to be {b}, the address is the same",
    "change.country.said": "{a}; now said to be {b}",
    "change.provider.moved": "with {a}; now with {b}",
    "change.provider.partly": "with {a}; now with {b}, in part",
    "change.provider.restated": "listed with {a}; now listed with {b}, the address is the same",
    "change.region.moved": "region {a}; now {b}",
    "change.region.partly": "region {a}; now {b}, in part",
    "change.region.restated": "region listed as {a}; now as {b}, the address is the same",
    "change.owner.said": "listed as of {a}; now as of {b}",
    "place.edge": "at a network edge",
    "place.disputed": "disputed",
    "place.excluded": "ruled out",
    "place.unknown": "unknown",
    "place.none": "not placed",
    "place.sure": "{country} ({certainty})",
    # ----------------------------------------------------------------- page
    "page.title": "Comparison of {a} and {b}",
    "page.kicker": "Handset traffic, before and after",
    "page.contents": "Contents",
    "page.answer": "The answer",
    "page.coverage": "What the comparison rests on",
    "page.new": "Seen in B only",
    "page.gone": "Seen in A only",
    "page.changed": "In another place, or with another provider",
    "page.rates": "Bytes an hour",
    "page.countries": "Bytes sent an hour, by place",
    "page.verdicts": "Verdicts",
    "page.findings": "Findings",
    "page.score": "Score",
    "page.made": "How it was made",
    "page.footer": "Made by phonehome {version}. Times are UTC. That something is not seen on one"
    " side does not say that it never happens.",
    "made.lead": "Two results were compared, as they stand in their folders. Endpoints were matched"
    " by name, then by address. A name counts as moved only where every address of it, on both"
    " sides, has a country that its operator states or independent sources agree on, none is the"
    " same and no address is on both sides; anything less is told as what is said of it.",
    "made.rates": "Bytes an hour are bytes on the wire divided by the hours recorded;"
    " none are given where less than a minute was recorded. Bytes of an"
    " address that goes by several names are counted with the best of them. Conversations to be"
    " expected there are as many as on the other side in as much time; they come in bursts, so"
    " even many may stay away by chance.",
    "side.a": "A",
    "side.b": "B",
    "list.lead.gone": "A recorded {a}, B {b}. Not seen is not the same as not contacted.",
    "list.lead.new": "A recorded {a}, B {b}. That A does not show them does not say that they are"
    " new to the handset.",
    "list.none": "None.",
    "list.more": "and {n} more in compare.json",
    "list.seldom": "seldom",
    "list.shared": "shares an address with other names",
    "list.domain": "other names of {domain} are on both sides",
    "table.endpoint": "Endpoint",
    "table.owner": "Owner",
    "table.place": "Place",
    "table.operator": "Provider",
    "table.up": "Sent",
    "table.up_hour": "Sent an hour",
    "table.expected": "Expected there",
    "table.change": "What differs",
    "table.a_sent": "A, sent",
    "table.b_sent": "B, sent",
    "table.part": "Part",
    "score.unjudged": "not judged",
    "fact.both": "On both sides",
    "table.a_up": "A, sent an hour",
    "table.b_up": "B, sent an hour",
    "table.a_down": "A, received an hour",
    "table.b_down": "B, received an hour",
    "table.claim": "Claim",
    "table.a": "A",
    "table.b": "B",
    "table.finding": "Finding",
    "table.severity": "Severity",
    "table.where": "Where",
    "table.certainty": "Certainty",
    "expected.none": "-",
    "expected.some": "{n} conversations",
    "verdict.contradicted": "contradicted",
    "verdict.consistent": "consistent",
    "verdict.not_testable": "not testable",
    "verdict.none": "not held against it",
    "findings.new": "in B only",
    "findings.gone": "in A only",
    "findings.changed": "both, {a} to {b}",
    "findings.none": "No finding stands on one side only.",
    "verdicts.none": "No verdict differs.",
    "changed.none": "No endpoint on both sides is said to be in another place or with another"
    " provider.",
    "rates.none": "No endpoint on both sides has bytes to compare.",
    "find.endpoints": "Find",
    "find.shown": "{shown} of {all} shown",
    "find.all": "Show all",
}

_CATALOGUE = Catalogue(TEXT, beside=words.CATALOGUE)
say, counted = _CATALOGUE.say, _CATALOGUE.counted


def tell(key: str, **values: object) -> str:
    """A text of the catalogue as HTML."""
    return esc(say(key, **values), 10 * LONGEST)
