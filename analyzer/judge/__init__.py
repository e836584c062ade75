"""The judging room: a result in, findings and the visibility ledger out.

Rules and policies are YAML files (rules/README.md); this room reads them,
applies them to flows and endpoints, and words what they find. It never looks
at a packet.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analyzer.judge.baseline import baseline
from analyzer.judge.policies import Policy, load_policy
from analyzer.judge.visibility import visibility
from analyzer.model import Finding, Result

__all__ = ["Policy", "baseline", "judge", "load_policy", "visibility"]


def judge(result: Result, policy: Policy | None, rules_folders: Sequence[Path]) -> list[Finding]:
    """What the rules of the folders find in a result, gravest first.

    What left home is told only where a home is known, by ``result.run.home`` or
    by the policy. Raises DataFileError with every problem of every rule file.
    """
    from analyzer.judge.judgement import findings
    from analyzer.judge.rules import load

    return findings(result, policy, load(rules_folders))
