"""A burst of calls would start a process for each, all of them slowly, and callers who give up and repeat would make it worse.
Where Lambda has processors for all, a call here gets what comes first: a worker that is done, or its turn to start one.
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
    # Calls that found neither, oldest first: which workers they can take, and what wakes them. Hundreds of them that looked again
    # and again would keep a processor busy.
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
        """Answers whether it is a turn, which is to be given back."""
        nonlocal turns
        woken = None
        while True:
            with lock:
                if is_idle(key):
                    # It may have been woken for a turn, which it does not need.
                    if turns:
                        wake_one()
                    return False
                if turns:
                    turns -= 1
                    return True
                # Another call was quicker: it keeps its place.
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
                # Should it fail, the invocation starts it once more, and answers why it can't.
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
