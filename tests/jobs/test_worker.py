"""The worker itself, as its own process: limits, log and survival."""

import json

from tests.fixtures.worker import StartWorker


def test_a_worker_starts_on_the_tests_own_servers_and_logs_json(start_worker: StartWorker) -> None:
    worker = start_worker()

    worker.wait_until_ready()

    lines = [json.loads(line) for line in worker.log.splitlines() if line.startswith("{")]
    ready = next(line for line in lines if line["event"].endswith(" ready."))
    assert ready["level"] == "info"
    assert ready["logger"] == "celery.apps.worker"


def test_a_worker_ends_in_good_order_when_asked(start_worker: StartWorker) -> None:
    worker = start_worker()
    worker.wait_until_ready()

    worker.stop()

    assert worker.service.how_it_ended == "exit status 0"
