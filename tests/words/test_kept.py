"""Every sentence that checks, gates, evaluations and readings can make has its pattern in the file of words."""

import ast
import itertools
import re
from pathlib import Path

import pytest

import redlane
from redlane.governance import promotion
from redlane.governance.assurance.catalogue import TESTS
from redlane.governance.check import UNTESTED
from redlane.governance.checks.catalogue import CHECKS
from redlane.words.catalogue import sentences
from redlane.words.kept import retold

SOURCE = Path(redlane.__file__).parent
MAKERS = (
    *sorted((SOURCE / "governance").rglob("*.py")),
    SOURCE / "evaluation" / "evaluating.py",
    SOURCE / "stages" / "governing.py",
)
NUMBERS = {",": "1,234", ",.0f": "1,234", "g": "0.5", ".1e": "2.5e-15"}
WORDS = (
    "x_1", "3", "", ": x_1, x_2 and 3 more", "a model of another seed", "3.2 times as much", "falls", "rises", "week",
    "+0.12 by one order for all, -0.10 by lots, +0.10 by the least first", "the model has no trees: it is linear",
    "another_name", "at most", "0.12 above", "within", "at least", "0.12 below",
    "RL01 (Training lies before testing) failed",
    "precision +0.1000 against the champion, interval -0.1000 to +0.2000",
    "The top 4 reasons of 300 rows overlap by 0.50 (0.40 to 0.60) with those of the previous bundle (x).",
)  # fmt: skip
"""What may stand where a sentence is put together: names, numbers, phrases."""


def sentences_of(path: Path) -> list[list[str | None]]:
    """The sentences a module puts together: texts and, as None, what is filled in without a format."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Check", "RedlaneError")
    ]
    skipped += [
        node for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    hidden = {id(below) for node in skipped for below in ast.walk(node)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in hidden:
            hidden |= {id(below) for below in ast.walk(node)}
            found.append(pieces(node))
    return [parts for parts in found if is_sentence(parts)]


def pieces(node: ast.JoinedStr | ast.Constant) -> list[str | None]:
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    made: list[str | None] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            made.append(str(part.value))
        else:
            form = ast.unparse(part.format_spec)[2:-1] if part.format_spec else ""
            made.append(spelled(form) if form else None)
    return made


def spelled(form: str) -> str:
    """A number in this format, as Python writes it."""
    return NUMBERS.get(form) or format(0.1234, form)


def is_sentence(parts: list[str | None]) -> bool:
    literal = " ".join(part for part in parts if part)
    return bool(
        parts and (parts[-1] or "").rstrip().endswith(".") and len(re.findall(r"[a-z]{2,}", literal)) >= 3
    )


def filled(parts: list[str | None]) -> list[str]:
    """The sentence with all that may be filled in."""
    open_ones = parts.count(None)
    made = []
    for words in itertools.product(WORDS, repeat=min(open_ones, 3)):
        given = iter([*words, *["x_1"] * (open_ones - 3)])
        made.append("".join(next(given) if part is None else part for part in parts))
    return made


FOUND = [(path.stem, parts) for path in MAKERS for parts in sentences_of(path)]


def test_the_sentences_were_found():
    assert len(FOUND) > 50
    assert {"leaks", "moving", "steadiness", "sums", "promotion", "evaluating", "governing"} <= {
        name for name, _ in FOUND
    }


@pytest.mark.parametrize(
    ("module", "parts"), FOUND, ids=lambda value: value if isinstance(value, str) else ""
)
def test_each_is_known_in_french(module, parts):
    if module in ("model_card", "document"):
        return
    assert any(retold(sentence, "fr") for sentence in filled(parts)), "".join(
        "{…}" if part is None else part for part in parts
    )


def test_the_words_of_every_check_are_known():
    said = sentences("fr")["said"]
    for check, _ in (*CHECKS, *TESTS):
        for text in (check.title, check.clear, f"{check.why} {check.mend}", UNTESTED):
            assert said.get(text), text
    for code, meaning in promotion._MEANING.items():
        assert said.get(meaning), code


@pytest.mark.parametrize(
    ("sentence", "french"),
    [
        ("2 of 12,345 features are constant: a_1, b.", "2 caractéristiques sur 12\u202f345 sont constantes : a_1, b."),
        ("On 1,500 rows the sum differs from the margin by at most 2.0e-15.",
         "Sur 1500 lignes, la somme s'écarte du score d'au plus 2,0e-15."),
        ("12.3% of the test rows repeat the exact goods of an earlier one; on those a look-up table has a ROC-AUC of "
         "nan.", "12,3 % des lignes de test répètent exactement les marchandises d'une ligne antérieure ; sur "
         "celles-là, une table de correspondance a une aire sous la courbe ROC de –."),
        ("features left out, because what was given cannot feed them: a and 7 more (no partner exports; "
         "--partner-exports FILE gives them); b (no x, no y)", "caractéristiques laissées de côté, faute de quoi les "
         "alimenter : a et 7 de plus (pas d'exportations des partenaires ; --partner-exports FILE les donne); b "
         "(pas de x, pas de y)"),
        ("2 of 12 features are constant: not one word of ours.", None),
        ("a sentence nobody wrote", None),
    ],
)  # fmt: skip
def test_values_survive_the_way_and_nothing_is_guessed(sentence, french):
    assert retold(sentence, "fr") == french
    assert retold(sentence, "en") == sentence
