"""analyzer/prepared.py: the same data without the parser, never stale."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer import prepared, yamlfile
from analyzer.shipped import rules_folder


@pytest.fixture
def rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A rule file that was prepared; ``rules.json`` lies beside it."""
    path = tmp_path / "rule.yaml"
    path.write_text("id: a\nlist:\n- 1\n- {deep: NO}\n")
    (tmp_path / "rules.json").write_text(yamlfile.prepare([path]))
    monkeypatch.setattr(prepared, "prepared_rules", lambda: tmp_path / "rules.json")
    prepared._documents.cache_clear()
    yield path
    prepared._documents.cache_clear()


def test_prepared_files_give_the_same_without_the_parser(
    rule: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed = yamlfile.parse(rule.read_text(), rule)
    with monkeypatch.context() as without:
        without.setattr(yamlfile, "parse", None)
        document = yamlfile.read(rule)
        assert document.data == parsed.data == {"id": "a", "list": [1, {"deep": "NO"}]}
    for keys in ((), ("id",), ("list", 1, "deep"), ("list", 0), ("none",)):
        assert document.at(*keys) == parsed.at(*keys)


def test_what_was_prepared_counts_for_the_same_bytes_only(rule: Path) -> None:
    rule.write_text("id: b\n")
    assert yamlfile.read(rule).data == {"id": "b"}


def test_what_another_parser_prepared_does_not_count(rule: Path) -> None:
    table = rule.with_name("rules.json")
    other = json.loads(table.read_text())
    documents = dict.fromkeys(other["documents"], '{"id": "stale"}')
    stale = {"parser": "0" * 64, "documents": documents}
    for text in (json.dumps(stale), "{}", "[]", "\0"):
        table.write_text(text)
        prepared._documents.cache_clear()
        assert yamlfile.read(rule).data["id"] == "a"


def test_shipped_rules_are_the_same_prepared(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    paths = sorted(rules_folder().rglob("*.yaml"))
    parsed = [yamlfile.parse(path.read_text("utf-8"), path).data for path in paths]
    (tmp_path / "rules.json").write_text(yamlfile.prepare(paths))
    monkeypatch.setattr(prepared, "prepared_rules", lambda: tmp_path / "rules.json")
    prepared._documents.cache_clear()
    documents = [yamlfile.read(path) for path in paths]
    prepared._documents.cache_clear()
    assert all(document.prepared for document in documents)
    assert [document.data for document in documents] == parsed
