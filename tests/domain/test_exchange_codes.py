from __future__ import annotations

from ccr.domain.exchange_codes import BUSINESS_STATUSES, CODES, TASK_STATUSES, codes_of
from ccr.domain.projection_table import AFTER_ACCEPTANCE, TABLE, Viewer
from ccr.domain.referral_views import Status


def test_whatever_a_viewer_reads_has_its_codes():
    assert set(CODES) == set(Status)
    assert {codes.task_status for codes in CODES.values()} == TASK_STATUSES
    assert {codes.business_status for codes in CODES.values()} <= {*BUSINESS_STATUSES, None}


def test_the_codes_of_an_end_tell_no_more_than_the_page():
    """Without a release there are two things to read after acceptance, and so two codes."""
    row = next(
        row
        for row in TABLE
        if row.viewer is Viewer.SENDER and row.standings == AFTER_ACCEPTANCE and not row.release
    )
    assert row.shows is not None
    assert codes_of(row.shows.status) == codes_of(Status.ACCEPTED)
    assert codes_of(Status.NOT_SHARED) == codes_of(Status.CLOSED)


def test_reasons_that_are_said_as_one_have_one_code():
    declines = {Status.CANNOT_TAKE, Status.NO_ROOM, Status.OUTSIDE_AREA, Status.DECLINED}
    assert len({codes_of(status) for status in declines}) == 1
