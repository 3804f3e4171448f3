"""What the whole Presidio truly finds, we find: the benchmark, on fewer documents."""

from __future__ import annotations

from itertools import islice

from benchmarks.presidio import ENTITIES, Comparison, Plant, compared, documents
from corpus_guard import Guard


def test_our_findings_are_a_superset_of_the_true_ones_of_presidio() -> None:
    """Of every entity that both look for, each true finding is covered by ours; versions and bare digits are not."""
    comparison = compared(Guard(detectors=["personal_info"]), 250, seed=7)

    assert 0 == comparison.missing.total(), comparison.missing
    assert set(ENTITIES) == {entity for entity, count in comparison.true.items() if count}
    assert comparison.false["IP_ADDRESS", "version"] > 0 == comparison.kept["IP_ADDRESS", "version"]
    assert comparison.false["US_SSN", "nine bare digits"] > 0 == comparison.kept["US_SSN", "nine bare digits"]


def test_a_finding_that_is_not_ours_is_missed() -> None:
    """The comparison tells: a true finding without ours, one that covers a part only, and a false one."""
    comparison = Comparison()
    plants = [Plant(0, 10, "US_SSN", "US_SSN"), Plant(20, 30, "", "version")]
    comparison.add(plants, {("US_SSN", 0, 10), ("IP_ADDRESS", 20, 30)}, set())
    comparison.add(plants, {("US_SSN", 0, 10)}, {("US_SSN", 0, 9)})
    comparison.add(plants, {("US_SSN", 0, 10)}, {("US_SSN", 0, 10)})

    assert (3, 2) == (comparison.true["US_SSN"], comparison.missing["US_SSN"])
    assert {("IP_ADDRESS", "version"): 1} == dict(comparison.false)


def test_documents_are_the_same_for_a_seed() -> None:
    """And their plants slice to what was put there."""
    once, again = (list(islice(documents(20, seed=3), 20)) for _ in range(2))

    assert once == again
    assert all(0 <= plant.start < plant.end <= len(text) for text, plants in once for plant in plants)
