"""Limits how many workers start at a time: a call gets a free worker or a turn to start one, whichever comes first.

In a burst, one process for each call would start slowly, and retries would make it worse. Most handlers answer sooner than another
worker starts: calls of a function that has one wait a moment before they start another. The more workers it has, the longer they wait:
on a busy machine each worker is slow because there are many.

A call that has begun ends on its worker, also if its function's code changes or the function is deleted meanwhile.
"""

import contextlib
import os
import threading
import time

# For each worker that the function has.
PATIENCE_SECONDS = 0.25
# Calls that wait for others, with any number of workers, go on after that.
LONGEST_PATIENCE_SECONDS = 10


def start_few_workers_at_once():
    import ministack.core.lambda_runtime as runtime
    import ministack.services.lambda_svc as lambda_service

    acquire, release, kill = runtime.acquire_worker, runtime.release_worker, runtime.kill_workers
    lock = threading.Lock()
    turns = os.cpu_count() or 1
    # Waiting calls, oldest first: the key of the workers that they can take, the event that wakes them, and the time from which
    # they start a worker. Events, because hundreds of polling calls would keep a processor busy.
    waiting = []

    def look(key):
        """Returns True if a worker is idle, and the seconds that a call waits for one before it starts another."""
        with runtime._lock:
            workers = runtime._workers.get(key, ())
            patience = PATIENCE_SECONDS * len(workers)
            return any(not worker.in_use for worker in workers), min(patience, LONGEST_PATIENCE_SECONDS)

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
        arrived_at = time.monotonic()
        while True:
            with lock:
                is_idle, patience = look(key)
                now = time.monotonic()
                # Later than at first, if other calls have started workers meanwhile.
                starts_at = arrived_at + patience
                if is_idle:
                    # This call may have been woken for a turn that it no longer needs.
                    if turns:
                        wake_one()
                    return False
                if turns and starts_at <= now:
                    turns -= 1
                    return True
                if turns and entry is not None:
                    wake_one()
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

    invalidating = threading.local()
    invalidate = runtime.invalidate_worker

    def invalidate_idle(*args, **kwargs):
        invalidating.is_on = True
        try:
            invalidate(*args, **kwargs)
        finally:
            invalidating.is_on = False

    def kill_or_retire(workers):
        if not getattr(invalidating, "is_on", False):
            return kill(workers)
        with runtime._lock:
            idle = [worker for worker in workers if not worker.in_use]
            for worker in workers:
                worker.is_retired = worker.in_use
        kill(idle)

    def release_and_wake(worker):
        release(worker)
        if getattr(worker, "is_retired", False):
            kill([worker])
        if worker is not None:
            config = worker.config
            with lock:
                wake_one(runtime._worker_key(worker.func_name, config, config.get("Version", "$LATEST")))

    runtime.kill_workers = kill_or_retire
    lambda_service.invalidate_worker = invalidate_idle
    lambda_service.acquire_worker = acquire_in_turn
    lambda_service.release_worker = release_and_wake
