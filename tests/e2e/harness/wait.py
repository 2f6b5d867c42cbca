"""Waiting for a condition, with a deadline."""
import time


def until(condition, what, seconds=90.0, every=0.3):
    """The condition's first true value. Fails with `what` and the last value when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s for {what}; last seen: {value!r}")
        time.sleep(every)
