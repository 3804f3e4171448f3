"""The nightly as an Airflow DAG: copy to the folder of DAGs.

The task fails on FAIL (1) and on a fault (2, 70), and is marked skipped on INCONCLUSIVE (3), where nothing is broken
but something could not be decided.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    dag_id="corpus_guard_nightly",
    schedule="30 1 * * *",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,  # two audits never overlap; a second one would end with code 2
    default_args={"retries": 1, "retry_delay": timedelta(minutes=30)},
):
    BashOperator(
        task_id="audit",
        bash_command="cd /srv/corpus && .venv/bin/corpus-guard audit nightly.toml --quiet",
        skip_on_exit_code=3,
        execution_timeout=timedelta(hours=8),
    )
