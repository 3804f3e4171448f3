"""Validators of numbers of cards, accounts and wallets."""

from __future__ import annotations

from stdnum import bitcoin as stdnum_bitcoin
from stdnum import iban as stdnum_iban
from stdnum import luhn as stdnum_luhn
from stdnum.exceptions import ValidationError

from corpus_guard.detectors.keccak import keccak_256

_FEWEST_KINDS = 5
"""An Ethereum address of fewer different digits is a filler such as 0x000…dead."""

_BECH32, _BECH32M = 1, 0x2BC830A3
_BECH32_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def luhn(matched: str) -> bool:
    """Check the Luhn digit of a payment card (ISO/IEC 7812-1, annex B), with or without separators.

    >>> luhn("4111 1111 1111 1111"), luhn("4111 1111 1111 1112"), luhn("0000 0000 0000 0000")
    (True, False, False)
    """
    digits = "".join(character for character in matched if character.isdigit())
    return len(set(digits)) > 1 and stdnum_luhn.is_valid(digits)


def iban(matched: str) -> bool:
    """Check an international bank account number: check digits (ISO 7064 MOD 97-10), structure of its country.

    >>> iban("gb82 west 1234 5698 7654 32"), iban("gb82 west 1234 5698 7654 33")
    (True, False)
    """
    return bool(stdnum_iban.is_valid(matched, check_country=False))  # checks of countries are loaded on their first use


def bitcoin(written: str) -> bool:
    """Check a Bitcoin address as it was *written*: Base58Check, or bech32 (BIP 173) and bech32m (BIP 350).

    >>> bitcoin("1NEDqZPvTWRaoho48qXuLLsrYomMXPABfD"), bitcoin("1nedqzpvtwraoho48qxullsryommxpabfd")
    (True, False)
    """
    if written[:3].lower() != "bc1":
        return bool(stdnum_bitcoin.is_valid(written))
    if written not in {written.lower(), written.upper()}:
        return False
    return bool(stdnum_bitcoin.is_valid(written)) or _is_bech32m(written.lower())


def ethereum(written: str) -> bool:
    """Check an Ethereum address as it was *written*: its capitals are the checksum (ERC-55); one case alone has none.

    >>> ethereum("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"), ethereum("0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
    (True, False)
    """
    digits = written[2:]
    if len(set(digits.lower())) < _FEWEST_KINDS:
        return False
    if digits in {digits.lower(), digits.upper()}:
        return True
    checksum = keccak_256(digits.lower().encode()).hex()
    return all(
        digit.isdigit() or digit.isupper() == (int(nibble, 16) > 7)
        for digit, nibble in zip(digits, checksum, strict=False)
    )


def _is_bech32m(address: str) -> bool:
    """Whether *address* is one of witness version 1 or later (taproot), whose checksum `stdnum` does not know."""
    prefix = [ord(letter) >> 5 for letter in "bc"] + [0] + [ord(letter) & 31 for letter in "bc"]
    data = [_BECH32_LETTERS.find(letter) for letter in address[3:]]
    try:
        return min(data) >= 0 and data[0] > 0 and stdnum_bitcoin.bech32_checksum(prefix + data) == _BECH32M
    except ValidationError:
        return False
