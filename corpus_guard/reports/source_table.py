"""The source table of a filing: kind × type × language with items, bytes and tokens; every source with its evidence.

The columns follow what filings ask for, as others report it; they are this project's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from corpus_guard.core.source import INFERRED
from corpus_guard.errors import UsageError
from corpus_guard.reports.csv_tables import cell
from corpus_guard.reports.statement import statement
from corpus_guard.runs import atomic

KINDS = {
    "open_source": "开源 open source", "self_collected": "自采 self-collected", "commercial": "商业 commercial",
    "user_input": "使用者输入 user input", INFERRED: "未申报 not declared", "": "未说明 not stated",
}  # fmt: skip
TYPES = {"text": "文本 text", "image": "图片 image", "audio": "音频 audio", "video": "视频 video"}
NOT_STATED = "未说明 not stated"

TOTALS = (
    "来源类型 kind", "语料类型 type", "语种 language", "来源数 sources", "条数 items", "字节数 bytes",
    "Token 数 tokens", "其中估算 estimated",
)  # fmt: skip
SOURCES = (
    "来源编号 id", "名称 name", "来源类型 kind", "合成 synthetic", "境内外 origin", "地址 url", "语料类型 type",
    "语种 languages", "条数 items", "字节数 bytes", "Token 数 tokens", "许可 licences", "采集方式 method",
    "采集起 from",
    "采集止 to", "robots", "个人信息依据 legal basis", "采集前不良率 rate before", "采集后不良率 rate after",
    "证据 evidence", "结论 verdict",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the totals; `estimated` of its tokens were not counted by anybody."""

    kind: str
    type: str
    language: str
    sources: int = 0
    items: int = 0
    bytes: int = 0
    tokens: int = 0
    estimated: int = 0


def totals(
    summary: Sequence[Mapping[str, Any]], entries: Mapping[str, Mapping[str, Any]], bytes_per_token: Mapping[str, float]
) -> list[Line]:
    """Return the totals by kind, type and language, in that order.

    *summary* are rows of summary.csv, *entries* those of the manifest by source. A source in several languages is
    divided by their shares, where these were told apart; else its languages stand together.
    """
    found: dict[tuple[str, str, str], Line] = {}
    for row in summary:
        entry = entries.get(row["source"], {})
        for line in _lines(row, entry, bytes_per_token):
            key = (line.kind, line.type, line.language)
            known = found.get(key, replace(line, sources=0, items=0, bytes=0, tokens=0, estimated=0))
            sums = {
                name: getattr(known, name) + getattr(line, name)
                for name in ("sources", "items", "bytes", "tokens", "estimated")
            }
            found[key] = replace(known, **sums)
    return [found[key] for key in sorted(found)]


def _lines(row: Mapping[str, Any], entry: Mapping[str, Any], bytes_per_token: Mapping[str, float]) -> Iterator[Line]:
    kind = KINDS.get(row["kind"] or "", str(row["kind"]))
    modality = TYPES.get(str(entry.get("modality") or "text"), NOT_STATED)
    shares = _shares(str(row.get("languages") or ""), entry.get("languages") or ())
    weights = [share for _, share in shares]
    items, size = (_divided(int(row[name] or 0), weights) for name in ("documents", "bytes"))
    guesses = [
        round(part / bytes_per_token.get(language.partition("-")[0], bytes_per_token["other"]))
        for (language, _), part in zip(shares, size, strict=True)
    ]
    counted = entry.get("tokens")
    tokens = guesses if counted is None else _divided(int(counted), weights)
    for (language, _), item, part, token in zip(shares, items, size, tokens, strict=True):
        yield Line(kind, modality, language, 1, item, part, token, 0 if counted is not None else token)


def _shares(told: str, declared: Iterable[str]) -> list[tuple[str, float]]:
    """Languages with their shares: `zh-Hans 0.75;en 0.25` as summary.csv has them, else the declared ones together."""
    pairs = [part.rpartition(" ") for part in told.split(";") if part.strip()]
    if pairs:
        return [(label.strip(), float(share)) for label, _, share in pairs]
    return [(", ".join(declared) or NOT_STATED, 1.0)]


def _divided(whole: int, weights: Sequence[float]) -> list[int]:
    """*whole* in parts by *weights*, so that the parts add up to it."""
    total, held, parts, before = sum(weights) or 1.0, 0.0, [], 0
    for weight in weights:
        held += weight
        until = round(whole * held / total)
        parts.append(until - before)
        before = until
    return parts


def source_rows(summary: Sequence[Mapping[str, Any]], entries: Mapping[str, Mapping[str, Any]]) -> Iterator[list[Any]]:
    """Yield a row of `SOURCES` for each source."""
    for row in summary:
        entry = entries.get(row["source"], {})
        files = "; ".join(f"{one['about']}: {one['file']}" for one in entry.get("evidence", ()))
        languages = row.get("languages") or ", ".join(entry.get("languages", ()))
        yield [
            row["source"], entry.get("name", ""), KINDS.get(row["kind"] or "", row["kind"]),
            "是 yes" if entry.get("synthetic") else "", row["origin"], entry.get("url", ""),
            TYPES.get(entry.get("modality") or "text", ""), languages, row["documents"], row["bytes"],
            entry.get("tokens"), row["licences"], entry.get("method", ""), entry.get("collected_from", ""),
            entry.get("collected_to", ""), entry.get("robots", ""), entry.get("legal_basis", ""),
            entry.get("pre_collection_rate"), row["illegal_rate"], files, row["verdict"],
        ]  # fmt: skip


def write_source_table(
    file: Path,
    facts: Mapping[str, Any],
    summary: Sequence[Mapping[str, Any]],
    bytes_per_token: Mapping[str, float],
) -> None:
    """Write the workbook, atomically; *facts* is run.json. No cell can start a formula.

    Its first two sheets are tables. What a PASS says is a note at the first cell of each, and a sheet of its own.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise UsageError(
            f"{file}: a workbook needs XlsxWriter; use .csv, or install it: pip install 'corpus-guard[xlsx]'"
        ) from None
    entries = {entry["id"]: entry for entry in facts["judging"]["manifest"]["entries"]}
    lines, said = totals(summary, entries, bytes_per_token), statement(facts)
    with atomic(file) as draft, Workbook(str(draft)) as workbook:
        workbook.set_properties(
            {"created": datetime.fromisoformat(facts["as_of"]), "comments": said["en"]}  # the same run, the same bytes
        )
        bold = workbook.add_format({"bold": True})
        rows: list[tuple[str, Sequence[str], Iterable[Sequence[Any]]]] = [
            ("汇总 totals", TOTALS, ([getattr(line, name) for name in Line.__slots__] for line in lines)),
            ("来源 sources", SOURCES, source_rows(summary, entries)),
        ]
        for name, header, body in rows:
            sheet = workbook.add_worksheet(name)
            sheet.write_row(0, 0, header, bold)
            sheet.write_comment(0, 0, f"{said['zh']}\n{said['en']}", {"x_scale": 4, "y_scale": 2, "author": ""})
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(header) - 1, 18)
            for number, row in enumerate(body, start=1):
                _write(sheet, number, row)
        workbook.add_worksheet("说明 statement").write_column(0, 0, (said["zh"], said["en"]))


def _write(sheet: Any, number: int, row: Sequence[Any]) -> None:
    for place, value in enumerate(row):
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            sheet.write_number(number, place, value)
        elif value not in (None, ""):
            sheet.write_string(number, place, cell(value))
