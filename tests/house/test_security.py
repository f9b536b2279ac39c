"""Each threat that the club withstands by now is named by a test that shows it."""

import ast

import pytest

from tests.house.sources import ROOT, tree

COMMON = (
    "default secrets", "silent edits", "log leaks and forging", "parser tricks", "webhook forging, SSRF",
    "headers", "supply chain",
)  # fmt: skip
TILLS = (
    "stolen key table", "too much power", "leak, rotation", "tampering, replay", "foreign objects",
    "mass assignment, too much data", "guessing card numbers", "business limits", "replayed QR, screenshots",
    "offline abuse", "cashier's own card", "refund after spending",
)  # fmt: skip
MEMBERS = (
    "takeover", "enumeration", "session theft", "draining after a contact change", "CSRF, XSS, clickjacking",
    "another's data",
)  # fmt: skip
STAFF = ("staff takeover", "minting alone", "self-dealing", "bulk reading", "rules as code")
SHEETS = ("CSV and XLSX in", "CSV and XLSX out")
TESTS = [
    ast.get_docstring(node) or ""
    for file in sorted((ROOT / "tests").rglob("test_*.py"))
    for node in ast.walk(tree(file))
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
]


@pytest.mark.parametrize("threat", [*COMMON, *TILLS, *MEMBERS, *STAFF, *SHEETS])
def test_each_threat_is_named_by_a_test(threat):
    assert any(told.lower().startswith(f"{threat.lower()}:") for told in TESTS)
