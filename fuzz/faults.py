"""Faults a careless hand could leave in a source, each alone.

They are put into the syntax tree, so every faulty source compiles. Annotations,
decorators, docstrings and sentences are left alone: no answer depends on them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

LEFT_ALONE = {"annotation", "returns", "decorator_list", "bases", "format_spec"}
COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}
CALLED |= {"startswith": "endswith", "endswith": "startswith"}


class Fault(NamedTuple):
    """A faulty source, and where and how it differs."""

    line: int
    change: str
    source: str
    lines: range  # from the start of the statement; who runs the fault comes by one of them


class _Place(NamedTuple):
    holder: Any
    key: Any  # the name of a field, or the index in a list
    node: ast.AST
    statement: int  # line where the innermost statement starts


def faults(source: str) -> Iterator[Fault]:
    """Every fault of a module, in the order of its source."""
    tree = ast.parse(source)
    for place in _places(tree, 1):
        node = place.node
        for other in KINDS.get(type(node), _none)(node):
            _put(place, other)
            faulty = ast.unparse(ast.fix_missing_locations(tree))
            _put(place, node)
            line, last = (getattr(node, at, place.statement) for at in ("lineno", "end_lineno"))
            change = f"{_short(node)}  ->  {_short(other)}"
            yield Fault(line, change, faulty, range(place.statement, last + 1))


def _places(parent: ast.AST, statement: int) -> Iterator[_Place]:
    for field, value in ast.iter_fields(parent):
        if field in LEFT_ALONE:
            continue
        for index, node in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(node, ast.AST) or _text(parent, node):
                continue
            line = node.lineno if isinstance(node, ast.stmt) else statement
            holder, key = (value, index) if isinstance(value, list) else (parent, field)
            yield _Place(holder, key, node, line)
            yield from _places(node, line)


def _text(parent: ast.AST, node: ast.AST) -> bool:
    """A docstring, or a piece of a text with values in it."""
    return isinstance(node, ast.Constant) and isinstance(parent, (ast.Expr, ast.JoinedStr))


def _put(place: _Place, node: ast.AST) -> None:
    if isinstance(place.holder, list):
        place.holder[place.key] = node
    else:
        setattr(place.holder, place.key, node)


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 70 else text[:67] + "..."


# ---------------------------------------------------------------------- kinds of faults


def _none(node: ast.AST) -> Iterator[ast.AST]:
    yield from ()


def _compare(node: ast.Compare) -> Iterator[ast.AST]:
    for at, op in enumerate(node.ops):
        for other in COMPARED[type(op)]:
            ops = [*node.ops[:at], other(), *node.ops[at + 1 :]]
            yield ast.Compare(node.left, ops, node.comparators)


def _join(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for at in range(len(node.values)):
        rest = [*node.values[:at], *node.values[at + 1 :]]
        yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _calculate(node: ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in CALCULATED:
        yield ast.BinOp(node.left, CALCULATED[type(node.op)](), node.right)


def _sign(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        if value:
            yield ast.Constant(value - 1)
    elif isinstance(value, float):
        yield ast.Constant(value * 1.25 or 1.0)
    elif isinstance(value, str) and " " not in value:
        yield ast.Constant("" if value else "?")


def _call(node: ast.Call) -> Iterator[ast.AST]:
    first, second, *_ = [*node.args, None, None]
    either = isinstance(node.func, ast.Name) and node.func.id in CALLED
    if first and second and ast.dump(first) != ast.dump(second) and not either:
        yield ast.Call(node.func, [second, first, *node.args[2:]], node.keywords)
    if isinstance(node.func, ast.Name) and node.func.id in CALLED:
        yield ast.Call(ast.Name(CALLED[node.func.id]), node.args, node.keywords)
    if isinstance(node.func, ast.Attribute) and node.func.attr in CALLED:
        called = ast.Attribute(node.func.value, CALLED[node.func.attr])
        yield ast.Call(called, node.args, node.keywords)


def _branch(node: ast.If | ast.While | ast.IfExp) -> Iterator[ast.AST]:
    """The other way; where the condition is compared or joined, that is done there."""
    if not isinstance(node.test, (ast.Compare, ast.BoolOp, ast.UnaryOp)):
        negated = ast.UnaryOp(ast.Not(), node.test)
        yield type(node)(**{**dict(ast.iter_fields(node)), "test": negated})


def _filter(node: ast.comprehension) -> Iterator[ast.AST]:
    for at in range(len(node.ifs)):
        rest = [*node.ifs[:at], *node.ifs[at + 1 :]]
        yield ast.comprehension(node.target, node.iter, rest, node.is_async)


def _return(node: ast.Return) -> Iterator[ast.AST]:
    if node.value and ast.unparse(node.value) not in ("None", "False"):
        yield ast.Return(ast.Constant(None))


def _delete(node: ast.stmt) -> Iterator[ast.AST]:
    kept = isinstance(node, ast.Expr) and not isinstance(node.value, ast.Call)
    local = isinstance(node, ast.Assign) and isinstance(node.targets[0], (ast.Name, ast.Tuple))
    if not kept and not local:
        yield ast.Pass()


KINDS: dict[type[ast.AST], Callable[[Any], Iterator[ast.AST]]] = {
    ast.Compare: _compare,
    ast.BoolOp: _join,
    ast.BinOp: _calculate,
    ast.UnaryOp: _sign,
    ast.Constant: _constant,
    ast.Call: _call,
    ast.If: _branch,
    ast.While: _branch,
    ast.IfExp: _branch,
    ast.comprehension: _filter,
    ast.Return: _return,
    **dict.fromkeys((ast.Expr, ast.Assign, ast.AugAssign, ast.Raise, ast.Break), _delete),
    ast.Continue: _delete,
}
