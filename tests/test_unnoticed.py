"""fuzz.unnoticed: which faults there are, and that the unnoticed ones are told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fuzz.faults import faults
from tests.conftest import ROOT

JUDGE = '''"""A judge so small that its tests can be counted."""


def late(hour: int) -> bool:
    """Whether it is."""
    return hour >= 22


def alone() -> str:
    return "nobody calls it"
'''
TESTS = """from judge import late


def test_late():
    assert late(23)
    assert not late(8)
"""
COMMAND = (
    "import sys; from pathlib import Path; from fuzz import unnoticed;"
    "unnoticed.HERE = Path(sys.argv.pop(1)); unnoticed.SPARE = 0; sys.exit(unnoticed.main())"
)


def told(checkout: Path, *arguments: str) -> tuple[int, str]:
    """How the command ends in a checkout, and what it says."""
    ran = subprocess.run(
        [sys.executable, "-c", COMMAND, checkout, *arguments],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    return ran.returncode, ran.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "judge.py").write_text(JUDGE)
    (tmp_path / "test_judge.py").write_text(TESTS)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "others"),
    [
        ("a < b", ["a <= b", "a >= b"]),
        ("a == b != c", ["a != b != c", "a == b == c"]),
        ("a and b", ["a or b", "b", "a"]),
        ("not a", ["a"]),
        ("a - b", ["a + b"]),
        ("3", ["4", "2"]),
        ("0", ["1"]),
        ("0.8", ["1.0"]),
        ("True", ["False"]),
        ("'key'", ["''"]),
        ("'a sentence is for people'", []),
        ("near(a, b)", ["near(b, a)"]),
        ("near(a, a)", []),
        ("max(a, b)", ["min(a, b)"]),
        ("a if b else c", ["a if not b else c"]),
        ("[a for a in b if c]", ["[a for a in b]"]),
        ("f'{a} of {b}'", []),
    ],
)
def test_faults_of_an_expression(line: str, others: list[str]) -> None:
    assert [fault.source for fault in faults(f"x = {line}")] == [f"x = {o}" for o in others]


@pytest.mark.parametrize(
    ("line", "others"),
    [
        ("a += b", ["pass"]),
        ("a.b = c", ["pass"]),
        ("a: int = b", []),
        ("act(a)", ["pass"]),
        ("raise a", ["pass"]),
        ("if a:\n    b", ["if not a:\n    b"]),
        ("def a() -> int:\n    return b", ["def a() -> int:\n    return None"]),
    ],
)
def test_faults_of_a_statement(line: str, others: list[str]) -> None:
    assert [fault.source for fault in faults(line)] == others


def test_a_fault_says_where_it_is_and_which_lines_run_it() -> None:
    first, *_, last = faults("def late(hour):\n    return (\n        hour\n        > 22\n    )\n")
    assert (first.line, first.change, first.lines) == (
        2, "return hour > 22  ->  return None", range(2, 6),
    )  # fmt: skip
    assert (last.line, last.change, last.lines) == (4, "22  ->  21", range(2, 5))


def test_what_no_test_notices_is_told(checkout: Path) -> None:
    """Neither 21 nor 22 is asked, and nobody asks for ``alone``."""
    code, said = told(checkout, "judge.py", "--", "test_judge.py")
    assert said.splitlines() == [
        "judge.py:6: hour >= 22  ->  hour > 22",
        "judge.py:6: 22  ->  23",
        "judge.py:6: 22  ->  21",
        "judge.py:10: return 'nobody calls it'  ->  return None",
        "judge.py: 6 faults, 4 unnoticed",
    ]
    assert code == 1
    assert (checkout / "judge.py").read_text() == JUDGE


def test_a_sample_of_a_line_and_tests_that_notice_all(checkout: Path) -> None:
    tests = "from judge import late\n\ndef test_late():\n    assert late(22) and not late(21)\n"
    (checkout / "test_judge.py").write_text(tests)
    assert told(checkout, "judge.py:6", "--sample=3", "--", ".") == (
        0, "judge.py: 3 faults, 0 unnoticed\n",
    )  # fmt: skip


def test_tests_that_fail_anyway_tell_nothing(checkout: Path) -> None:
    (checkout / "test_judge.py").write_text("def test_late():\n    assert False, 'anyway'\n")
    code, said = told(checkout, "judge.py", "--", ".")
    assert code == 2
    assert "anyway" in said
    assert said.endswith("The tests fail without a fault.\n")


def test_tests_that_do_not_end_have_noticed(checkout: Path) -> None:
    """Each fault of this source lets it run for ever."""
    (checkout / "judge.py").write_text("def count(n):\n    while n:\n        n -= 1\n")
    tests = "from judge import count\n\ndef test_count():\n    count(1)\n"
    (checkout / "test_judge.py").write_text(tests)
    assert told(checkout, "judge.py:3", "--", ".") == (0, "judge.py: 3 faults, 0 unnoticed\n")
