"""What is masked stays masked, and nothing that identifies somebody is left to read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_guard.core.masking import _plain, mask, mask_value, may_identify, one_line
from corpus_guard.detectors.personal_info import PersonalInfo
from tests.detectors.identifiers import ANY, TEXTS
from tests.detectors.passes import Pass, rules_of, setting

RULES = rules_of("personal")
PASS = Pass(PersonalInfo(setting(RULES)))
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("电话13800138000。", "电话1*********0。"),
        ("138 0013 8000", "1***********0"),
        ("１３８００１３８０００", "１*********０"),
        ("٠١٢٣٤٥", "٠****٥"),
        ("(010)62345678", "(010)6******8"),
        ("身份证11010519491231002X，", "身份证1****************X，"),
        ("邮箱first@example.com", "邮箱f***t@e*********m"),
        ("某人@qq.com", "某人@q****m"),
        ("ab@cn", "**@**"),
        ("ｕｓｅｒ＠ｑｑ．ｃｏｍ", "ｕ**ｒ@ｑ****ｍ"),
        ("IP 1.2.3.4 ok", "IP 1*****4 ok"),
        ("2001:db8::8a2e:370:7334", "2*********************4"),
        ("00:1b:44:11:3a:b7", "0***************7"),
        ("00-1B-44-11-3A-B7", "0***************7"),
        ("2023年12月5日", "2023年12月5日"),
        ("std::vector a:b 1234", "std::vector a:b 1234"),
        ("", ""),
    ],
)
def test_what_may_identify_somebody_loses_its_middle(text: str, expected: str) -> None:
    """Numbers of five digits and more, e-mail, network and device addresses, in any width; ordinary text stays."""
    assert expected == mask(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", ""),
        ("张", "*"),
        ("某人", "**"),
        ("甲乙丙", "甲**"),
        ("甲乙丙丁", "甲***"),
        ("13800", "1***0"),
        ("👍" * 6, "👍****👍"),
    ],
)
def test_a_value_keeps_first_and_last_at_most(value: str, expected: str) -> None:
    """Short values keep less: of one or two characters nothing, of three or four the first."""
    assert expected == mask_value(value)


@given(st.text() | TEXTS | st.text("0123456789abcdefx@.:- *１＠", max_size=40))
@settings(max_examples=500)
def test_masking_twice_is_masking_once(text: str) -> None:
    """Masking is idempotent."""
    assert mask(text) == mask(mask(text))


@given(TEXTS | TEXTS.map(lambda text: text.translate(WIDE)))
@settings(max_examples=400)
def test_no_personal_information_is_left(text: str) -> None:
    """No rule of personal_info finds anything in masked text."""
    assert [] == PASS.found(mask(text), RULES)


@given(ANY)
def test_the_end_of_a_value_is_gone(value: str) -> None:
    """Of a generated identifier the last five characters are not left to read."""
    assert value[-5:] not in mask(f"值{value}。")


@given(st.text())
def test_masking_keeps_the_length(text: str) -> None:
    """One star for each character, so that excerpts stay as long as they were."""
    assert len(text) == len(mask(text))


def test_no_spelling_is_passed_over() -> None:
    """Whatever any character of Unicode stands for, a text is gone through that has it where a number or title may be."""
    words, missed = set("名人患者客户先生女士小姐号栋幢弄座单元室"), []
    for code in (*range(0xD800), *range(0xE000, 0x110000)):
        character = chr(code)
        plain = _plain(character)
        likely = plain == "@" or (plain in words and plain != character)
        least = 1 if likely else 2 if plain in ":.-" else 5 if plain.isascii() and plain.isdigit() else 0
        if least and not may_identify(character * least):
            missed.append(character)

    assert [] == missed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("፩፪፫፬፭፮", "፩****፮"),
        ("\U0001f102" * 6, "\U0001f102****\U0001f102"),
        ("患者王\u2f29姐", "***\u2f29姐"),
        ("找张\uf981士", "**\uf981士"),
    ],
)
def test_other_spellings_are_masked(text: str, expected: str) -> None:
    """Digits of other scripts, and Chinese characters that Unicode has twice."""
    assert expected == mask(text)


@given(st.text("0123456789\n\t\r \u3000.-@a:代", max_size=60))
@settings(max_examples=400)
def test_a_line_shows_nothing_that_mask_would_take(text: str) -> None:
    """White space that goes brings digits together; what then is a number is masked, and no line or gap is left."""
    line = one_line(mask(text))

    assert line == mask(line) == " ".join(line.split())


@given(st.text("0123名人先生女士小姐号患者姓是：单元 .:-@aｂ１：．－②\u2f29\n", max_size=24), st.data())
@settings(max_examples=400)
def test_what_holds_no_hint_has_none_in_its_parts(text: str, data: st.DataObject) -> None:
    """Asking for a whole is enough: no part of it would have been masked."""
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]

    assert may_identify(text) or mask(part) == part
    assert may_identify(text) or not may_identify(part)
