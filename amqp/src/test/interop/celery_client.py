"""Usage: python3 celery_client.py results | waits FOLDER

Asks the workers of celery_app for tasks, and prints what became of them as JSON.
"""

import json
import sys

from celery import group

from celery_app import add, app, fails, third_time_lucky, waits

PATIENCE_SECONDS = 60


def results():
    failed = fails.delay()
    try:
        failed.get(timeout=PATIENCE_SECONDS)
        error = None
    except ValueError as expected:
        error = str(expected)
    many = group(add.s(i, i) for i in range(50)).apply_async()
    return {
        "sum": add.delay(2, 3).get(timeout=PATIENCE_SECONDS),
        "many": many.get(timeout=PATIENCE_SECONDS) == [2 * i for i in range(50)],
        "later": add.apply_async((4, 4), countdown=0.5).get(timeout=PATIENCE_SECONDS),
        "retries": third_time_lucky.delay().get(timeout=PATIENCE_SECONDS),
        "error": error,
        "workers": len(app.control.ping(timeout=10, limit=1)),
    }


if __name__ == "__main__":
    if sys.argv[1] == "results":
        print(json.dumps(results()))
    else:
        print(waits.delay(sys.argv[2]).get(timeout=PATIENCE_SECONDS))
