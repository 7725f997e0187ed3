"""Limits how many workers start at a time: a call gets a free worker or a turn to start one, whichever comes first.

In a burst, one process for each call would start slowly, and retries would make it worse.
"""

import contextlib
import os
import threading


def start_few_workers_at_once():
    import ministack.core.lambda_runtime as runtime
    import ministack.services.lambda_svc as lambda_service

    acquire, release = runtime.acquire_worker, runtime.release_worker
    lock = threading.Lock()
    turns = os.cpu_count() or 1
    # Waiting calls, oldest first: the key of the workers that they can take, and the event that wakes them. Events, because
    # hundreds of polling calls would keep a processor busy.
    waiting = []

    def is_idle(key):
        with runtime._lock:
            return any(not worker.in_use for worker in runtime._workers.get(key, ()))

    def wake_one(key=None):
        for place, (wanted, woken) in enumerate(waiting):
            if key in (None, wanted):
                del waiting[place]
                woken.set()
                return

    def wait_for_worker_or_turn(key):
        """Returns True if the call got a turn, which it must return."""
        nonlocal turns
        woken = None
        while True:
            with lock:
                if is_idle(key):
                    # This call may have been woken for a turn that it no longer needs.
                    if turns:
                        wake_one()
                    return False
                if turns:
                    turns -= 1
                    return True
                # Another call was faster; this one keeps its place.
                place = len(waiting) if woken is None else 0
                woken = threading.Event()
                waiting.insert(place, (key, woken))
            woken.wait()

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
