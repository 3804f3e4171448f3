"""Nights: whatever becomes of the corpus, each equals a fresh scan of all of it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus_guard.audit.nightly import RESTLESS, Audit
from corpus_guard.errors import UsageError
from tests.audit.simulated import simulate
from tests.audit.small import differing, documents, full_scan, night, place, rule, shard
from tests.conftest import Done
from tests.corpora import json_lines, rows, started


def test_every_night_equals_a_fresh_scan(tmp_path: Path) -> None:
    """Ten nights of adds, edits, deletes, renames, copies, faults, changed rules, kills and interruptions."""
    assert [] == simulate(tmp_path, nights=10, seed=7)


def test_the_command_line_writes_dated_runs(tmp_path: Path, command_line: Callable[..., Done]) -> None:
    """The second night of a day has a number; the code is that of the verdict."""
    pipeline = place(tmp_path)
    shard(tmp_path / "data" / "web" / "a.jsonl", 1)
    first, second = command_line("audit", pipeline), command_line("audit", pipeline, "--json")
    assert (3, 3) == (first.code, second.code), first.err
    assert str(tmp_path / "nights" / "2026-01-31-2") == json.loads(second.out)["run"]
    assert {"2026-01-31", "2026-01-31-2", "history.csv", "history.parquet", "_state"} == {
        entry.name for entry in (tmp_path / "nights").iterdir()
    }


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """A pipeline after its first night."""
    pipeline = place(tmp_path)
    shard(tmp_path / "data" / "web" / "a.jsonl", 1)
    shard(tmp_path / "data" / "web" / "b.jsonl", 2)
    assert night(pipeline).facts["counters"]["scanned"] == dict.fromkeys(
        ("words", "marks", "licensing", "exact_duplicates", "near_duplicates"), 4
    )
    return pipeline


def scanned(held: Audit) -> dict[str, int]:
    """Return how many splits each detector was asked about."""
    found: dict[str, int] = held.facts["counters"]["scanned"]
    return found


def test_nothing_is_scanned_when_nothing_changed(begun: Path, tmp_path: Path) -> None:
    """Nor when only the day did, on which ages depend; what the scan of that day says is said."""
    held = night(begun, as_of="2027-01-31")
    assert {} == scanned(held)
    assert held.run is not None
    begun.write_text(begun.read_text().replace("2026-01-31", "2027-01-31"))
    assert [] == differing(held.run.path, full_scan(begun, tmp_path / "full"))
    assert "2027-01-31" in held.run.path.name


def test_only_the_detector_whose_rules_changed_is_asked(begun: Path, tmp_path: Path) -> None:
    """Also when a rule of its is gone, and when a detector is taken out or put in."""
    rules = tmp_path / "rules" / "words.toml"
    rules.write_text(rule("words", "a-new-name", ["fine", "things"]))
    assert {"words"} == set(scanned(night(begun)))
    rules.write_text(rules.read_text().replace("fine', 'good'", "fine', 'better'") + "updated = '2026-01-30'\n")
    rules.rename(tmp_path / "rules" / "terms.toml")
    assert {} == scanned(night(begun)), "what a rule finds does not depend on its examples, its age or its file"
    begun.write_text(begun.read_text().replace("'marks.py', ", ""))
    (tmp_path / "rules" / "marks.toml").unlink()
    held = night(begun)
    assert held.run is not None
    assert {} == scanned(held)
    assert [] == differing(held.run.path, full_scan(begun, tmp_path / "full"))


def test_who_was_asked_and_who_was_not_is_said(begun: Path, tmp_path: Path, command_line: Callable[..., Done]) -> None:
    """On the terminal, in audit.json and on the page."""
    (tmp_path / "rules" / "words.toml").write_text(rule("words", "a-new-name", ["fine", "things"]))
    done = command_line("audit", begun)
    (facts,) = [json.loads(path.read_text("utf-8")) for path in (tmp_path / "nights").glob("*-2/audit.json")]
    others = ("marks", "licensing", "exact_duplicates", "near_duplicates")

    assert "0 of 4 splits as before; asked: words 4" in done.err
    assert f"not asked, for nothing of theirs changed: {', '.join(sorted(others))}" in " ".join(done.err.split())
    assert ({"words": 4}, dict.fromkeys(others, 4)) == (facts["counters"]["scanned"], facts["counters"]["kept"])
    page = (tmp_path / "nights" / "2026-01-31-2" / "report.html").read_text("utf-8")
    for name, asked, kept in (("words", 4, 0), ("marks", 0, 4)):
        assert f'<th scope="row" class="name">{name}</th><td>{asked}</td><td>{kept}</td>' in page


def test_a_moved_shard_is_not_scanned(begun: Path, tmp_path: Path) -> None:
    """Its findings bear its new name."""
    (tmp_path / "data" / "web" / "a.jsonl").rename(tmp_path / "data" / "web" / "z.jsonl")
    held = night(begun)
    assert ([["web/a.jsonl", "web/z.jsonl"]], {}) == (
        [list(pair) for pair in held.facts["changes"]["moved"]],
        scanned(held),
    )
    assert held.run is not None
    assert [] == differing(held.run.path, full_scan(begun, tmp_path / "full"))


def test_a_change_without_a_trace_is_found_in_its_turn(begun: Path, tmp_path: Path) -> None:
    """Size and time may lie; the share that is read again every night finds it."""
    state = tmp_path / "nights" / "_state"
    path = tmp_path / "data" / "web" / "a.jsonl"
    path.write_bytes(path.read_bytes().replace(b"well", b"mark"))
    status = path.stat()
    known = json.loads((state / "shards.json").read_text())
    known["shards"]["web/a.jsonl"]["signature"] = [
        status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev,
    ]  # fmt: skip
    for entry in known["shards"].values():
        entry["unsettled"] = False
    (state / "shards.json").write_text(json.dumps(known))
    begun.write_text(begun.read_text().replace("[audit]", "[audit]\nverify_nights = 2"))
    surprised = [night(begun).facts["changes"]["surprised"] for _ in range(2)]
    assert [["web/a.jsonl"]] == [found for found in surprised if found]


def test_damaged_results_are_made_again(begun: Path, tmp_path: Path) -> None:
    """One that is shorter at once, one whose bytes changed when it is looked through; the run is right all the same."""
    units = tmp_path / "nights" / "_state" / "audit-units"
    kept = sorted(units.rglob("*.findings.arrow"))
    kept[0].write_bytes(b"")
    kept[1].with_name(kept[1].name.replace("findings.arrow", "mark.json")).write_text("{")
    shard(tmp_path / "data" / "web" / "c.jsonl", 3)
    held = night(begun)
    assert held.run is not None
    assert 2 == held.facts["counters"]["damaged"]
    assert [] == differing(held.run.path, full_scan(begun, tmp_path / "full"))


def test_what_breaks_off_is_tried_again_each_night(tmp_path: Path) -> None:
    """A shard that could not be read to its end may be whole tomorrow, and its digest need not change for that."""
    pipeline = place(tmp_path)
    json_lines(tmp_path / "data" / "web" / "a.jsonl.gz", documents(1))
    whole = (tmp_path / "data" / "web" / "a.jsonl.gz").read_bytes()
    (tmp_path / "data" / "web" / "a.jsonl.gz").write_bytes(whole[:-20])
    assert ([1, 1], 3) == ([scanned(night(pipeline))["words"] for _ in range(2)], night(pipeline).exit_code)


def test_a_shard_that_changes_while_it_is_read_is_unscanned(tmp_path: Path) -> None:
    """It is read once more; when it has changed again, its documents are counted as not read, and nothing of it is kept."""
    pipeline = place(tmp_path)
    path = shard(tmp_path / "data" / "web" / "a.jsonl", 1)
    shard(tmp_path / "data" / "web" / "b.jsonl", 2)

    def meddle(done: int, splits: int) -> None:
        path.write_bytes(path.read_bytes() + b'{"text": "more"}\n')

    held = night(pipeline, progress=meddle)
    assert held.run is not None
    assert [RESTLESS] == [row["reason"] for row in rows(held.run.path, "errors.csv")]
    assert held.facts["counters"]["restless"] >= 2
    again = night(pipeline)
    assert again.run is not None
    assert [] == differing(again.run.path, full_scan(pipeline, tmp_path / "full"))


def test_a_shard_that_changes_once_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    """And is judged as it then is."""
    pipeline = place(tmp_path)
    path = shard(tmp_path / "data" / "web" / "a.jsonl", 1)
    times = []

    def meddle(done: int, splits: int) -> None:
        times.append(done)
        if len(times) == 1:
            path.write_bytes(path.read_bytes() + b'{"text": "more"}\n')

    held = night(pipeline, progress=meddle)
    assert held.run is not None
    assert [] == differing(held.run.path, full_scan(pipeline, tmp_path / "full"))


def test_the_clock_may_go_back(begun: Path, tmp_path: Path) -> None:
    """The run bears the day that it is; the order is that of the numbers, and a note says so."""
    held = night(begun, as_of="2025-12-31")
    assert held.run is not None
    assert ("2025-12-31", 2) == (held.run.path.name, held.facts["number"])
    assert "the clock went back" in held.facts["notes"][0]
    assert "2025-12-31" == night(begun).facts["previous"]


def test_a_lost_run_folder_is_put_together_again(begun: Path, tmp_path: Path) -> None:
    """Nothing has changed, but there is no run to take over: kept results make it."""
    (tmp_path / "nights" / "2026-01-31" / "findings.parquet").unlink()
    held = night(begun)
    assert held.run is not None
    assert {} == scanned(held)
    assert [] == differing(held.run.path, full_scan(begun, tmp_path / "full"))


def test_the_time_may_be_up(tmp_path: Path) -> None:
    """What was scanned is kept; the next night goes on, and says what is new since the last complete one."""
    pipeline = place(tmp_path)
    for number in range(6):
        shard(tmp_path / "data" / "web" / f"{number}.jsonl", number)
    held = night(pipeline, max_hours=1e-9)
    assert (None, 3, True) == (held.run, held.exit_code, held.facts["out_of_time"])
    assert [] == list((tmp_path / "nights").glob("2026*"))
    again = night(pipeline)
    assert 1 <= again.facts["counters"]["reused"]
    assert 6 == again.facts["shards"]["new"]


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ("", '"out" is missing'),
        ("out = 'x'\nverify_nights = 0", "expected at least 1"),
        ("out = 'x'\nalpha = 1.0", "expected a share"),
        ("out = 'x'\n[[audit.webhook]]\nshape = 'json'", "no http or https address"),
        ("out = 'x'\n[[audit.webhook]]\nurl = 'http://x'\nshape = 'pigeon'", "expected one of json"),
        ("out = 'x'\n[audit.email]\nhost = 'x'", '"sender" is missing'),
        ("out = 'x'\n[audit.email]\nhost = 'x'\nsender = 'a'\nto = ['b']\npassword_env = 'NO_SUCH'", "NO_SUCH"),
    ],
)
def test_broken_settings_are_complained_of(
    tmp_path: Path, command_line: Callable[..., Done], keys: str, complaint: str
) -> None:
    """With what was expected, and code 2."""
    path = tmp_path / "pipeline.toml"
    path.write_text(f"[input]\npaths = ['.']\n[audit]\n{keys}\n")
    done = command_line("audit", path)
    assert 2 == done.code
    assert complaint in done.err


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (
            "[scan]\nindex = 'file/index'\n[audit]\nout = 'nights'",
            r"the index .* cannot be written \(not a directory\)",
        ),
        ("[audit]\nout = 'file/nights'\nstate = 'state'", r"no run can be written to .* \(not a directory\); .*out"),
        ("[audit]\nout = 'nights'\nstate = 'file/state'", r"the state folder .* cannot be written \(not a directory\)"),
    ],
)
def test_places_that_cannot_be_written_are_wrong_usage(tmp_path: Path, key: str, said: str) -> None:
    """Said before anything is scanned, with what to do."""
    (tmp_path / "file").touch()
    json_lines(tmp_path / "data" / "a.jsonl", [{"text": "fine"}])
    (tmp_path / "pipeline.toml").write_text(f"[input]\npaths = ['data']\n{key}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        night(tmp_path / "pipeline.toml")


def test_a_fault_of_the_machine_says_how_an_audit_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command_line: Callable[..., Done]
) -> None:
    """An audit has nothing to resume: the next one takes over what was done."""
    pipeline = place(tmp_path)
    shard(tmp_path / "data" / "a.jsonl", 1)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("corpus_guard.assembling.write_parquet", full)
    done = command_line("audit", pipeline)

    assert 70 == done.code
    assert "No space left on device" in done.err
    assert done.err.endswith("; what was scanned is kept, and the next audit goes on from there\n")


def test_a_pipeline_without_paths_is_wrong_usage(tmp_path: Path) -> None:
    """There is nothing to audit."""
    path = tmp_path / "pipeline.toml"
    path.write_text("[audit]\nout = 'x'\n")
    with pytest.raises(UsageError, match="paths"):
        night(path)


def test_a_killed_audit_costs_nothing_but_its_time(tmp_path: Path) -> None:
    """Whenever it is killed: the next night takes over what was done, and equals a fresh scan."""
    pipeline = place(tmp_path)
    for number in range(30):
        shard(tmp_path / "data" / "web" / f"{number:02d}.jsonl", number, 20)
    marks = tmp_path / "nights" / "_state" / "audit-units"
    for least in (5, 40):
        process = started("audit", pipeline, "--quiet")
        while process.poll() is None and len(list(marks.rglob("*.mark.json"))) < least:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    held = night(pipeline)
    assert held.run is not None
    assert 40 <= held.facts["counters"]["reused"]
    assert [] == differing(held.run.path, full_scan(pipeline, tmp_path / "full"))
    assert {"_state", "2026-01-31", "history.csv", "history.parquet"} == {
        entry.name for entry in (tmp_path / "nights").iterdir()
    }


def test_what_masks_the_excerpts_of_others_is_asked_along_with_them(tmp_path: Path) -> None:
    """Else the second night would show an address that the first one hid."""
    pipeline = place(tmp_path)
    pipeline.write_text(pipeline.read_text().replace("'marks.py'", "'personal_info'"))
    (tmp_path / "rules" / "marks.toml").unlink()
    shard(tmp_path / "data" / "web" / "a.jsonl", 1)
    line = json.dumps({"text": "寄到浙江省杭州市西湖区文三路90号东部软件园1号楼203室 bad things"}, ensure_ascii=False)
    (tmp_path / "data" / "web" / "b.jsonl").write_text(line + "\n")
    night(pipeline)
    (tmp_path / "rules" / "words.toml").write_text(rule("words", "another", ["bad", "things"]))
    held = night(pipeline)
    assert held.run is not None
    assert [] == differing(held.run.path, full_scan(pipeline, tmp_path / "full"))
    assert {"words", "personal_info"} == set(scanned(held))
