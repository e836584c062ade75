"""The judging room: a result in, findings and the visibility ledger out.

Rules and policies are YAML files (rules/README.md); this room reads them,
applies them to flows and endpoints, and words what they find. It never looks
at a packet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from analyzer.judge.baseline import baseline
from analyzer.judge.encryption import describe as describe_encryption
from analyzer.judge.policies import Policy, load_policy
from analyzer.judge.reading import Reading
from analyzer.judge.visibility import visibility
from analyzer.model import ClaimVerdict, Finding, Result, Score

if TYPE_CHECKING:
    from analyzer.judge.claim_files import Claim
    from analyzer.judge.claims import Known
    from analyzer.judge.rules import Rule
    from analyzer.judge.score_file import Weights

T = TypeVar("T")

__all__ = [
    "Policy",
    "Reading",
    "baseline",
    "choose_claims",
    "describe_encryption",
    "judge",
    "judge_claims",
    "load_policy",
    "score_of",
    "visibility",
]


def judge(
    result: Result,
    policy: Policy | None,
    rules_folders: Sequence[Path],
    domain: Callable[[str], str | None] | None = None,
) -> list[Finding]:
    """What the rules of the folders find in a result, gravest first.

    ``domain`` gives the registrable domain of a name; else its last two labels count.

    What left home is told only where a home is known, by ``result.run.home`` or
    by the policy. Raises DataFileError with every problem of every rule file.
    """
    from analyzer.judge.judgement import findings

    rules = _rules(tuple(rules_folders), result.run.rules_sha256)
    return findings(result, policy, rules, domain)


def score_of(result: Result, policy: Policy | None, rules_folders: Sequence[Path]) -> Score | None:
    """The score of a judged result; None where no folder says what counts.

    Raises DataFileError with every problem of the score's rule file.
    """
    from analyzer.judge import score as scoring

    weights = _weights(tuple(rules_folders), result.run.rules_sha256)
    return scoring.score(result, weights, policy is not None) if weights else None


def _rules(folders: tuple[Path, ...], sha256: str) -> list[Rule]:
    """The rules of the folders, read once for many results judged with the same files."""
    from analyzer.judge.rules import load

    return _read_once(load, folders, sha256)


def _weights(folders: tuple[Path, ...], sha256: str) -> Weights | None:
    """The score's weights, read once as well."""
    from analyzer.judge.score_file import load

    return _read_once(load, folders, sha256)


def _read_once(load: Callable[[Sequence[Path]], T], folders: tuple[Path, ...], sha256: str) -> T:
    """What ``load`` reads in folders whose files have this digest; "" is no digest."""
    return _read(load, folders, sha256) if sha256 else load(folders)


@lru_cache(8)
def _read(load: Callable[[Sequence[Path]], T], folders: tuple[Path, ...], _: str) -> T:
    return load(folders)


def choose_claims(wanted: Sequence[str], rules_folders: Sequence[Path]) -> list[Claim]:
    """The claims of these ids or files. UsageError if there is none, DataFileError if wrong."""
    from analyzer.judge.claim_files import choose

    return choose(wanted, rules_folders)


def judge_claims(
    result: Result,
    claims: Sequence[Claim] | None,
    rules_folders: Sequence[Path],
    known: Callable[[], Known],
) -> list[ClaimVerdict]:
    """What the capture says of the claims; None: of all those of the handsets' vendors."""
    if claims is None:
        claims = _of_vendors(result, rules_folders)
    if not claims:
        return []
    from analyzer.judge.claims import judge_claims as judged

    return judged(result, claims, known())


def _of_vendors(result: Result, rules_folders: Sequence[Path]) -> list[Claim]:
    from analyzer.judge.claim_files import load

    vendors = {phone.vendor for phone in result.handsets if phone.vendor}
    return load(rules_folders, vendors) if vendors else []
