"""A tally is a sum, and what is derived from it is what counting documents one by one would give."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.core.rule import Grade
from corpus_guard.core.tally import Claim, Mark, Profile, Tally, found_by, graded, violates

RISKS = ["A.1.a", "A.1.b", "A.4.f", "A.5.a"]
DETECTORS = ["keywords", "personal_info", "licensing"]
MARKS = st.builds(
    Mark,
    st.sampled_from(DETECTORS),
    st.sampled_from(Grade),
    st.frozensets(st.sampled_from(RISKS), max_size=2),
    st.booleans(),
)
DOCUMENTS = st.lists(st.tuples(st.sampled_from("xyz"), st.frozensets(MARKS, max_size=3)), max_size=30)
CLAIMS: st.SearchStrategy[Claim] = st.one_of(
    st.builds(
        violates,
        st.none() | st.frozensets(st.sampled_from(DETECTORS)),
        st.frozensets(st.sampled_from(RISKS)),
        st.sampled_from(Grade),
    ),
    st.builds(graded, st.frozensets(st.sampled_from(DETECTORS)), st.sampled_from(Grade)),
    st.builds(found_by, st.sampled_from(DETECTORS), st.sampled_from(Grade), sensitive=st.booleans()),
)


def tally(documents: Sequence[tuple[str, Profile]]) -> Tally:
    """Return the tally of documents, given one by one."""
    whole = Tally()
    for source, profile in documents:
        whole += Tally({(source, profile): 1}) if profile else Tally()
    return whole


TALLIES = st.builds(tally, DOCUMENTS)


@given(TALLIES, TALLIES)
def test_the_order_of_a_sum_does_not_matter(a: Tally, b: Tally) -> None:
    """A + b = b + a."""
    assert a + b == b + a


@given(TALLIES, TALLIES, TALLIES)
def test_the_grouping_of_a_sum_does_not_matter(a: Tally, b: Tally, c: Tally) -> None:
    """(a + b) + c = a + (b + c)."""
    assert (a + b) + c == a + (b + c)


@given(TALLIES)
def test_the_empty_tally_is_neutral(a: Tally) -> None:
    """A + empty = empty + a = a."""
    assert a == a + Tally() == Tally() + a


@given(DOCUMENTS, CLAIMS)
def test_a_claim_counts_documents_as_one_by_one(documents: list[tuple[str, Profile]], claim: Claim) -> None:
    """What a tally says of a claim is how many documents it holds for, and never more than there are."""
    expected = sum(claim(profile) for _, profile in documents)
    profiles = tally(documents).by_source()
    counted = sum(count for found in profiles.values() for profile, count in found if claim(profile))
    assert expected == counted
    assert counted <= len(documents)


@given(DOCUMENTS)
def test_by_source_splits_without_loss(documents: list[tuple[str, Profile]]) -> None:
    """Every document with a finding is under its own source, once."""
    flagged = [source for source, profile in documents if profile]
    counts = {source: sum(count for _, count in found) for source, found in tally(documents).by_source().items()}
    assert {source: flagged.count(source) for source in set(flagged)} == counts


def test_a_document_counts_once_however_much_is_found_in_it() -> None:
    """Several marks, risks and detectors in one document are one document."""
    marks = frozenset(
        {
            Mark("keywords", Grade.VIOLATION, frozenset({"A.1.a", "A.1.b"})),
            Mark("keywords", Grade.SUSPECT, frozenset({"A.1.a"})),
        }
    )
    claim = violates(None, frozenset(RISKS), Grade.SUSPECT)
    assert 1 == sum(count for profile, count in Tally({("x", marks): 1}).by_source()["x"] if claim(profile))
