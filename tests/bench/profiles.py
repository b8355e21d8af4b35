"""Profiles with a whole plant in their cache, made once from a kept hub, and copies of them to be used up."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from maintenance_desktop.domain import cache_filling, cache_layout, cache_rows
from maintenance_desktop.domain.cache_filling import CacheFilling, Line
from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.records import PRIORITIES
from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.services.records import RecordService
from maintenance_desktop.storage.profiles import Profile, create_profile
from tests.bench.hubs import KEPT, kept_hub
from tests.bench.plant import PLANNER

_BATCH: Final = 5_000
_DAY: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
_TITLES: Final = ("Leak at the seal", "Bearing hot", "Guard loose", "Belt slips", "Sensor dirty")


def kept_profile(n: int, seed: int = 1) -> Path:
    """The folder of a profile whose cache has the whole plant. It is made once: copy it before using it."""
    name = f"profile-{n}-{seed}"
    folder = KEPT / f"{name}-{_recipe()}"
    if not folder.exists():
        for old in KEPT.glob(f"{name}-*"):
            shutil.rmtree(old)
        hub = kept_hub(n, seed)
        unfinished = folder.with_name(f"unfinished-{os.getpid()}")
        create_profile(unfinished, _account(hub))
        profile = Profile(unfinished, _DAY)
        cache = profile.cache.path
        profile.close()
        cache.unlink()
        fill_file(hub, cache)
        unfinished.replace(folder)
    return folder


def profile_with(n: int, folder: Path, *, pending: int = 0, seed: int = 1) -> Path:
    """A copy of a kept profile, in which a planner made so many edits while offline."""
    shutil.copytree(kept_profile(n, seed), folder)
    profile = Profile(folder, _DAY)
    try:
        _edit(profile, pending)
    finally:
        profile.close()
    return folder


def hub_lines(hub: Path) -> Iterator[Line]:
    """All records of a kept hub in the order in which it gives them out."""
    with closing(sqlite3.connect(hub / "hub.db")) as file:
        for line in file.execute(
            "SELECT type, id, version, changed_at, changed_by, body FROM record WHERE deleted = 0"
            " ORDER BY rank, created_at DESC, id DESC"
        ):
            yield Line(*line)


def fill_file(hub: Path, path: Path) -> None:
    """A cache with all that a kept hub has."""
    with closing(sqlite3.connect(path)) as file:
        for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -65536"):
            file.execute(f"PRAGMA {pragma}")
        filling = CacheFilling(file)
        filling.begin()
        lines = hub_lines(hub)
        while batch := list(islice(lines, _BATCH)):
            filling.add(batch)
        filling.finish("a cursor")
        file.execute("INSERT OR REPLACE INTO meta VALUES ('complete', '1')")
        file.commit()


def _edit(profile: Profile, pending: int) -> None:
    """What a person does in days without a network: mostly new work and changed work, some hours."""
    pick = random.Random(1)
    records = RecordService(profile.account, profile.reader, profile.edits, lambda: _DAY, pick)
    count = profile.reader.count_work_orders(WorkOrderQuery())
    page, rows = max(1, pending // 20), list[str]()
    for _ in range(20):
        offset = pick.randrange(max(1, count - page))
        rows += [row.id for row in profile.reader.work_orders(WorkOrderQuery(), offset, page)]
    for number in range(pending):
        seen = profile.reader.record("work_order", rows[number % len(rows)])
        assert seen is not None
        if number % 4 == 0:
            records.create("work_order", {"title": pick.choice(_TITLES), "asset_id": seen.fields["asset_id"]})
        elif number % 4 == 1 and seen.fields["status"] in ("open", "in_progress", "on_hold"):
            records.create("labor", {"work_order_id": seen.id, "hours": 1})
        else:
            priority = PRIORITIES[(number + 1) % 4]
            records.update(seen, {"priority": priority, "title": f"{seen.fields['title']} ({number})"})


def _account(hub: Path) -> Account:
    with closing(sqlite3.connect(hub / "hub.db")) as file:
        ((body, person_id),) = file.execute(
            "SELECT body, id FROM record WHERE type = 'person' AND json_extract(body, '$.username') = ?",
            (PLANNER,),
        )
        ((instance,),) = file.execute("SELECT value FROM meta WHERE key = 'instance'")
    person = json.loads(body)
    url = "http://127.0.0.1:9"  # nobody answers there
    return Account(instance, person_id, person["name"], PLANNER, person["role"], url, "Plant")


def _recipe() -> str:
    """What a kept profile depends on, beside its hub."""
    digest = hashlib.sha256()
    for module in (cache_filling, cache_layout, cache_rows):
        digest.update(Path(module.__file__).read_bytes())
    return digest.hexdigest()[:12]
