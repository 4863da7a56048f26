"""Expressions: nothing hostile is run, every refusal says where, and the logic is Kleene's."""

import ast
import operator

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redlane.features.flags.expression import LONGEST, Expression
from redlane.features.flags.values import ExpressionError, Number, Text, Truth

HOSTILE = [
    "__import__('os').system('touch hacked')",
    "__import__('os')",
    "().__class__",
    "().__class__.__bases__[0].__subclasses__()",
    "x.tofile('hacked')",
    "x.__class__ == 1",
    "''.join(['a']) == 'a'",
    "'{0.__class__}'.format(x) == 'a'",
    "open('hacked', 'w')",
    "eval('1')",
    "exec('import os')",
    "globals()",
    "getattr(x, 'tofile')('hacked')",
    "abs.__globals__",
    "FUNCTIONS['abs']",
    "9**9**9 > 1",
    "x ** 2 > 1",
    "2 << 100000 > x",
    "x % 2 == 0",
    "x // 2 == 0",
    "x @ x == 0",
    "~x == 0",
    "x & x",
    "lambda: x",
    "(lambda: open('hacked', 'w'))()",
    "[open('hacked', 'w') for y in [1]]",
    "[y for y in [1]] == 1",
    "{y for y in [1]}",
    "any(y for y in [1])",
    "{'a': 1}['a'] == 1",
    "{1, 2} == x",
    "x[0] > 1",
    "x[:] > 1",
    "f'{x}' == 'a'",
    "f'{open(1)}' == 'a'",
    "x if x > 1 else x",
    "(y := 3) > 1",
    "y = 3",
    "import os",
    "x > 1; import os",
    "x > 1\nimport os",
    "del x",
    "assert x",
    "yield x",
    "await x",
    "abs(*[x]) > 1",
    "abs(**{}) > 1",
    "abs(value=x) > 1",
    "abs() > 1",
    "abs(x, x) > 1",
    "abs",
    "True",
    "x is None",
    "x == None",
    "x > 1e999",
    "x > 1" + "0" * 300,
    "x == 1j",
    "x == b'a'",
    "x == ...",
    "'a' * 1000000000 == 'b'",
    "x in 'text'",
    "x in x > 1",
    "x in [x]",
    "x in []",
    "x in [1, 'a']",
    "x > '\\x41'",
    "x > 1 # \u202e",
    "x > 1\x00",
    "(" * 250 + "x" + ")" * 250 + " > 1",
    "not " * 100 + "x > 1",
    "-" * 300 + "x > 1",
    " + ".join(["x"] * 100) + " > 1",
    "x > 1 or " * (LONGEST // 8) + "x > 1",
    "",
    "   ",
    "x >",
    "x",
    "x + 1",
    "min(x) > 1",
    "coalesce(x, 'a') > 1",
    "starts_with(x, 'a')",
    "log(x > 1) > 1",
    "x > 1 > 'a'",
    "x > 1 and x",
    "not x",
    "-'a' == x",
    "'a' < 'b'",
]


def columns(name: str) -> Number | Text:
    """One number and one text; any other name is a slip of the test."""
    return {"x": Number(np.array([1.0, np.nan])), "t": Text.of(pd.Series(["a", None]))}[name]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_not_on_the_list_is_refused_and_nothing_is_run(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ExpressionError):
        Expression.parse(text).evaluate(columns, 2)
    assert list(tmp_path.iterdir()) == []


def test_most_refusals_come_before_anything_is_run():
    """Only kinds that do not fit are found by computing; the first seventy-odd never get that far."""
    early = [text for text in HOSTILE if not _parses(text)]
    assert len(early) >= 60


def _parses(text: str) -> bool:
    try:
        Expression.parse(text)
    except ExpressionError:
        return False
    return True


@pytest.mark.parametrize(
    ("text", "words", "place"),
    [
        ("x > 1 and t.lower() == 'a'", "only abs, coalesce", 11),
        ("x > 1 and t.a == 'a'", "a dot after a name", 11),
        ("1 < x ** 2", "'**' is not allowed", 5),
        ("x > 1 or t > 2", "'>' needs a number, and has a text", 10),
        ("x > 1 or x", "a statement is needed", 1),
        ("t == 'a' and x == 'a'", "compares a number with a text", 14),
    ],
)
def test_a_refusal_says_what_stands_where(text, words, place):
    with pytest.raises(ExpressionError) as refused:
        Expression.parse(text).evaluate(columns, 2)
    assert words in refused.value.why
    assert refused.value.place == place


UNKNOWN = float("nan")
truths = st.lists(st.sampled_from([1.0, 0.0, UNKNOWN]), min_size=1, max_size=8)


def truth_of(values: np.ndarray) -> Truth:
    return Truth(values == 1, values == 0)


def kleene_and(a: float, b: float) -> float:
    """The table itself, one pair at a time."""
    if a == 0 or b == 0:
        return 0.0
    return 1.0 if a == b == 1 else UNKNOWN


@given(truths, truths, truths)
def test_the_logic_is_kleenes(first, second, third):
    n = min(map(len, (first, second, third)))
    arrays = [np.array(values[:n]) for values in (first, second, third)]
    a, b, c = (truth_of(values) for values in arrays)
    same = np.testing.assert_array_equal
    same((a & b).as_numbers(n), [kleene_and(*pair) for pair in zip(*arrays[:2], strict=True)])
    same((~(a & b)).as_numbers(n), (~a | ~b).as_numbers(n))
    same((~~a).as_numbers(n), arrays[0])
    same((a & (b | c)).as_numbers(n), ((a & b) | (a & c)).as_numbers(n))
    same((a | b).as_numbers(n), (b | a).as_numbers(n))


numbers = st.lists(st.one_of(st.just(UNKNOWN), st.integers(-3, 3).map(float)), min_size=3, max_size=3)
COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@given(numbers, st.sampled_from(sorted(COMPARE)), st.sampled_from(sorted(COMPARE)))
def test_chained_comparisons_are_all_computed(values, first, second):
    a, b, c = values
    names = dict(zip("abc", (Number(np.array([value])) for value in values), strict=True))
    found = Expression.parse(f"a {first} b {second} c").evaluate(names.__getitem__, 1)[0]
    parts = [
        UNKNOWN if np.isnan(x) or np.isnan(y) else float(COMPARE[op](x, y))
        for x, op, y in ((a, first, b), (b, second, c))
    ]
    np.testing.assert_equal(found, kleene_and(*parts))


@given(numbers)
def test_no_short_cut_hides_an_unknown(values):
    """Python would answer ``a or b`` with the first truth it meets, and call NaN true."""
    a, b, _ = values
    names = dict(zip("abc", (Number(np.array([value])) for value in values), strict=True))
    found = Expression.parse("a > 0 or b > 0").evaluate(names.__getitem__, 1)[0]
    either = [value > 0 for value in (a, b) if not np.isnan(value)]
    expected = 1.0 if any(either) else 0.0 if len(either) == 2 else UNKNOWN
    np.testing.assert_equal(found, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x / 0 > 1", UNKNOWN),
        ("log(x - 2) > 1", UNKNOWN),
        ("log(0) < 1", UNKNOWN),
        ("coalesce(x / 0, 5) == 5", 1.0),
        ("min(x, 1) == 1 and max(x, 3) == 3", 1.0),
        ("is_missing(x / 0)", 1.0),
        ("is_missing(x > 1)", 0.0),
        ("x in [2, 3] and x not in (4, 5)", 1.0),
        ("t in ['CN', 'DE']", 1.0),
        ("not t in ['FR']", 1.0),
        ("t != 'DE' and 'CN' == t and t == u", 1.0),
        ("starts_with(h, ['84', '85']) and ends_with(h, '90')", 1.0),
        ("starts_with(h, '85') or x * 2 - 1 == 3 + 0.0", 1.0),
        ("-x < 0", 1.0),
        ("1 < 2", 1.0),
    ],
)
def test_what_an_expression_means(text, expected):
    texts = {name: Text.of(pd.Series([word])) for name, word in {"t": "CN", "u": "CN", "h": "848190"}.items()}
    found = Expression.parse(text).evaluate({"x": Number(np.array([2.0])), **texts}.__getitem__, 1)
    np.testing.assert_equal(found[0], expected)


