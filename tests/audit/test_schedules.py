"""The schedules beside the pipelines: each says when, and starts a command that there is."""

from __future__ import annotations

import ast
import configparser
import re
import shutil
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from corpus_guard.audit.settings import read_settings

PIPELINES = Path(__file__).parent.parent.parent / "pipelines"
COMMAND = "corpus-guard audit nightly.toml"


def test_the_pipeline_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As it stands, and with everything that is commented out."""
    settings = read_settings(PIPELINES / "nightly.toml")
    assert (60, 6.0, PIPELINES / "nights" / "_state") == (settings.keep, settings.max_hours, settings.state)
    monkeypatch.setenv("CORPUS_GUARD_WEBHOOK", "https://example.com/hook")
    monkeypatch.setenv("CORPUS_GUARD_MAIL_PASSWORD", "secret")
    text = (PIPELINES / "nightly.toml").read_text(encoding="utf-8")
    head, body = text.split("[input]")
    whole = tmp_path / "nightly.toml"
    whole.write_text("[input]" + re.sub(r"(?m)^# ", "", body), encoding="utf-8")
    known = read_settings(whole)
    assert ("dingtalk", "https://example.com/hook") == (known.webhooks[0].shape, known.webhooks[0].url)
    assert known.email is not None
    assert (587, True, "secret") == (known.email.port, known.email.starttls, known.email.password)
    assert "corpus-guard audit nightly.toml" in head
    assert tomllib.loads(text)


def test_cron_has_five_fields_and_the_command() -> None:
    """And nothing that cron would not read."""
    (line,) = [line for line in (PIPELINES / "nightly.cron").read_text().splitlines() if line and line[0] not in "#S"]
    assert re.match(r"(\S+ ){5}cd ", line)
    assert COMMAND in line
    assert "%" not in line


def test_the_timer_starts_the_service() -> None:
    """By its name, and a verdict is no fault of the service."""
    service, timer = configparser.ConfigParser(interpolation=None), configparser.ConfigParser(interpolation=None)
    for parser in (service, timer):
        parser.optionxform = str  # type: ignore[method-assign, assignment]
    service.read(PIPELINES / "corpus-guard-nightly.service")
    timer.read(PIPELINES / "corpus-guard-nightly.timer")
    assert COMMAND in service["Service"]["ExecStart"]
    assert ("oneshot", "1 3") == (service["Service"]["Type"], service["Service"]["SuccessExitStatus"])
    assert ("true", "timers.target") == (timer["Timer"]["Persistent"], timer["Install"]["WantedBy"])


def test_the_graph_is_python() -> None:
    """One task, which skips on code 3, and one run at a time."""
    tree = ast.parse((PIPELINES / "nightly_airflow.py").read_text(encoding="utf-8"))
    calls = {
        node.func.id: node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    values = {
        keyword.arg: ast.literal_eval(keyword.value)
        for name in ("DAG", "BashOperator")
        for keyword in calls[name].keywords
        if isinstance(keyword.value, ast.Constant)
    }
    assert COMMAND.removeprefix("corpus-guard ") in values["bash_command"]
    assert (3, 1, "30 1 * * *") == (values["skip_on_exit_code"], values["max_active_runs"], values["schedule"])


def test_airflow_takes_the_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own reader of graphs has nothing against the file, and starts it when cron does."""
    pytest.importorskip("airflow", reason="Airflow is not installed here")
    shutil.copy(PIPELINES / "nightly_airflow.py", tmp_path)
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "home"))
    script = (
        "from airflow.dag_processing.dagbag import DagBag\n"
        f"bag = DagBag({str(tmp_path)!r}); (dag,) = bag.dags.values(); (task,) = dag.tasks\n"
        "assert not bag.import_errors, bag.import_errors\n"
        "assert (task.skip_on_exit_code, dag.max_active_runs, dag.catchup) == ([3], 1, False)\n"
        "assert dag.timetable.expression == '30 1 * * *', dag.timetable"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr


def test_the_cron_job_never_overlaps() -> None:
    """And does not try a verdict again."""
    job = yaml.safe_load((PIPELINES / "nightly-cronjob.yaml").read_text(encoding="utf-8"))
    assert ("batch/v1", "CronJob", "Forbid") == (job["apiVersion"], job["kind"], job["spec"]["concurrencyPolicy"])
    template = job["spec"]["jobTemplate"]["spec"]
    (container,) = template["template"]["spec"]["containers"]
    assert COMMAND.split() == container["command"][:3]
    assert "Never" == template["template"]["spec"]["restartPolicy"]
    assert {1, 3} <= set(template["podFailurePolicy"]["rules"][0]["onExitCodes"]["values"])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_systemd_takes_them(tmp_path: Path) -> None:
    """Its own tool has nothing against the files, with a command that is here."""
    for path in PIPELINES.glob("corpus-guard-nightly.*"):
        text = path.read_text().replace("/srv/corpus/.venv/bin/corpus-guard", "/bin/true")
        (tmp_path / path.name).write_text(text)
    for path in sorted(tmp_path.iterdir()):
        done = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False)
        assert "corpus-guard" not in done.stderr, done.stderr


def test_cron_and_kubernetes_understand_the_time() -> None:
    """The same for both: half past one, every night."""
    croniter = pytest.importorskip("croniter", reason="croniter, which reads cron expressions, is not installed here")
    job = yaml.safe_load((PIPELINES / "nightly-cronjob.yaml").read_text(encoding="utf-8"))
    line = (PIPELINES / "nightly.cron").read_text().splitlines()[-1]
    for expression in (job["spec"]["schedule"], " ".join(line.split()[:5])):
        times = croniter.croniter(expression, datetime(2026, 1, 31, 12, tzinfo=UTC))
        assert [datetime(2026, 2, day, 1, 30, tzinfo=UTC) for day in (1, 2)] == [
            times.get_next(datetime) for _ in range(2)
        ]


def test_kubernetes_takes_the_cron_job() -> None:
    """By the schema of its own API, nothing unknown in it."""
    validate = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed here")
    job = yaml.safe_load((PIPELINES / "nightly-cronjob.yaml").read_text(encoding="utf-8"))
    validate.validate(job, validate.latest_version(), strict=True)
