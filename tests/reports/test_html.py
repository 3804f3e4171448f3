"""The page shows what the run folder holds: the worst first, bounded, escaped, and with nothing from outside."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_guard.core.assessment import Verdict
from corpus_guard.reports.html import write_html
from corpus_guard.reports.page import Bar, bar, read_examples
from corpus_guard.runs import RunFolder
from tests.reports.folders import STANDARD, Page, facts, finding, judged, run_folder, source

GOLDEN = Path(__file__).parent / "golden" / "report.html"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd()",
    "{{ facts }}",
    "</style><b>",
    "a' onclick='b",
    "&lt;i&gt;",
]


def _small(path: Path) -> tuple[RunFolder, dict[str, Any]]:
    """A run with something of everything."""
    folder = run_folder(
        path,
        summary=[
            source("books", exact_duplicate_documents=20, kind="open_source"),
            source("crawl", "INCONCLUSIVE", unscanned_documents=12, uncovered_documents=30),
            source("forum", illegal_documents=20, illegal_rate=0.05, suspect_documents=3, exact_duplicate_documents=0),
            source("web", "FAIL", documents=123_456, illegal_documents=43_210, illegal_rate=0.35, exact_duplicate_documents=0),
        ],
        risks=[
            {"source": "forum", "risk": "A.4.e", "documents": 20, "rate": 0.05},
            {"source": "web", "risk": "A.1.f", "documents": 10, "rate": 0.000081},
            {"source": "web", "risk": "A.4.e", "documents": 43_200, "rate": 0.3499222},
        ],
        assessment=[
            *(judged(name, verdict) for name, verdict in (("books", "PASS"), ("crawl", "INCONCLUSIVE"), ("forum", "PASS"), ("web", "FAIL"))),
            judged("", "MANUAL", 1, because="data cannot answer it; evidence wanted: the log"),
            judged("", "FAIL", 2, because="9,000 distinct keywords, at least 10,000 asked for"),
        ],
        shards=[
            {"shard": "crawl/a.parquet", "format": "parquet", "rows": 0, "documents": 0, "unscanned_documents": 0, "state": "unscanned"},
            {"shard": "crawl/b.jsonl", "format": "jsonl", "rows": 412, "documents": 400, "unscanned_documents": 12, "state": "partly"},
            {"shard": "web/part-0.jsonl", "format": "jsonl", "rows": 123_456, "documents": 123_456, "unscanned_documents": 0, "state": "scanned"},
        ],
        errors=[
            {"shard": "crawl/a.parquet", "row": None, "byte_offset": None, "documents": None, "reason": "the file is cut off"},
            {"shard": "crawl/b.jsonl", "row": 1_207, "byte_offset": 90_210, "documents": 12, "reason": "no JSON"},
        ],
        findings=[
            finding("web", row=1_041), finding("web", "private-life-en", risk="A.4.e", grade="suspect", excerpt="a masked 1*********0"),
            finding("forum", "cn-mobile", entity="PHONE_NUMBER", risk="A.4.e", detector="personal_info"),
        ],
    )  # fmt: skip
    change = {"rule": "gore-zh", "change": "disabled", "reason": "medical corpus"}
    return folder, facts("FAIL", rule_changes=[change], sample=0.1, doubts={"crawl": {"unknown": 1, "unattributed": 4}})


def test_the_page_as_a_whole(tmp_path: Path, *, update_golden: bool) -> None:
    """A small run gives the page that was last read and found good (`pytest --update-golden` writes it anew)."""
    folder, known = _small(tmp_path)
    write_html(folder, known, [STANDARD])
    page = folder.file("report.html").read_text(encoding="utf-8")
    if update_golden:
        GOLDEN.write_text(page, encoding="utf-8", newline="")

    assert GOLDEN.read_text(encoding="utf-8") == page


def test_it_begins_with_what_a_pass_means(tmp_path: Path) -> None:
    """The first words say that a PASS is no statement of conformity, and of which rules and bytes it speaks."""
    page = Page(*_small(tmp_path))

    assert page.text.startswith(
        "PASS means that these rules (digest fedcba987654 , languages en, zh, measured recall: not measured) found no breach in these "
        "bytes (digest 0123456789ab ); it is not a statement of conformity."
    )
    assert "它不是符合性声明" in page.text


@pytest.mark.parametrize(
    "words",
    [
        "corpus-guard 0.1.0", "2026-01-02", "keywords, exact_duplicates", "示例标准 Example standard", "superseded by example-2 自 on 2025-11-01",
        "Known from secondary copies.", "gore-zh disabled medical corpus", "10 %, 种子 seed 7", "✕ FAIL 不通过", "1,600", "2,560,000", "1.3 MB/s", "12 + ?",
    ],
)  # fmt: skip
def test_what_was_done_is_said(tmp_path: Path, words: str) -> None:
    """Version, date, detectors, standards, changed rules, sample, verdict and counts stand at the head."""
    assert words in Page(*_small(tmp_path)).text.partition("来源 Sources 来源 source")[0]


def test_a_census_is_no_sample(tmp_path: Path) -> None:
    """Nothing is said of a sample when everything was read, nor of rules when none was changed."""
    page = Page(run_folder(tmp_path), facts())

    assert "Sample" not in page.text
    assert "Rules switched off" not in page.text


def test_sources_worst_first(tmp_path: Path) -> None:
    """FAIL before INCONCLUSIVE before PASS, then by name; the verdict is a word beside its colour."""
    rows = Page(*_small(tmp_path)).rows["sources"][1:]

    expected = [
        ("web", "✕ FAIL 不通过"),
        ("crawl", "? INCONCLUSIVE 无法判定"),
        ("books", "✓ PASS 通过"),
        ("forum", "✓ PASS 通过"),
    ]
    assert expected == [(row[0], row[1]) for row in rows]


def test_what_no_detector_counted_is_not_0(tmp_path: Path) -> None:
    """Empty columns show a dash, zeros show a zero, also where nothing was scanned at all."""
    counted = source(
        "a", illegal_documents=None, illegal_rate=None, suspect_documents=None, exact_duplicate_documents=0
    )
    page = Page(run_folder(tmp_path, summary=[counted]), facts())
    (
        _,
        _,
        _,
        documents,
        illegal,
        share,
        drawing,
        suspect,
        personal,
        sensitive,
        ip,
        copies,
        near,
        uncovered,
        unscanned,
    ) = page.rows["sources"][1]

    assert ("400", "0", "0", "0") == (documents, copies, uncovered, unscanned)
    assert ["–"] * 7 == [illegal, share, suspect, personal, sensitive, ip, near]
    assert not drawing
    assert "svg" not in [tag for tag, _ in page.tags]


def test_a_size_nobody_knows_is_said(tmp_path: Path) -> None:
    """A shard that was not read to its end, and what was lost of shared shards, stand beside the unscanned."""
    rows = {row[0]: row[-1] for row in Page(*_small(tmp_path)).rows["sources"]}

    assert "12 + ? ≤ +4" == rows["crawl"]
    assert "0" == rows["web"]


@pytest.mark.parametrize(
    ("expected", "share", "limit"),
    [
        (Bar(0.0, 0.5, over=False), "0", 0.05), (Bar(0.5, 0.5, over=False), "0.05", 0.05), (Bar(1.0, 0.5, over=True), "0.35", 0.05),
        (Bar(0.25, 0.5, over=False), "0.01", 0.02), (Bar(0.35, None, over=False), "0.35", None), (None, "", 0.05),
    ],
)  # fmt: skip
def test_bars_stand_against_the_limit(expected: Bar | None, share: str, limit: float | None) -> None:
    """The limit is the middle of the bar; what is beyond twice the limit goes on; without a rate there is no bar."""
    assert expected == bar(share, limit)


def test_exactly_the_limit_is_not_high(tmp_path: Path) -> None:
    """Only a rate over the limit is drawn as too high."""
    source = Page(*_small(tmp_path)).source.partition('id="risk-chart"')[0]

    assert {"track": 4, "high": 1, "low": 1} == Counter(re.findall(r'<rect class="(\w+)"', source))


@pytest.mark.parametrize(("limit", "shown"), [(0.02, "2 %"), (0.001, "0.1 %"), (None, "")])
def test_the_limit_is_the_standards(tmp_path: Path, limit: float | None, shown: str) -> None:
    """The line stands where the standard draws it; where it draws none there is none."""
    standard = replace(STANDARD, requirements=(replace(STANDARD.requirements[0], fail_above=limit),))
    page = Page(run_folder(tmp_path, summary=[source("a", illegal_rate=0.01)]), facts(), [standard])

    assert f"限值 {shown}".strip() + " to the limit" == page.rows["sources"][0][6]
    assert (limit is not None) == any(tag == "line" for tag, _ in page.tags)


def test_risks_have_their_names(tmp_path: Path) -> None:
    """Risks stand under their source, the worst source and the most frequent risk first, named in both languages."""
    page = Page(*_small(tmp_path))
    rows = page.rows["risks"]

    assert ["web"] == rows[1]
    assert ["A.4.e", "侵害他人隐私权 privacy right", "43,200", "34.99 %"] == rows[2]
    assert ["A.1.f", "0.0081 %", "forum"] == [rows[3][0], rows[3][3], rows[4][0]]
    assert ["43,220", "10"] == [row[2] for row in reversed(page.rows["risk-chart"][1:])]


def test_what_was_not_scanned(tmp_path: Path) -> None:
    """Every fault stands under its shard with its place, and a number nobody knows is not 0."""
    rows = Page(*_small(tmp_path)).rows["unscanned"]

    assert ["crawl/a.parquet parquet · 未读取 unscanned · 0 篇已扫描 documents scanned"] == rows[1]
    assert ["–", "–", "未知 unknown", "the file is cut off"] == rows[2]
    assert ["1,207", "90,210", "12", "no JSON"] == rows[4]


def test_requirements_of_one_clause_are_told_apart(tmp_path: Path) -> None:
    """Two requirements under one clause id have their own titles, evidence and verdicts."""
    page = Page(*_small(tmp_path))

    assert "5.1 来源核验 Verify a source" in page.text
    assert "5.1 来源记录 Records of a source" in page.text
    assert "未核实 unverified 数据本身无法回答 data cannot answer it 所需证据 Evidence wanted the log" in page.text
    assert 3 == sum(tag == "article" for tag, _ in page.tags)


def test_rows_that_no_standard_explains_are_shown(tmp_path: Path) -> None:
    """A clause the standard does not hold any more keeps its verdict, reason and evidence."""
    strange = judged("", "MANUAL") | {
        "clause": "7.7",
        "reason": "of an earlier version",
        "evidence": "a letter; a stamp",
    }
    page = Page(run_folder(tmp_path, assessment=[strange, judged("", "FAIL", 2)]), facts())

    assert "7.7 – 据二手资料 secondary of an earlier version 所需证据 Evidence wanted a letter a stamp" in page.text
    assert "8.1 词库总量 Size of the library" in page.text


@pytest.mark.parametrize(("passing", "failing", "shown"), [(4, 2, 6), (20, 3, 3), (0, 60, 50), (30, 0, 0)])
def test_a_clause_over_many_sources_is_counts(tmp_path: Path, passing: int, failing: int, shown: int) -> None:
    """Few rows are all listed; of many only what needs a look, at most 50; counts are always whole."""
    verdicts: list[Verdict] = [*["PASS"] * passing, *["FAIL"] * failing]
    rows = [judged(f"s{number:03}", verdict) for number, verdict in enumerate(verdicts)]
    page = Page(run_folder(tmp_path, assessment=rows), facts())

    assert shown == len(page.rows.get("assessment", []))
    assert all("未超过限值。 within the limit." == row[2] for row in page.rows.get("assessment", []))
    assert not failing or f"✕ FAIL 不通过 {failing}" in page.text
    assert not passing or f"✓ PASS 通过 {passing}" in page.text


@pytest.mark.parametrize("text", HOSTILE)
def test_data_is_text(tmp_path: Path, text: str) -> None:
    """Whatever a name, a reason, a rule or an excerpt holds is shown as it is and never becomes part of the page."""
    plain = Page(*_small(tmp_path))
    rows = {"shard": text, "row": 1, "documents": 1, "reason": text}
    folder = run_folder(
        tmp_path,
        summary=[source(text, "FAIL", kind=text)],
        risks=[{"source": text, "risk": text, "documents": 1, "rate": 0.1}],
        assessment=[judged(text, "FAIL"), judged("", "MANUAL", 1, because=text)],
        shards=[{"shard": text, "format": text, "documents": 1, "state": "partly"}],
        errors=[rows],
        findings=[finding(text, text, shard=text, field=text, risk=text, entity=text, grade=text, excerpt=text)],
        overlap=[{"kind": text, "source": text, "other": text, "documents": 1, "share": 1}],
        groups=[{"kind": text, "group": text, "documents": 2, "sources": 1, "source": text, "shard": text, "row": 1, "excerpt": text}],
    )  # fmt: skip
    change = {"rule": text, "change": text, "reason": text}
    page = Page(folder, facts("FAIL", inputs=[text], stage=text, rule_changes=[change], languages=[text]))

    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in plain.tags}
    assert {name for _, attributes in page.tags for name in attributes} <= {
        name for _, attributes in plain.tags for name in attributes
    } | {"open"}
    assert text == page.rows["sources"][1][0]
    assert [text] == page.rows["risks"][1]
    assert text == page.rows["unscanned"][2][3]
    assert text == page.rows["examples"][1][3]
    assert page.text.count(text) >= 15


def test_nothing_comes_from_outside(tmp_path: Path) -> None:
    """No script, no address, no font: links lead within the page, and the browser is told to load nothing."""
    page = Page(*_small(tmp_path))
    loads = [
        value
        for _, attributes in page.tags
        for name, value in attributes.items()
        if name in ("src", "href", "srcset", "action", "data")
    ]
    ids = {f"#{attributes['id']}" for _, attributes in page.tags if "id" in attributes}

    assert loads
    assert set(loads) <= ids
    assert not re.search(r"https?://|url\(|@import|<script|<link|javascript:", page.source)
    policies = [attributes["content"] for tag, attributes in page.tags if tag == "meta" and "http-equiv" in attributes]
    assert ["default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"] == policies


def test_many_sources_are_cut(tmp_path: Path) -> None:
    """Of 620 sources the worst 500 are shown, and the page says how many are not."""
    rows = [source(f"s{number:03}", "FAIL" if number > 600 else "PASS") for number in range(620)]
    page = Page(run_folder(tmp_path, summary=rows), facts("FAIL"))

    assert 500 == len(page.rows["sources"]) - 1
    assert ["s601", "s602"] == [row[0] for row in page.rows["sources"][1:3]]
    assert "120 more sources are left out here; summary.csv has all." in page.text
    assert "✕ FAIL 不通过 19 ✓ PASS 通过 601" in page.text


def test_many_risks_are_cut(tmp_path: Path) -> None:
    """A thousand rows of risks are enough; the rest is counted."""
    sources = [f"s{number:03}" for number in range(501)]
    risks = [
        {"source": name, "risk": risk, "documents": 1, "rate": 0.1}
        for name in sources
        for risk in ("A.1.f", "A.4.e", "A.9.z")
    ]
    page = Page(run_folder(tmp_path, summary=list(map(source, sources)), risks=risks), facts())

    assert 1_000 == sum(len(row) == 4 for row in page.rows["risks"][1:])
    assert "and 500 more rows of these sources in risks.csv" in page.text


def test_many_errors_are_cut(tmp_path: Path) -> None:
    """The first 200 faults are shown, the others counted; shards without a row of their own are named up to a limit."""
    errors = [
        {"shard": f"e{number // 100}", "row": number, "documents": 1, "reason": "no JSON"} for number in range(305)
    ]
    shards = [{"shard": f"e{number}", "format": "jsonl", "documents": 9, "state": "partly"} for number in range(250)]
    page = Page(run_folder(tmp_path, errors=errors, shards=shards), facts())

    assert 200 == sum(len(row) == 4 for row in page.rows["unscanned"][1:])
    assert "and 105 more in errors.csv" in page.text
    assert "Shards not fully scanned : 250" in page.text
    assert "and 50 more shards in shards.csv" in page.text


def test_examples_are_few(tmp_path: Path) -> None:
    """Three findings of a rule and thirty of a source, the first of the file, under the source they are of."""
    findings = [finding("web", f"rule-{number % 15}", row=number) for number in range(150)] + [
        finding("forum", row=number) for number in range(5)
    ]
    page = Page(
        run_folder(tmp_path, summary=[source("forum"), source("web", "FAIL")], findings=findings), facts("FAIL")
    )
    rows = [row for row in page.rows["examples"] if row[5] != "行 row"]

    assert [str(number) for number in [*range(30), *range(3)]] == [row[5] for row in rows]
    assert ["违规 violation", "A.1.f", "gore-zh", "一段示例摘录", "forum/part-0.jsonl", "0", "text", "12–18"] == rows[
        30
    ]
    assert "web 30 / 150 处 findings" in page.text
    assert "forum 3 / 5 处 findings" in page.text


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 12)), max_size=120), st.integers(1, 7))
def test_examples_do_not_depend_on_batches(pairs: list[tuple[str, int]], batch_rows: int) -> None:
    """However the file is cut into batches, the same findings are chosen: the first ones."""
    chosen: dict[str, list[int]] = {"b": [], "a": []}
    of_rule: Counter[tuple[str, int]] = Counter()
    for number, pair in enumerate(pairs):
        of_rule[pair] += 1
        if of_rule[pair] <= 3 and len(chosen[pair[0]]) < 30:
            chosen[pair[0]].append(number)
    with TemporaryDirectory() as path:
        folder = run_folder(
            Path(path), findings=[finding(name, f"r{rule}", row=number) for number, (name, rule) in enumerate(pairs)]
        )
        groups = read_examples(folder.file("findings.parquet"), ["b", "a", "c"], batch_rows=batch_rows)

    assert {name: rows for name, rows in chosen.items() if rows} == {
        group.name: [row["row"] for row in group.rows] for group in groups
    }
    assert [pair[0] for pair in pairs].count("a") == sum(group.total for group in groups if group.name == "a")


def test_unmasked_excerpts_are_marked(tmp_path: Path) -> None:
    """A page with unmasked excerpts warns, any other says that they are masked."""
    folder = run_folder(tmp_path)

    assert "Excerpts are masked." in Page(folder, facts()).text
    unmasked = Page(folder, facts(unmasked=True)).text
    assert "Excerpts are NOT masked" in unmasked
    assert "Excerpts are masked." not in unmasked


def test_an_empty_run_has_a_page(tmp_path: Path) -> None:
    """A run without any source says so in every part and takes no time to speak of."""
    page = Page(run_folder(tmp_path), facts("INCONCLUSIVE", seconds=0.0, bytes=0))

    for words in (
        "There is no source.",
        "No violation was found.",
        "Every shard was fully scanned.",
        "There is no finding.",
        "速度 Speed –",
    ):
        assert words in page.text
