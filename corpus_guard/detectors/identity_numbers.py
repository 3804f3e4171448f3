"""Validators of numbers that states give to people and organisations."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from stdnum import numdb
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError
from stdnum.us import ssn

_TAIWAN = "830000"
"""Residence permits for Taiwan residents (since 2018); missing in the list of regions."""

_SAMPLES = frozenset({"123456789", "987654320", "111223333", "123121234"})
"""Numbers that are written as examples of a US social security number, besides those `stdnum` knows."""

_OLDEST = 1900
_STATES = range(4, 895)
"""Numeric codes of countries (ISO 3166-1), from Afghanistan to Zambia."""


def resident_id(matched: str) -> bool:
    """Check a Chinese resident id: check digit (GB 11643-1999, ISO 7064 MOD 11-2), birth date, region (GB/T 2260).

    A region counts when it ever existed: ids carry the code of the day of issue, not of the day of birth.

    >>> resident_id("11010519491231002x"), resident_id("110105194912310021")
    (True, False)
    """
    number = letters_and_digits(matched)
    return _has_check_digit_and_date(number) and is_resident_region(number[:6])


def resident_id_15(matched: str) -> bool:
    """Check a Chinese resident id of fifteen digits (GB 11643-1989): birth date in the 20th century, and region.

    >>> resident_id_15("130503670401001"), resident_id_15("130503670431001")
    (True, False)
    """
    number = letters_and_digits(matched)
    return is_day(f"19{number[6:12]}") and is_resident_region(number[:6])


def foreigner_id(matched: str) -> bool:
    """Check the number of a foreigner's permanent residence card since 2023: built and checked as a resident id.

    9, two digits of the province, three of the country (ISO 3166-1 numeric), birth date, order, check digit.

    >>> foreigner_id("911124198108030024"), foreigner_id("911124198108030025")
    (True, False)
    """
    number = letters_and_digits(matched)
    born_then = _OLDEST <= int(number[6:10]) <= date.max.year
    return int(number[3:6]) in _STATES and born_then and _has_check_digit_and_date(number)


def organisation(matched: str) -> bool:
    """Check a unified social credit code: alphabet and check character (GB 32100-2015).

    >>> organisation("91110000600037341l"), organisation("91110000600037341m")
    (True, False)
    """
    return bool(uscc.is_valid(letters_and_digits(matched)))


def us_ssn(matched: str) -> bool:
    """Check a US social security number: areas and groups that are given out, none of the well-known examples.

    >>> us_ssn("536-90-4399"), us_ssn("078-05-1120"), us_ssn("111-11-1111")
    (True, False, False)
    """
    number = letters_and_digits(matched)
    return ssn.is_valid(number) and number not in _SAMPLES and len(set(number)) > 1


def is_resident_region(code: str) -> bool:
    """Return whether resident ids were ever issued under the six-digit region *code*.

    >>> is_resident_region("110105"), is_resident_region("119999")
    (True, False)
    """
    return code == _TAIWAN or any("county" in found for _, found in numdb.get("cn/loc").info(code))


def load_regions() -> None:
    """Read the list of regions, once."""
    numdb.get("cn/loc")


def is_day(digits: str) -> bool:
    """Return whether eight *digits* are a day of the calendar, year first.

    >>> is_day("19491231"), is_day("19490231")
    (True, False)
    """
    with suppress(ValueError):
        return bool(date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])))
    return False


def letters_and_digits(matched: str) -> str:
    """Return *matched* in capitals without its separators.

    >>> letters_and_digits("ab 12-3x")
    'AB123X'
    """
    return "".join(character for character in matched if character.isalnum()).upper()


def _has_check_digit_and_date(number: str) -> bool:
    try:
        return bool(ric.calc_check_digit(number) == number[-1]) and is_day(number[6:14])
    except (ValidationError, ValueError):
        return False
