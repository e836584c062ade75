"""Sentences of the score's section: part of the catalogue in words.py, with the same rules."""

from __future__ import annotations

from analyzer.report.catalogue import Catalogue

TEXT = {
    "lead": "This score helps to sort many recordings by how much in them deserves a reader’s eye."
    " It is a sum of counted things and no verdict; a low score is no clean bill.",
    "normal": "It counts by the hour of recording and as shares of the traffic that was seen, so"
    " recordings of different length can stand side by side; how much was seen differs all the"
    " same, and two scores that rest on very different sights should not be ranked.",
    "rests": "It rests on {flows} with the Internet, {bytes} in {span}: {named} of the bytes belong"
    " to named conversations, {located} have a place, {edge} were answered at a network edge.",
    "none": "No rule file says what counts for a score.",
    "table": "Parts of the score",
    "open": "not judged",
    "findings": "Findings: {ids}.",
    "claims": "Claims: {ids}.",
    "endpoints": "Endpoints: {ids}.",
    "and": "{ids} and {n} more",
    "top": "(score {total} of 100)",
    "top_open": "(no score: too little was seen)",
}

say = Catalogue(TEXT).say
