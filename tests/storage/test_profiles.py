"""What a profile knows of its person."""

from __future__ import annotations

from datetime import UTC, datetime

from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.outcomes import Change
from maintenance_desktop.storage.profiles import Profile, create_profile

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
ADA = Account("instance", "ada-id", "Ada", "ada", "technician", "https://hub.plant.example")


def test_a_role_given_since_the_last_sign_in_counts_from_the_next_start(tmp_path):
    create_profile(tmp_path, ADA)
    before = Profile(tmp_path, NOW)
    assert before.account == ADA
    person = {"name": "Ada Lindqvist", "username": "ada", "role": "planner"}
    before.cache.put([Change("person", ADA.person_id, 2, person)])
    before.close()
    after = Profile(tmp_path, NOW)
    try:
        assert (after.account.name, after.account.role) == ("Ada Lindqvist", "planner")
        assert after.account.person_id == ADA.person_id
    finally:
        after.close()