@pytest.mark.parametrize(
    "text", ["t == 'a'", "t != 'a'", "t in ['a']", "t not in ['a']", "starts_with(t, 'a')", "t == t"]
)
def test_a_missing_text_is_unknown_whatever_is_asked(text):
    found = Expression.parse(text).evaluate({"t": Text.of(pd.Series([None, "a"]))}.__getitem__, 2)
    assert np.isnan(found[0]) and not np.isnan(found[1])


@pytest.mark.parametrize("text", ["p == 'ACME'", "'ACME' == p", "p in ['ACME']", "starts_with(p, 'AC')"])
def test_no_party_is_spelt_out(text):
    with pytest.raises(ExpressionError, match="person or firm"):
        Expression.parse(text).evaluate({"p": Text.of(pd.Series(["ACME"]), party=True)}.__getitem__, 1)


def test_every_kind_of_syntax_but_a_few_is_refused():
    """A new Python brings new syntax: whatever is not listed stays out."""
    allowed = {"Name", "Constant", "List", "Tuple", "UnaryOp", "BinOp", "BoolOp", "Compare", "Call"}
    kinds = {kind.__name__ for kind in ast.expr.__subclasses__()}
    seen = {
        type(node).__name__
        for text in HOSTILE
        if _is_python(text)
        for node in ast.walk(ast.parse(text.strip()))
    }
    assert kinds - seen - allowed <= {
        "YieldFrom",
        "DictComp",
        "Interpolation",
        "TemplateStr",
        "Num",
        "Str",
        "Bytes",
        "NameConstant",
        "Ellipsis",
    }


def _is_python(text: str) -> bool:
    try:
        ast.parse(text.strip())
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return True
