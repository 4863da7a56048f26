"""Expressions of red flags: parsed once, checked against a short list of what is allowed, run on columns.

A list of what may stand in an expression refuses everything else before anything is run. What is left, simpleeval
computes with the operators and functions of this room and with nothing of its own. The logic is Kleene's
(:mod:`redlane.features.flags.values`), without Python's short cuts.
"""

import ast
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from simpleeval import InvalidExpression, SimpleEval

from redlane.features.flags.operations import (
    FUNCTIONS,
    among,
    arithmetic,
    equal,
    negation,
    negative,
    not_among,
    ordering,
    truth,
    unequal,
)
from redlane.features.flags.values import ExpressionError, Floats, Listed, Number, Text, Value

LONGEST, DEEPEST, LARGEST = 600, 12, 1e15
"""Characters and nesting of an expression, and size of a number in it: no rule an officer reads needs more."""

OPERATORS: dict[type, Callable[..., Value]] = {
    ast.Add: arithmetic("+", np.add),
    ast.Sub: arithmetic("-", np.subtract),
    ast.Mult: arithmetic("*", np.multiply),
    ast.Div: arithmetic("/", np.divide),
    ast.USub: negative,
    ast.Not: negation,
    ast.Lt: ordering("<", np.less),
    ast.LtE: ordering("<=", np.less_equal),
    ast.Gt: ordering(">", np.greater),
    ast.GtE: ordering(">=", np.greater_equal),
    ast.Eq: equal,
    ast.NotEq: unequal,
    ast.In: among,
    ast.NotIn: not_among,
}
"""Every operator that is allowed besides ``and`` and ``or``."""

_WORDS = {
    ast.Attribute: "a dot after a name",
    ast.Subscript: "square brackets after a name",
    ast.Lambda: "lambda",
    ast.IfExp: "if … else",
    ast.JoinedStr: "an f-string",
    ast.NamedExpr: "':='",
    ast.Starred: "'*' before a name",
    ast.Dict: "braces",
    ast.Set: "braces",
    ast.Pow: "'**'",
    ast.Mod: "'%'",
    ast.FloorDiv: "'//'",
    ast.Is: "'is'",
    ast.IsNot: "'is not'",
    ast.UAdd: "'+' before a value",
    ast.Await: "await",
}
_LEAVES = (ast.Load, ast.And, ast.Or, *OPERATORS)


class _Evaluator(SimpleEval):  # type: ignore[misc] # simpleeval brings no types
    """simpleeval with nothing but what flags need; logic and comparisons on whole columns, without short cuts."""

    def __init__(self, names: Callable[[str], Value]) -> None:
        functions = {name: function for name, (function, _, _) in FUNCTIONS.items()}
        super().__init__(OPERATORS, functions, lambda node: names(node.id))
        self.nodes = {
            ast.Expr: self._eval_expr,
            ast.Name: self._eval_name,
            ast.Constant: self._constant,
            ast.List: self._list,
            ast.Tuple: self._list,
            ast.UnaryOp: self._eval_unaryop,
            ast.BinOp: self._eval_binop,
            ast.BoolOp: self._logic,
            ast.Compare: self._comparison,
            ast.Call: self._eval_call,
        }

    def _eval(self, node: ast.AST) -> Value:
        try:
            value: Value = super()._eval(node)
        except ExpressionError as refused:
            raise ExpressionError(refused.why, refused.place or _place(node)) from None
        return value

    @staticmethod
    def _constant(node: ast.Constant) -> Value:
        return constant(node.value)

    @staticmethod
    def _list(node: ast.List | ast.Tuple) -> Value:
        return listed([part.value for part in node.elts if isinstance(part, ast.Constant)])

    def _logic(self, node: ast.BoolOp) -> Value:
        first, *others = [truth(self._eval(part)) for part in node.values]
        for other in others:
            first = first & other if isinstance(node.op, ast.And) else first | other
        return first

    def _comparison(self, node: ast.Compare) -> Value:
        """``a < b < c`` is ``a < b and b < c``, all of it computed."""
        values = [self._eval(part) for part in (node.left, *node.comparators)]
        pairs = zip(node.ops, values[:-1], values[1:], strict=True)
        first, *others = [truth(OPERATORS[type(op)](left, right)) for op, left, right in pairs]
        for other in others:
            first = first & other
        return first


