"""Keccak-256 as Ethereum uses it: the sponge before NIST changed its padding, which no library here offers."""

from __future__ import annotations

_RATE, _ROUNDS, _LANE = 136, 24, 64
_MASK = (1 << _LANE) - 1


def keccak_256(message: bytes) -> bytes:
    """Return the 32 bytes of Keccak[c=512] of *message* (Keccak reference 3.0, padding 0x01 … 0x80).

    >>> keccak_256(b"").hex()[:16]
    'c5d2460186f7233c'
    """
    padded = bytearray(message + bytes(_RATE - len(message) % _RATE))
    padded[len(message)] |= 0x01
    padded[-1] |= 0x80
    state = [0] * 25
    for start in range(0, len(padded), _RATE):
        for lane in range(_RATE // 8):
            state[lane] ^= int.from_bytes(padded[start + 8 * lane : start + 8 * lane + 8], "little")
        state = _permuted(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])


def _permuted(state: list[int]) -> list[int]:
    """Return the state, lane (x, y) at x + 5y, after 24 rounds of Keccak-f[1600]."""
    noise = 1
    for _ in range(_ROUNDS):
        columns = [state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20] for x in range(5)]
        state = [lane ^ columns[(i + 4) % 5] ^ _turned(columns[(i + 1) % 5], 1) for i, lane in enumerate(state)]
        state = _moved(state)
        state = [
            state[5 * y + x] ^ (~state[5 * y + (x + 1) % 5] & state[5 * y + (x + 2) % 5])
            for y in range(5)
            for x in range(5)
        ]
        for power in range(7):
            noise = ((noise << 1) ^ ((noise >> 7) * 0x71)) % 256
            if noise & 2:
                state[0] ^= 1 << ((1 << power) - 1)
    return state


def _moved(state: list[int]) -> list[int]:
    """Return the state after the steps rho (each lane turned) and pi (each lane moved)."""
    moved = list(state)
    x, y, current = 1, 0, state[1]
    for step in range(_ROUNDS):
        x, y = y, (2 * x + 3 * y) % 5
        current, moved[x + 5 * y] = state[x + 5 * y], _turned(current, (step + 1) * (step + 2) // 2)
    return moved


def _turned(lane: int, by: int) -> int:
    by %= _LANE
    return ((lane << by) | (lane >> (_LANE - by))) & _MASK
