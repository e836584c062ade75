"""`phonehome rules list|show|check`: what rules and policies there are, in plain text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from analyzer.errors import UsageError
from analyzer.judge import checks, claim_files, policies, rules, score_file, score_words
from analyzer.judge.claim_files import Claim
from analyzer.judge.policies import Policy
from analyzer.judge.rules import Rule
from analyzer.judge.score_file import Weights
from analyzer.problems import Problems, nearest
from analyzer.yamlfile import Document, read

_WIDTH = 78


def listing(folders: Sequence[Path]) -> str:
    """Every rule and policy and the score, one a line: id, severity or kind, title."""
    rows = [(rule.id, str(rule.severity), rule.title) for rule in rules.load(folders)]
    rows += [(policy.id, "policy", policy.title) for policy in _policies(folders)]
    weights = score_file.load(folders)
    rows += [(weights.id, "score", weights.title)] if weights else []
    widths = [max((len(row[i]) for row in rows), default=0) for i in (0, 1)]
    return "".join(f"{id:{widths[0]}}  {kind:{widths[1]}}  {title}\n" for id, kind, title in rows)


def show(id: str, folders: Sequence[Path]) -> str:
    """One rule or policy, or the score, in words; UsageError if there is none of that id."""
    known: dict[str, Callable[[], str]] = {}
    for rule in rules.load(folders):
        known[rule.id] = partial(_rule, rule)
    for policy in _policies(folders):
        known[policy.id] = partial(_policy, policy)
    if weights := score_file.load(folders):
        known[weights.id] = partial(_score, weights)
    if id not in known:
        raise UsageError(f"There is no rule or policy '{id}'; {nearest(id, known)}")
    return known[id]()


def check(paths: Sequence[Path]) -> list[str]:
    """What is wrong in rule and policy files, or in all of such folders.

    Lines "path:line:column: found; expected ...; fix: ..."; none if all is well.
    """
    problems = Problems()
    for path in paths:
        found = _files(path) if path.is_dir() else [path]
        if not found:
            where, fix = f"{path}:1:1", "put rules into detect/, policies into policies/"
            problems.add(where, "no rule or policy file", "at least one *.yaml", fix)
        for file in found:
            check_document(checks.read_or_note(file, problems), problems)
    return problems.lines


def _files(folder: Path) -> list[Path]:
    """The files of a rules folder, or of a folder that holds nothing else."""
    score = score_file.find([folder])
    found = rules.files(folder) + policies.files([folder]) + claim_files.files([folder])
    found += [score] if score else []
    return found or sorted(folder.glob("*.yaml"))


NEITHER = (
    "neither a rule nor a policy",
    "a rule, policy, claim, score or vendor",
    "'rule: id', 'policy: id' or 'claim: id', or a vendor's with 'id: id'",
)
"""What a file of no kind is not, what it should be, and how it would begin."""


def check_document(
    document: Document, problems: Problems, neither: tuple[str, str, str] = NEITHER
) -> None:
    """Notes what is wrong in one file, whichever of the kinds it is."""
    data = document.data if isinstance(document.data, dict) else {}
    kinds: dict[str, Callable[[Document, Problems], Rule | Policy | Claim | Weights]] = {
        "rule": rules.parse,
        "policy": policies.parse,
        "claim": claim_files.parse,
        "score": score_file.parse_alone,
    }
    for key, parse in kinds.items():
        if key in data:
            made = parse(document, problems)
            if made.id not in ("unnamed", document.path.stem):
                where, found = document.at(key), f"the id '{made.id}' in {document.path.name}"
                problems.add(where, found, "a file named as its id", f"call it {made.id}.yaml")
            return
    if not checks.is_unread(document):
        found, expected, begin = neither
        problems.add(document.at(), found, expected, f"begin the file with {begin}")


def _policies(folders: Sequence[Path]) -> list[Policy]:
    problems = Problems()
    found = [policies.parse(read(path), problems) for path in policies.files(folders)]
    problems.stop()
    return sorted(found, key=lambda policy: policy.id)


# ------------------------------------------------------------------- pages


def _rule(rule: Rule) -> str:
    raised = " (or graver: see raised)" if rule.raised else ""
    return page(
        ("Rule", rule.id),
        ("Title", rule.title),
        ("Says", rule.text),
        ("Caveat", rule.caveat),
        ("Severity", f"{rule.severity}{raised}"),
        ("Since", f"{rule.since}; {rule.before} in recordings from before" if rule.since else ""),
        ("Why", rule.why),
        ("May be wrong when", list(rule.false_positives)),
        ("Parameters", [f"{key}: {_plain(value)}" for key, value in rule.tuning]),
        ("Reference", rule.reference),
        ("File", str(rule.path)),
    )


def _policy(policy: Policy) -> str:
    allowed = [f"{fact}: {', '.join(sorted(values))}" for fact, values in policy.allowed.items()]
    quote = f"{policy.speaker}, {policy.said_on}: {policy.quote}" if policy.quote else ""
    return page(
        ("Policy", policy.id),
        ("Title", policy.title),
        ("Home", policy.home or ""),
        ("Allows", allowed),
        ("Expects", f"{len(policy.endpoints)} endpoints" if policy.endpoints is not None else ""),
        ("Quote", quote),
        ("Source", policy.source),
        ("Why", policy.why),
        ("Traffic cannot show", list(policy.cannot_show)),
        ("File", str(policy.path)),
    )


def _score(weights: Weights) -> str:
    return page(
        ("Score", weights.title),
        ("0", weights.low),
        ("100", weights.high),
        ("Why", weights.why),
        ("Parts", [score_words.explained(part) for part in weights.parts]),
        ("Conditions", score_words.conditions(weights)),
        ("File", str(weights.path)),
    )


def page(*parts: tuple[str, str | list[str]]) -> str:
    """Heads with their texts and lists below them, wrapped; empty ones are left out."""
    lines: list[str] = []
    for head, body in parts:
        if isinstance(body, list) and body:
            lines += [head, *(line for item in body for line in _wrapped(item, "  - "))]
        elif isinstance(body, str) and body:
            lines += [head, *_wrapped(body, "  ")]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, mark: str) -> list[str]:
    from textwrap import wrap

    text = " ".join(text.split())
    indent = " " * len(mark)
    return wrap(text, _WIDTH, initial_indent=mark, subsequent_indent=indent, break_on_hyphens=False)


def _plain(value: object) -> str:
    """A parameter as a line of YAML would have it."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_plain(part)}" for key, part in value.items())
    if isinstance(value, list):
        return "[" + ", ".join(_plain(part) for part in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