@dataclass(frozen=True)
class Expression:
    """An expression that may be run: its text, its tree, and the names it reads."""

    text: str
    tree: ast.Expr = field(repr=False, compare=False)
    names: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Expression":
        """Read *text* and refuse whatever is not allowed; nothing of it is run.

        Raises:
            ExpressionError: saying what stands where.

        >>> Expression.parse("abs(z) > 3.5 and not preference == 1").names
        ('z', 'preference')
        >>> Expression.parse("().__class__")
        Traceback (most recent call last):
        ...
        redlane.features.flags.values.ExpressionError: a dot after a name is not allowed
        """
        return _checked(text)

    def evaluate(self, names: Callable[[str], Value], n: int) -> Floats:
        """1 where it is true, 0 where it is false, NaN where it is unknown; *names* gives columns of n rows.

        Raises:
            ExpressionError: kinds of values do not fit, as in a number compared with a text.

        >>> import pandas as pd
        >>> columns = {"rate": Number(np.array([0.0, 8.0, np.nan])), "mode": Text.of(pd.Series(["4", "1", "4"]))}
        >>> Expression.parse("rate <= 2 or mode == '4'").evaluate(columns.__getitem__, 3).tolist()
        [1.0, 0.0, 1.0]
        """
        evaluator = _Evaluator(names)
        try:
            return truth(evaluator.eval(self.text, self.tree)).as_numbers(n)
        except InvalidExpression as error:  # nothing that passed the check gets here
            raise ExpressionError(str(error)) from None
        finally:
            evaluator.names = {}  # an evaluator refers to itself: it would keep a batch in memory for long


@lru_cache(maxsize=1024)
def _checked(text: str) -> Expression:
    """The same text is checked once: expressions never change, and batches are many."""
    tree = _parsed(text)
    _check(tree.value, 1)
    if isinstance(tree.value, ast.Constant | ast.Name):
        raise ExpressionError("a single value is no statement; compare it with something", 1)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    named = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called]
    in_order = sorted(named, key=lambda node: node.col_offset)
    return Expression(text, tree, tuple(dict.fromkeys(node.id for node in in_order)))


def constant(value: object) -> Value:
    """A number or a text that is the same for all rows.

    Raises:
        ExpressionError: it is neither.
    """
    if isinstance(value, str):
        return Text.one(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST:
        return Number(np.asarray(float(value)))
    raise ExpressionError(f"{value!r} is neither a text nor a number of reasonable size")


def listed(values: list[object] | tuple[object, ...]) -> Listed:
    """A list of texts or of numbers.

    Raises:
        ExpressionError: it holds something else, or both.
    """
    texts = tuple(value for value in values if isinstance(value, str))
    numbers = tuple(float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool))
    if values and len(texts) == len(values):
        return Listed(texts)
    if values and len(numbers) == len(values):
        return Listed(numbers)
    raise ExpressionError("a list holds either texts in quotes or numbers, at least one")


def _parsed(text: str) -> ast.Expr:
    if len(text) > LONGEST:
        raise ExpressionError(f"it has {len(text)} characters and may have {LONGEST}")
    if "\\" in text or not text.isprintable():
        raise ExpressionError(
            "a backslash, a new line or another character that cannot be shown stands in it"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(text.strip(), mode="exec").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        place = getattr(error, "offset", None)
        raise ExpressionError("it cannot be read", place) from None
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        raise ExpressionError("one statement that is true or false is needed", 1)
    return body[0]


def _check(node: ast.AST, depth: int, place: int | None = 1) -> None:
    """Refuse what is not on the list, before anything is run; operators stand at the *place* of what holds them."""
    place = _place(node) or place
    if depth > DEEPEST:
        raise ExpressionError(f"it is nested more than {DEEPEST} deep", place)
    if isinstance(node, ast.Call):
        _check_call(node)
    elif isinstance(node, ast.Constant):
        _check_constant(node.value, place)
    elif isinstance(node, ast.Compare):
        _check_lists(node)
    elif isinstance(node, ast.List | ast.Tuple):
        if not all(isinstance(part, ast.Constant) for part in node.elts):
            raise ExpressionError("a list may hold texts in quotes and numbers, nothing else", _place(node))
    elif not isinstance(node, (ast.Name, ast.UnaryOp, ast.BinOp, ast.BoolOp, *_LEAVES)):
        what = _WORDS.get(type(node), type(node).__name__)
        raise ExpressionError(f"{what} is not allowed", place)
    for part in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.Call) and part is node.func):
            _check(part, depth + 1, place)


def _check_call(node: ast.Call) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else None
    if name not in FUNCTIONS:
        raise ExpressionError(f"only {', '.join(FUNCTIONS)} can be called", _place(node))
    _, least, most = FUNCTIONS[name]
    if node.keywords or not least <= len(node.args) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise ExpressionError(f"{name} takes {wanted} values between its brackets", _place(node))


def _check_constant(value: object, place: int | None) -> None:
    try:
        constant(value)
    except ExpressionError as error:
        raise ExpressionError(error.why, place) from None


def _check_lists(node: ast.Compare) -> None:
    for op, right in zip(node.ops, node.comparators, strict=True):
        if isinstance(op, ast.In | ast.NotIn) and not isinstance(right, ast.List | ast.Tuple | ast.Name):
            raise ExpressionError("'in' needs a list in square brackets, or the name of one", _place(right))


def _place(node: ast.AST) -> int | None:
    """The character a node begins at, from 1."""
    offset = getattr(node, "col_offset", None)
    return None if offset is None else int(offset) + 1
