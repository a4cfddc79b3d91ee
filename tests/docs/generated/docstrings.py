"""What the code says of itself where Python keeps no docstring: under attributes."""

from __future__ import annotations

import ast
import inspect
import textwrap


def attribute_docs(cls: type) -> dict[str, str]:
    """The texts under the annotated attributes of a class, as one line each; empty where there is none."""
    [tree] = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    assert isinstance(tree, ast.ClassDef)
    found: dict[str, str] = {}
    for node, after in zip(tree.body, [*tree.body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = _text(after)
    return found


def _text(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return " ".join(node.value.value.split())
    return ""


def first_line(value: object) -> str:
    """The first sentence of a docstring, without its full stop; empty where there is none."""
    text = inspect.getdoc(value) or ""
    return " ".join(text.partition("\n\n")[0].split())
