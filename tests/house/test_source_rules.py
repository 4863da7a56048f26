"""What may not be written in ``src``: read from the syntax trees, so that a comment cannot break it."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

import redlane

SOURCE = Path(redlane.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))
PICKLES = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}
PICKLE_CALLS = {"read_pickle", "to_pickle", "allow_pickle"}
WRITERS = {"write_text", "write_bytes"}
ATOMIC = {"atomic_path", "atomic_folder"}
HELPERS = "io/files.py"
LOCKS = "tracking/store.py"
"""Opens a lock file and writes nothing into it."""
MLFLOW_SCRIPT = "tracking/pyfunc_model.py"
"""Copied into logged models and run there by MLflow; redlane never imports it."""


def named(file: Path) -> str:
    return file.relative_to(SOURCE).as_posix()


@functools.cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg


def opens_for_writing(node: ast.Call) -> bool:
    """``open(x, "w")``, ``path.open("ab")``, ``open(x, mode="x")`` …"""
    function = node.func
    bare = isinstance(function, ast.Name) and function.id == "open"
    method = isinstance(function, ast.Attribute) and function.attr == "open"
    if not (bare or method):
        return False
    modes = [word.value for word in node.keywords if word.arg == "mode"]
    modes += node.args[1:2] if bare else node.args[0:1]
    return any(
        isinstance(mode, ast.Constant) and isinstance(mode.value, str) and set(mode.value) & set("wax+")
        for mode in modes
    )


@pytest.mark.parametrize("file", FILES, ids=named)
def test_nothing_is_pickled(file: Path) -> None:
    tree = tree_of(file)
    assert not PICKLES & {name.split(".")[0] for name in imported(tree)}
    assert not PICKLE_CALLS & set(names(tree))


@pytest.mark.parametrize("file", FILES, ids=named)
def test_files_are_written_whole_or_not_at_all(file: Path) -> None:
    """Only inside ``atomic_path`` or ``atomic_folder`` may a file be opened for writing."""
    if named(file) in (HELPERS, LOCKS):
        pytest.skip("the helpers themselves, or a lock file")
    tree = tree_of(file)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    writes = [node.lineno for node in calls if opens_for_writing(node)]
    writes += [
        node.lineno for node in calls if isinstance(node.func, ast.Attribute) and node.func.attr in WRITERS
    ]
    assert not writes or ATOMIC & set(names(tree)), f"{named(file)} writes directly in lines {writes}"


@pytest.mark.parametrize("file", FILES, ids=named)
def test_only_the_command_line_and_the_console_speak(file: Path) -> None:
    if named(file) in ("cli.py", "console.py"):
        pytest.skip("their job")
    calls = [node for node in ast.walk(tree_of(file)) if isinstance(node, ast.Call)]
    assert not [
        node for node in calls if isinstance(node.func, ast.Name) and node.func.id in ("print", "exit")
    ]


@pytest.mark.parametrize("file", FILES, ids=named)
def test_heavy_packages_are_imported_where_they_are_needed(file: Path) -> None:
    if named(file) == MLFLOW_SCRIPT:
        pytest.skip("a script of MLflow's")
    top = {
        name.split(".")[0]
        for node in tree_of(file).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imported(ast.Module(body=[node], type_ignores=[]))
    }
    assert not top & {"mlflow", "shap", "matplotlib", "sklearn", "xgboost", "catboost"}


@pytest.mark.parametrize("file", FILES, ids=named)
def test_every_module_and_public_function_is_documented(file: Path) -> None:
    tree = tree_of(file)
    public = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    assert ast.get_docstring(tree) or not tree.body
    assert [node.name for node in public if not ast.get_docstring(node)] == []
