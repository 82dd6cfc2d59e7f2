"""Every case of docs/routing-cases.md, in the order of the page."""

from __future__ import annotations

from tests.golden import partners, survivors
from tests.golden.county import Case

CASES: tuple[Case, ...] = (*survivors.CASES, *partners.CASES)
