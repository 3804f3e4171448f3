"""Decompression as a stream: members, cuts, faults and bombs."""

from __future__ import annotations

import bz2
import gzip
import lzma
import random
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_guard.errors import ShardError
from corpus_guard.readers import streams
from corpus_guard.readers.streams import decompressed, mark_length
from tests.readers.reading import not_as_root

_PACK = {
    "gz": gzip.compress,
    "zst": zstandard.ZstdCompressor().compress,
    "bz2": lambda data: bz2.compress(data, 1),
    "xz": lzma.compress,
}
_ANY_FILE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)


def _noise(size: int) -> bytes:
    """Text that packs to about half of its size, so that most faults in it break the stream."""
    return random.Random(7).randbytes(size // 2).hex().encode()


def _unpacked(path: Path, compression: str) -> tuple[bytes, ShardError | None]:
    found = []
    try:
        for block in decompressed(path, compression):
            found.append(block)  # noqa: PERF402 - what came before the fault is wanted
    except ShardError as error:
        return b"".join(found), error
    return b"".join(found), None


@pytest.mark.parametrize("compression", _PACK)
@_ANY_FILE
@given(parts=st.lists(st.binary(max_size=200), min_size=1, max_size=5), slice_bytes=st.integers(1, 40))
def test_members_one_after_another_are_one_text(
    tmp_path: Path, compression: str, parts: list[bytes], slice_bytes: int
) -> None:
    """Files made by `cat a.gz b.gz` unpack to both texts, wherever a slice of the input ends."""
    path = tmp_path / "file"
    path.write_bytes(b"".join(map(_PACK[compression], parts)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "_SLICE", slice_bytes)

        assert (b"".join(parts), None) == _unpacked(path, compression)


@pytest.mark.parametrize("compression", _PACK)
def test_cut_stream_gives_what_comes_before_the_cut(tmp_path: Path, compression: str) -> None:
    """Half a file unpacks to about half its text, then says that it is cut off, and where."""
    data = _noise(1_000_000)
    packed = _PACK[compression](data)
    path = tmp_path / "file"
    path.write_bytes(packed[: len(packed) // 2])
    found, error = _unpacked(path, compression)

    assert data.startswith(found)
    assert len(found) > 300_000
    assert error is not None
    assert "cut off" in error.reason
    assert (len(found), None) == (error.byte_offset, error.documents)


@pytest.mark.parametrize("compression", _PACK)
def test_corrupt_stream_gives_what_comes_before_the_fault(tmp_path: Path, compression: str) -> None:
    """A stream whose later half is garbage gives its first half, then an error with the offset."""
    data = _noise(1_000_000)
    packed = bytearray(_PACK[compression](data))
    packed[len(packed) // 2 :] = b"\xff" * (len(packed) - len(packed) // 2)
    path = tmp_path / "file"
    path.write_bytes(packed)
    found, error = _unpacked(path, compression)

    assert data[:300_000] == found[:300_000]
    assert error is not None
    assert "corrupt" in error.reason or "cut off" in error.reason  # garbage may unpack until the file ends
    assert len(found) == error.byte_offset


def test_wrong_check_sum_is_a_fault(tmp_path: Path) -> None:
    """A gzip file whose check sum does not agree is corrupt, although every byte could be unpacked."""
    packed = bytearray(gzip.compress(b"text" * 100, mtime=0))
    packed[-8] ^= 1
    path = tmp_path / "file"
    path.write_bytes(packed)

    assert _unpacked(path, "gz")[1] is not None


def test_garbage_after_the_stream_is_a_fault(tmp_path: Path) -> None:
    """Bytes that follow the last member are not passed over; zeros are padding."""
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(b"text", mtime=0) + b"\0" * 512)

    assert (b"text", None) == _unpacked(path, "gz")

    path.write_bytes(gzip.compress(b"text", mtime=0) + b"more")
    found, error = _unpacked(path, "gz")

    assert b"text" == found
    assert error is not None


@pytest.mark.parametrize("compression", _PACK)
def test_small_file_that_unpacks_to_much_comes_in_blocks(tmp_path: Path, compression: str) -> None:
    """A file of 200 MB of zeros, a few kilobytes when packed, is never in memory as a whole."""
    path = tmp_path / "file"
    path.write_bytes(_PACK[compression](bytes(200_000_000)))
    sizes = [len(block) for block in decompressed(path, compression)]

    assert 200_000_000 == sum(sizes)
    if compression == "gz":
        assert max(sizes) < 3 * streams.BLOCK


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf_16_is_refused_by_its_mark(mark: bytes) -> None:
    """UTF-16 is not guessed at: the sentence says what was expected."""
    with pytest.raises(ShardError, match="UTF-16, UTF-8 was expected"):
        mark_length(mark + b"a\0")


@not_as_root
def test_file_without_the_right_to_read_is_a_shard_error(tmp_path: Path) -> None:
    """Rights that were taken away since the file was listed are a fault of the shard."""
    path = tmp_path / "file"
    path.write_bytes(b"a")
    path.chmod(0)

    assert "permission denied" in str(_unpacked(path, "")[1])
