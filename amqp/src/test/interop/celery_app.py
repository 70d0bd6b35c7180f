"""Tasks of Celery with their queue at AMQP_URL, and their results by the rpc:// backend."""

import os
import pathlib
import time

from celery import Celery

app = Celery("celery_app", broker=os.environ["AMQP_URL"], backend="rpc://")
app.conf.update(task_acks_late=True, worker_prefetch_multiplier=1, result_expires=600)


@app.task
def add(a, b):
    return a + b


@app.task(bind=True, max_retries=5)
def third_time_lucky(self):
    if self.request.retries < 2:
        raise self.retry(countdown=0.1)
    return self.request.retries


@app.task
def fails():
    raise ValueError("no such thing")


@app.task
def waits(folder):
    """Says in the folder which process has it, and is done when there is a file named go."""
    here = pathlib.Path(folder)
    (here / f"begun-{os.getpid()}").touch()
    while not (here / "go").exists():
        time.sleep(0.05)
    return os.getpid()
