"""The checkers find what is wrong: each is shown evidence with one thing wrong in it, and quiet without."""

from dataclasses import replace

import pytest

from tests.chaos.checkers import findings
from tests.chaos.evidence import Evidence, Told
from tests.chaos.ledger import CONTACT, SEND, Accepted

FIRST, SECOND = Told("e1", CONTACT, "a", 1), Told("e2", CONTACT, "a", 2)
MAIL = Told("e3", SEND, "m", 1)
SOUND = Evidence(
    accepted=[Accepted(CONTACT, "a", 1), Accepted(CONTACT, "a", 2), Accepted(SEND, "m", 1)],
    published=[FIRST, FIRST, SECOND, MAIL],  # twice is the relay's right
    followed=[FIRST, SECOND, MAIL],
    owned={CONTACT: {"a": 2}},
    copies={"crm's contacts": ({"a": (2, "Ana")}, {"a": (2, "Ana")})},
    mails=(["m"], ["m"]),
)


def test_sound_evidence_raises_no_finding() -> None:
    assert not any(findings(SOUND).values())


@pytest.mark.parametrize(
    ("wrong", "evidence"),
    [
        ("lost", replace(SOUND, accepted=[*SOUND.accepted, Accepted(CONTACT, "b", 1)])),
        ("lost", replace(SOUND, published=[FIRST, MAIL], followed=[FIRST, MAIL])),
        ("lost", replace(SOUND, followed=[FIRST, MAIL])),
        ("ghosts", replace(SOUND, owned={CONTACT: {"a": 1}})),
        ("ghosts", replace(SOUND, owned={CONTACT: {}})),
        ("ghosts", replace(SOUND, published=[*SOUND.published, replace(FIRST, event_id="other")])),
        ("ghosts", replace(SOUND, mails=([], ["m"]))),
        ("duplicate effects", replace(SOUND, followed=[FIRST, FIRST, SECOND, MAIL])),
        ("duplicate effects", replace(SOUND, mails=(["m"], ["m", "m"]))),
        ("order regressions", replace(SOUND, followed=[SECOND, FIRST, MAIL])),
        ("stuck", replace(SOUND, waiting={"crm: outbox": 1})),
        ("stuck", replace(SOUND, mails=(["m"], []))),
        ("copies unequal", replace(SOUND, copies={"crm's contacts": ({"a": (1, "Ana")}, {"a": (2, "Ana")})})),
        ("copies unequal", replace(SOUND, copies={"crm's contacts": ({}, {"a": (2, "Ana")})})),
        ("copies unequal", replace(SOUND, copies={"crm's contacts": ({"a": (2, "Ana")}, {})})),
    ],
)
def test_what_is_wrong_is_found(wrong: str, evidence: Evidence) -> None:
    assert findings(evidence)[wrong]
