"""No instrument's questions, no answers to them, and no score of our own (R40, R42, dangerous 7-8).

The words of an instrument belong to its owner and are nowhere here, not even to be compared with:
what is looked for is the shape of a question that such instruments ask.
"""

from __future__ import annotations

import ast
import dataclasses
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import ccr.storage.models  # noqa: F401 -- makes the metadata whole
from ccr.domain.risk_information import RiskResult
from ccr.storage.db import Base

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).relative_to(ROOT).as_posix()
_WHO = r"(?:he|she|they|your partner|your abuser|the (?:offender|accused|suspect|partner))"
_WHAT = (
    r"(?:gun|weapon|kill|chok|strangl|stalk|jealous|suicid|pregnan|unemploy|beat|forced?|rape|spy|"
    r"threaten|violen|drugs?|alcohol|control)"
)
QUESTION = re.compile(
    rf"\b(?:has|have|did|does|do|is|are)\s+(?:you\s+believe\s+)?{_WHO}\b[^.?!\n]{{0,80}}{_WHAT}"
    r"[^.?!\n]{0,80}\?",
    re.IGNORECASE,
)
PREGUNTA = re.compile(
    r"¿(?:él|ella|su pareja|ha|le ha|tiene|posee|cree que)\b[^?\n]{0,80}"
    r"(?:arma|matar|estrangul|ahorc|celos|suicid|embaraz|desemple|amenaz|violen|obligad|golpe)"
    r"[^?\n]{0,80}\?",
    re.IGNORECASE,
)
RISK_MODULES = ("risk", "placement")


def texts() -> Iterator[tuple[str, str]]:
    """Yield every text file of the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if name == HERE or not path.is_file() or path.stat().st_size > 1_000_000:
            continue
        try:
            yield name, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_r40_the_repository_holds_no_question_of_an_instrument() -> None:
    found = {
        name: match.group(0)
        for name, text in texts()
        for pattern in (QUESTION, PREGUNTA)
        if (match := pattern.search(text))
    }
    assert found == {}


@pytest.mark.parametrize(
    "made_up",
    [
        "Has he ever hidden a weapon in the shed?",
        "Do you believe she would beat a dog?",
        "Is your partner jealous of the cat?",
    ],
)
def test_the_look_for_questions_finds_their_shape(made_up: str) -> None:
    assert QUESTION.search(made_up)


def test_r40_a_result_is_these_facts_and_no_answer_to_a_question() -> None:
    assert {field.name for field in dataclasses.fields(RiskResult)} == {
        "instrument",
        "version",
        "assessed_on",
        "role",
        "trained",
        "obtained_by",
        "basis",
        "band",
        "score",
        "high_danger",
    }


def test_r40_the_schema_has_no_column_for_an_answer_or_an_item() -> None:
    wanted = {
        "id",
        "network_id",
        "program_compartment_id",
        "from_compartment_id",
        "referral_id",
        "participant_id",
        "result_sealed",
        "given_at",
        "ask_again_at",
    }
    assert {column.name for column in Base.metadata.tables["risk_information"].columns} == wanted
    instruments = {"lethality", "odara", "dvsi", "sara", "danger_assessment", "risk_answer"}
    for table in Base.metadata.sorted_tables:
        assert not any(word in table.name for word in instruments), table.name
        for column in table.columns:
            assert not re.search(r"item_?\d|answer_?\d|question_?\d", column.name), column


def risk_code() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "ccr").rglob("*.py")):
        if any(word in path.stem for word in RISK_MODULES):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def reckoned(tree: ast.AST) -> list[int]:
    """Return the lines where something is reckoned from scores, or a band becomes a number."""
    lines = []
    for node in ast.walk(tree):
        inside = [n for n in ast.walk(node) if isinstance(n, ast.Attribute) and n.attr == "score"]
        if isinstance(node, ast.BinOp | ast.AugAssign) and inside:
            lines.append(node.lineno)
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if (
                name in {"sum", "max", "min", "mean", "median", "fmean", "round", "sorted"}
                and inside
            ):
                lines.append(node.lineno)
            if name == "index" and "Band" in ast.dump(node.func):
                lines.append(node.lineno)
    return lines


def test_r42_no_code_reckons_a_score_of_its_own() -> None:
    seen = 0
    for name, tree in risk_code():
        seen += 1
        assert reckoned(tree) == [], name
        for node in ast.walk(tree):
            called = getattr(node, "name", getattr(node, "arg", "")) or ""
            assert not re.search(
                r"(combined|overall|total|average|mean|weighted|own)_(risk|score|band)", str(called)
            ), (name, called)
    assert seen >= 4


@pytest.mark.parametrize(
    "made_up",
    ["a.score + b.score", "sum(one.score for one in all)", "list(Band).index(one)", "x += a.score"],
)
def test_the_look_for_reckoning_finds_it(made_up: str) -> None:
    assert reckoned(ast.parse(made_up))
