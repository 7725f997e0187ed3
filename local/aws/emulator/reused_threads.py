"""Runs MiniStack's short-lived threads, two for each call of a function, on threads that wait for the next one."""

import contextvars
import queue
import threading
import types

# Threads that wait longer end. A burst of calls may have started hundreds.
IDLE_SECONDS = 30


class ReusedThread:
    """What MiniStack uses of threading.Thread."""

    _idle = []
    _lock = threading.Lock()

    def __init__(self, target, args=(), daemon=None, name=None):
        self._target, self._args = target, args
        self._is_over = threading.Event()

    def start(self):
        with ReusedThread._lock:
            jobs = ReusedThread._idle.pop() if ReusedThread._idle else None
        if jobs is None:
            jobs = queue.SimpleQueue()
            threading.Thread(target=ReusedThread._work, args=(jobs,), daemon=True).start()
        jobs.put(self)

    def join(self, timeout=None):
        self._is_over.wait(timeout)

    def is_alive(self):
        return not self._is_over.is_set()

    @staticmethod
    def _work(jobs):
        try:
            while True:
                jobs.get(timeout=IDLE_SECONDS)._run()
                with ReusedThread._lock:
                    ReusedThread._idle.append(jobs)
        except queue.Empty:
            with ReusedThread._lock:
                if jobs in ReusedThread._idle:
                    ReusedThread._idle.remove(jobs)
                    return
            # Taken at the last moment.
            jobs.get()._run()

    def _run(self):
        try:
            # As in a new thread: variables of the job before are not set.
            contextvars.Context().run(self._target, *self._args)
        finally:
            self._is_over.set()


def reuse():
    import ministack.core.concurrency as concurrency
    import ministack.core.lambda_runtime as runtime

    reusing = types.SimpleNamespace(**{**vars(threading), "Thread": ReusedThread})
    concurrency.threading = runtime.threading = reusing
