"""Every document has a language; what is none says so."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from corpus_guard.core.batch import Batch
from corpus_guard.core.language import WHOLE
from corpus_guard.languages.telling import Teller
from corpus_guard.matching.views import views_of
from tests.languages.telling import DATA, FOLDING, labels, told

GERMAN = (
    "Der Rat der Stadt hat gestern beschlossen, dass die alte Brücke über den Fluss im nächsten Jahr erneuert wird. "
)
ENGLISH = (
    "The council decided yesterday that the old bridge over the river will be renewed in the course of next year. "
)
CHINESE = "市议会昨天决定，明年将翻修河上的老桥，届时车辆需要绕行，请市民提前安排好出行时间。"
PYTHON = "import os\n\n\ndef size(path):\n    total = 0\n    for name in os.listdir(path):\n        total += len(name)\n    return total\n"


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("zh-Hans", CHINESE),
        ("zh-Hant", "市議會昨天決定，明年將翻修河上的老橋，屆時車輛需要繞行。"),
        ("zh", "大家好"),
        ("yue", "佢哋尋日話聽日唔使返工，不過我唔知係咪真嘅。"),
        ("ja", "市議会は昨日、来年に古い橋を改修することを決めました。"),
        ("ko", "시의회는 어제 내년에 낡은 다리를 보수하기로 결정했다."),
        ("en", ENGLISH),
        ("de", GERMAN),
        ("fr", "Le conseil municipal a décidé hier que le vieux pont serait rénové l'année prochaine."),
        ("vi", "Hội đồng thành phố hôm qua đã quyết định sẽ sửa chữa cây cầu cũ vào năm tới."),
        ("ru", "Городской совет вчера решил, что старый мост через реку отремонтируют в следующем году."),
        ("uk", "Міська рада вчора вирішила, що старий міст через річку відремонтують наступного року."),
        ("ar", "قرر مجلس المدينة أمس تجديد الجسر القديم فوق النهر في العام المقبل."),
        ("fa", "شورای شهر دیروز تصمیم گرفت که پل قدیمی روی رودخانه سال آینده بازسازی شود."),
        ("hi", "नगर परिषद ने कल फैसला किया कि नदी पर बने पुराने पुल की अगले साल मरम्मत होगी।"),
        ("th", "สภาเมืองตัดสินใจเมื่อวานนี้ว่าจะซ่อมสะพานเก่าในปีหน้า"),
        ("el", "Το δημοτικό συμβούλιο αποφάσισε χθες να ανακαινιστεί η παλιά γέφυρα."),
        ("ta", "பழைய பாலம் அடுத்த ஆண்டு புதுப்பிக்கப்படும் என்று மாநகராட்சி முடிவு செய்தது."),
        ("mis", "𐌲𐌿𐍄𐌹𐍃𐌺𐌰 𐍂𐌰𐌶𐌳𐌰"),
        ("code", PYTHON),
        ("code", '#include <stdio.h>\nint main(void) {\n    printf("hello");\n    return 0;\n}\n'),
        ("code", "SELECT name, sum(amount) FROM orders WHERE day > '2024-01-01' GROUP BY name;"),
        ("code", '<div class="a">\n  <p id="b">one</p>\n  <br/>\n</div>'),
        ("und", r"\sum_{i=1}^{n} x_i^2 = \frac{n(n+1)(2n+1)}{6}"),
        ("und", "E = mc^2"),
        ("und", "字"),
        ("und", "x"),
        ("und", "😀😀🎉"),
        ("und", "2024-01-31 13:45 1,024.00 99 %"),
        ("und", base64.b64encode(bytes(range(256))).decode()),
        ("und", "https://example.org/a/long/address?of=a&page=1"),
        ("und", ""),
        ("und", " \n\t"),
    ],
)  # fmt: skip
def test_label(label: str, text: str) -> None:
    """One text, one label."""
    assert label == labels(text)[0]


def test_mixed_text_has_its_two_largest_languages() -> None:
    """Two scripts are counted exactly; two languages of one script by stretches."""
    assert {"zh-Hans", "de"} == set(labels(CHINESE * 4 + GERMAN * 3))
    shares = told([ENGLISH * 6 + GERMAN * 6]).of(0)
    assert {"en", "de"} == set(shares)
    assert 300 <= shares["de"] <= 700


def test_few_foreign_words_are_no_language() -> None:
    """Names and terms in Latin letters do not make a Chinese text foreign."""
    assert ["zh-Hans"] == labels(CHINESE * 2 + "（Volkswagen、Bundestag）")


@pytest.mark.parametrize(
    ("uncovered", "blamed", "text"),
    [
        (False, None, CHINESE),
        (False, None, ENGLISH),
        (False, None, "市議會昨天決定，明年將翻修河上的老橋。"),
        (True, "yue", "佢哋尋日話聽日唔使返工，不過我唔知係咪真嘅。"),
        (True, "de", GERMAN),
        (True, "de", ENGLISH * 6 + GERMAN * 6),
        (False, None, CHINESE * 30 + GERMAN),
        (True, "mis", "𐌲𐌿𐍄𐌹𐍃𐌺𐌰 𐍂𐌰𐌶𐌳𐌰"),
        (False, None, PYTHON),
        (False, None, "E = mc^2"),
        (False, None, "😀"),
    ],
)
def test_uncovered(uncovered: bool, blamed: str | None, text: str) -> None:
    """At least 30 % in languages without rules; source code, formulae and short texts are apart."""
    known = told([text])
    name = known.names[known.blamed[0]] if known.blamed[0] >= 0 else None
    assert (uncovered, blamed) == (bool(known.uncovered[0]), name)


@pytest.mark.parametrize(
    "text", ["two", "no comment", "awesome!!!", "None available", "content type", "Sessions", "OK"]
)
def test_short_texts_are_counted_apart(text: str) -> None:
    """English of a word or two looks like many languages: it is no text without rules."""
    known = told([text])
    assert (["und"], False) == (list(known.of(0)), bool(known.uncovered[0]))


@pytest.mark.parametrize("text", ["guten Morgen", "como estas", "très bien", "привет", "мир", "مرحبا", "नमस्ते"])
def test_short_texts_that_tell_are_uncovered(text: str) -> None:
    """Words of one language alone, or letters that no covered language is written in, leave no doubt."""
    assert [True] == told([text]).uncovered.tolist()


def test_which_texts_are_too_short_depends_on_the_rules() -> None:
    """Where rules are written in Russian too, a word that may be Russian is no text without rules."""
    assert [True] == told(["Москва"]).uncovered.tolist()
    assert [False] == told(["Москва"], covered=["ru"]).uncovered.tolist()


def test_long_mixed_texts_are_not_too_short() -> None:
    """As much German as English speaks for neither, and is no reason to count the text apart."""
    assert [True] == told([(ENGLISH + GERMAN) * 3]).uncovered.tolist()


def test_rules_say_what_is_covered() -> None:
    """Where a rule is written in German, German is covered; where none is in Chinese, Chinese is not."""
    assert [False, True] == told([GERMAN, CHINESE], covered=["de"]).uncovered.tolist()


def test_batches_change_nothing() -> None:
    """A document is told by itself: alone, or among others."""
    texts = [CHINESE, GERMAN * 9, ENGLISH * 20 + GERMAN * 20, PYTHON, "", "Привет, мир! Как дела у вас?", "ok", ENGLISH]
    together = told(texts)
    assert [told([text]).of(0) for text in texts] == [together.of(number) for number in range(len(texts))]


def test_parts_add_up() -> None:
    """A document is `WHOLE` parts, whatever it holds."""
    known = told([CHINESE + GERMAN + "Привет всем! " * 9, "", ENGLISH, "字"])
    assert [WHOLE] * 4 == np.bincount(known.documents, known.parts).tolist()


def test_fields_of_a_document_count_together() -> None:
    """A question in German and a long answer in English are one document in two languages."""
    texts = Batch.of_texts([GERMAN, ENGLISH * 3])
    batch = Batch(texts.rows[:1], texts.texts, np.zeros(2, np.int64), texts.fields, texts.field_names)
    known = Teller(DATA, frozenset({"en"})).tell(batch, views_of(batch, FOLDING))
    assert ["en", "de"] == list(known.of(0))


def test_a_sample_is_checked() -> None:
    """Some rows of a split are asked of langdetect too, the same ones however they are cut into batches."""
    known = told([GERMAN] * 200)
    assert known.checked
    assert all(agreed for _, agreed in known.checked)
    assert len(known.checked) < 20
