"""Notices in texts, licences of documents, and what the policy says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.catalog.licences import licence_options
from corpus_guard.catalog.places import shipped_rules
from corpus_guard.core.batch import Batch
from corpus_guard.core.finding import document_of
from corpus_guard.core.rule import Grade, Rule
from corpus_guard.detectors.licensing import Licensing
from corpus_guard.errors import UsageError
from tests.detectors.passes import Pass, rules_of, setting

RULES = rules_of("licensing")
LICENCES = licence_options(shipped_rules() / "licensing")
PASS = Pass(Licensing(setting(RULES)))
BY_ID = {rule.id: rule for rule in RULES}
NOTICES = [rule for rule in RULES if rule.entity != "LICENCE_POLICY"]


def with_licences(values: Sequence[str | None]) -> Batch:
    """Return documents whose licence column holds *values*."""
    batch = Batch.of_texts(["text"] * len(values))
    return replace(batch, columns={"licence": pa.array(values, pa.large_string())})


def licensing(**options: Any) -> Pass:
    """Return the detector with the shipped names and *options*."""
    return Pass(Licensing(setting(RULES, LICENCES | options)))


@pytest.mark.parametrize("rule", NOTICES, ids=lambda rule: rule.id)
def test_each_rule_behaves_on_its_own_examples(rule: Rule) -> None:
    """A rule finds something in each of its must_match examples and nothing in its must_not_match examples."""
    for text in rule.must_match:
        assert rule.id in [found for found, _ in PASS.found(text, RULES)], text
    for text in rule.must_not_match:
        assert rule.id not in [found for found, _ in PASS.found(text, RULES)], text


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("// SPDX-License-Identifier: MIT", "MIT"),
        ("/* SPDX-License-Identifier: GPL-2.0+ */", "GPL-2.0+"),
        ("SPDX-License-Identifier: Apache-2.0.", "Apache-2.0"),
        ("(SPDX-License-Identifier: MIT)", "MIT"),
        ('"SPDX-License-Identifier: CC-BY-4.0",', "CC-BY-4.0"),
        ("SPDX-License-Identifier: MIT OR Apache-2.0\nnext", "MIT OR Apache-2.0"),
        ("SPDX-License-Identifier: MIT and other words", "MIT"),
        (
            "SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0 -->",
            "GPL-2.0-only WITH Classpath-exception-2.0",
        ),
        (
            "SPDX-License-Identifier: (MIT AND (ISC OR Zlib)) OR LicenseRef-x.1 x",
            "(MIT AND (ISC OR Zlib)) OR LicenseRef-x.1",
        ),
        ("本文SPDX-License-Identifier: CC-BY-SA-4.0，转载", "CC-BY-SA-4.0"),
    ],
)
def test_the_identifier_of_a_tag_is_cut_right(text: str, tag: str) -> None:
    """The span of an SPDX tag ends where its expression ends."""
    assert ("spdx-tag", f"SPDX-License-Identifier: {tag}") in PASS.found(text, RULES)


@pytest.mark.parametrize(
    ("text", "entity", "span"),
    [
        ("版权声明：CC BY-NC-SA 4.0 国际", "CC_NOTICE", "CC BY-NC-SA 4.0 国际"),
        ("采用CC BY 4.0许可", "CC_NOTICE", "CC BY 4.0"),
        (
            "见 https://creativecommons.org/licenses/by-sa/3.0/cn/ 。",
            "CC_NOTICE",
            "https://creativecommons.org/licenses/by-sa/3.0/cn/",
        ),
        (
            "http://creativecommons.org/publicdomain/zero/1.0/",
            "CC_NOTICE",
            "http://creativecommons.org/publicdomain/zero/1.0/",
        ),
        (
            "Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International",
            "CC_NOTICE",
            "Creative Commons Attribution-NonCommercial-ShareAlike 4.0",
        ),
        ("未經授權，禁止轉載", "NO_REPRODUCTION_NOTICE", "未經授權，禁止轉載"),
        ("本站 ALL RIGHTS RESERVED.", "NO_REPRODUCTION_NOTICE", "ALL RIGHTS RESERVED"),
        ("©2005－2024 某网", "COPYRIGHT_NOTICE", "©2005－2024"),
        ("Copyright © 1999, 2001-2003 Example", "COPYRIGHT_NOTICE", "Copyright © 1999, 2001-2003"),
        ("&copy; 2020 x (c) 2004 Example", "COPYRIGHT_NOTICE", "(c) 2004"),
        ("版权所有", "COPYRIGHT_NOTICE", "版权所有"),
    ],
)
def test_notices_are_found_with_their_span(text: str, entity: str, span: str) -> None:
    """Names of licences are taken as far as they go; widths, scripts and cases do not matter."""
    assert (entity, span) in [(BY_ID[rule].entity, found) for rule, found in PASS.found(text, RULES)]


def test_notices_are_information() -> None:
    """A notice alone never weighs."""
    findings = PASS.detect(Batch.of_texts(["版权所有 翻印必究 SPDX-License-Identifier: MIT"]))

    assert {int(Grade.INFO)} == set(findings.grade.tolist())


def test_licences_of_documents_are_observed() -> None:
    """Names become SPDX ids, lists give several, unknown names are said to be unknown, null and empty give nothing."""
    batch = with_licences(["cc by 4.0", None, "['mit', 'apache-2.0']", "", "own terms", "cc by 4.0"])

    assert [
        (0, "CC-BY-4.0"), (2, "MIT"), (2, "Apache-2.0"), (4, "LicenseRef-unknown"), (5, "CC-BY-4.0"),
    ] == list(licensing().detector.observe(batch))  # type: ignore[attr-defined]  # fmt: skip


def test_without_a_licence_column_nothing_is_observed() -> None:
    """A batch without the column is no error."""
    detector = licensing(deny=["MIT"])

    assert [] == list(detector.detector.observe(Batch.of_texts(["x"])))  # type: ignore[attr-defined]
    assert 0 == len(detector.detect(Batch.of_texts(["x"])))


def test_the_policy_judges_the_licence_column() -> None:
    """Denied licences are violations, those to review suspect, a choice is free; spans cover the value, in the column."""
    batch = with_licences(["cc-by-nc 4.0", "MIT", None, "MIT, CC-BY-NC-4.0", "who knows", "MIT OR CC-BY-NC-4.0"])
    findings = licensing(deny=["CC-BY-NC-4.0"], review=["LicenseRef-unknown"]).detect(batch)
    rows = zip(
        findings.text.tolist(), findings.start.tolist(), findings.end.tolist(), (RULES[number].id for number in findings.rule.tolist()),
        findings.grade.tolist(), findings.column.tolist(), strict=True,
    )  # fmt: skip

    assert [
        (0, 0, 12, "licence-denied", int(Grade.VIOLATION), "licence"),
        (3, 0, 17, "licence-denied", int(Grade.VIOLATION), "licence"),
        (4, 0, 9, "licence-review", int(Grade.SUSPECT), "licence"),
    ] == list(rows)
    assert [0, 3, 4] == document_of(findings, batch).tolist()


@given(
    st.lists(st.sampled_from(["MIT", "cc-by-nc-4.0", None, "", "x"])),
    st.lists(st.sampled_from(["MIT", "cc-by-nc-4.0", None, "x"])),
)
def test_a_batch_is_judged_as_its_parts_are(first: list[str | None], second: list[str | None]) -> None:
    """The split law, for the policy and for observations; sliced arrays too."""
    detector = licensing(deny=["cc-by-nc-4.0"])
    whole = with_licences([*first, *second])
    kept = whole.keep(np.arange(len(whole.rows)) >= len(first))
    together = detector.detect(whole).text.tolist()

    assert together == [
        *detector.detect(with_licences(first)).text.tolist(),
        *(text + len(first) for text in detector.detect(kept).text.tolist()),
    ]


def test_a_policy_that_could_never_fire_is_refused() -> None:
    """A licence that no name leads to is a misspelling; a string is no list."""
    with pytest.raises(UsageError, match='"deny" names "CC-BY-NC-4"'):
        licensing(deny=["CC-BY-NC-4"])
    with pytest.raises(UsageError, match='"review" must be a list'):
        licensing(review="MIT")


def test_a_policy_without_its_rule_is_silent() -> None:
    """Switching the rule off switches the policy off."""
    rules = [rule for rule in RULES if rule.id != "licence-denied"]
    detector = Pass(Licensing(setting(rules, LICENCES | {"deny": ["MIT"]})))

    assert 0 == len(detector.detect(with_licences(["MIT"])))
