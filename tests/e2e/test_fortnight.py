"""A stall's first fortnight, lived through browser and API on one clock; at its end all books agree."""

from pathlib import Path

import pytest

from tests.e2e import fortnight_after as after
from tests.e2e import fortnight_days as days
from tests.e2e import fortnight_screens as screens
from tests.e2e.conftest import Visit
from tests.e2e.fortnight_bytes import the_owners_saw_every_byte
from tests.e2e.fortnight_opening import opened
from tests.e2e.fortnight_sums import everything_agrees
from tests.e2e.fortnight_town import town

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]


def test_a_stalls_first_fortnight_agrees_to_the_gram_and_the_byte(tmp_path: Path, visit: Visit) -> None:
    with town(tmp_path) as place:
        story = opened(place)
        phone = screens.the_first_day(story, visit)
        screens.like_yesterday(story, phone)
        for day in range(2, 15):
            days.an_ordinary_night(story, day)
            if day == 9:
                screens.handed_over(story, phone)
        after.practice_is_over(story)
        screens.practice_ended(story, phone)
        after.a_line_nobody_answers(story)
        number = after.it_became_a_case(story)
        screens.cleared_at_the_desk(story, visit, number)
        after.it_is_free_again(story)
        after.the_last_morning(story)
        screens.the_owner_reads(story, phone)
        screens.the_old_receipt_is_red(story, visit)
        everything_agrees(story)
        the_owners_saw_every_byte(story)
