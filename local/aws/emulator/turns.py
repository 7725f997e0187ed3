"""Limits how many workers start at a time: a call gets a free worker or a turn to start one, whichever comes first.

In a burst, one process for each call would start slowly, and retries would make it worse. A function that has a worker for each
processor gains nothing from another unless they wait: its calls wait a moment before they start one.
"""

import contextlib
import os
import threading
import time

# Most handlers answer sooner, and a worker starts no faster on a busy machine.
PATIENCE_SECONDS = 0.25


def start_few_workers_at_once():
    import ministack.core.lambda_runtime as runtime
    import ministack.services.lambda_svc as lambda_service

    acquire, release = runtime.acquire_worker, runtime.release_worker
    lock = threading.Lock()
    processors = turns = os.cpu_count() or 1
    # Waiting calls, oldest first: the key of the workers that they can take, the event that wakes them, and the time from which
    # they start a worker. Events, because hundreds of polling calls would keep a processor busy.
    waiting = []

    def look(key):
        """Returns True if a worker is idle, and True if there is one for each processor."""
        with runtime._lock:
            workers = runtime._workers.get(key, ())
            return any(not worker.in_use for worker in workers), len(workers) >= processors

    def wake_one(key=None):
        now = time.monotonic()
        for place, (wanted, woken, starts_at) in enumerate(waiting):
            if starts_at <= now if key is None else wanted == key:
                del waiting[place]
                woken.set()
                return

    def wait_for_worker_or_turn(key):
        """Returns True if the call got a turn, which it must return."""
        nonlocal turns
        entry = None
        while True:
            with lock:
                is_idle, is_crowded = look(key)
                now = time.monotonic()
                if entry is None:
                    starts_at = now + PATIENCE_SECONDS if is_crowded else now
                if is_idle:
                    # This call may have been woken for a turn that it no longer needs.
                    if turns:
                        wake_one()
                    return False
                if turns and starts_at <= now:
                    turns -= 1
                    return True
                # Another call was faster; this one keeps its place.
                place = len(waiting) if entry is None else 0
                entry = (key, threading.Event(), starts_at)
                waiting.insert(place, entry)
            if not entry[1].wait(starts_at - now if starts_at > now else None):
                with lock, contextlib.suppress(ValueError):
                    waiting.remove(entry)

    def acquire_in_turn(name, config, code, qualifier="$LATEST", max_concurrency=None):
        nonlocal turns
        has_turn = wait_for_worker_or_turn(runtime._worker_key(name, config, qualifier))
        try:
            worker, reason = acquire(name, config, code, qualifier=qualifier, max_concurrency=max_concurrency)
            if has_turn and reason == "spawn":
                # If the start fails, the invocation tries again and reports the error.
                with contextlib.suppress(Exception):
                    runtime.ensure_spawned(worker)
        finally:
            if has_turn:
                with lock:
                    turns += 1
                    wake_one()
        return worker, reason

    def release_and_wake(worker):
        release(worker)
        if worker is not None:
            config = worker.config
            with lock:
                wake_one(runtime._worker_key(worker.func_name, config, config.get("Version", "$LATEST")))

    lambda_service.acquire_worker = acquire_in_turn
    lambda_service.release_worker = release_and_wake
