"""Starts MiniStack with behaviour of AWS that MiniStack 1.5.33 lacks, and with what the local run needs.

Replaces private names of exactly that version: requirements.txt pins it, and main() refuses any other.

Behaviour of AWS:
  - Functions run in worker.js: a handler's error keeps its name, as Lambda and Step Functions report it, and the environment
    stays warm.
  - An invocation that logs nothing does not wait 50 ms for a log line.
  - At most one worker per processor starts at a time, and a waiting call takes a worker that becomes free. A function with a
    worker gets another only after a call has waited a moment (turns.py).
  - A task's TimeoutSeconds may be a JSONata expression. A task that waits for a token fails at once when its function fails.
  - IAM checks responses to tasks against the state machine, and mails against the identity, not against "*" only. Conditions
    may use ses:FromAddress. SES accepts every sender, because verification precedes the program.
  - aws:PrincipalArn of a role's session is the role's ARN.
  - aws:SecureTransport is true: this machine's plain HTTP stands for HTTPS.
  - /health belongs to the deployed APIs.
  - AWS's limits apply (limits.py), and Cognito's rules for accounts (cognito_accounts.py).
  - A multi-Region key can have its replica in another Region's process (multi_region_keys.py).

The local run:
  - Pages of other sites get no answer (foreign_pages.py).
  - Acknowledged changes survive a SIGKILL and replicate to other Regions (durability.py).
  - Readers of the streams learn of new records (stream_notices.py).
  - Uvicorn serves HTTP, for half of the processor time of a request (server.py), no response loads botocore's descriptions of services
    (service_models.py), and calls of functions share threads (reused_threads.py).
  - Environment variables name files for decisions of IAM (ACCESS_LOG), sent mail (MAILBOX), what AWS would bill for (METER, which
    ends the journal) and times of calls (TIMES), and the folder with the Regions' sessions (SESSIONS, see peer_sessions.py).
  - The process group ends with the process that started it, even by SIGKILL: a guard process outside the group watches standard
    input, which the starter holds open.
"""

import contextvars
import functools
import gc
import json
import os
import select
import signal
import sys
import threading

import checkpoint
import cognito_accounts
import foreign_pages
import limits
import mailbox
import meter
import multi_region_keys
import peer_sessions
import reused_threads
import server
import service_models
import stream_notices
import times
import turns

EXPECTED = "1.5.33"


def guard(alive_fd):
    """Waits until the starter (standard input) or MiniStack itself has ended, then kills the rest of MiniStack's group."""
    group = os.getpgid(0)
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    open_fds = [0, alive_fd]
    while True:
        ready, _, _ = select.select(open_fds, [], [])
        if any(os.read(fd, 4096) == b"" for fd in ready):
            break
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os._exit(0)


def start_guard():
    # Only this process has the write end, because workers do not inherit Python's descriptors: the guard reads its end as soon as
    # MiniStack has ended.
    read_end, write_end = os.pipe()
    if os.fork() == 0:
        os.close(write_end)
        guard(read_end)
    os.close(read_end)
    # MiniStack has no use for standard input, and its workers must not inherit it.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    return write_end


def use_own_node_worker():
    import ministack.core.lambda_runtime as runtime
    import ministack.services.lambda_svc as lambda_service

    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker.js"), encoding="utf-8") as script:
        runtime._NODEJS_WORKER_SCRIPT = script.read()

    drain = runtime.Worker._drain_stderr_bounded
    runtime.Worker._drain_stderr_bounded = lambda self: drain(self, 0.003, 0.002, 0.05)

    # MiniStack kills a worker that answers "error". So worker.js answers a handler's error as {"status": "ok", "failure":
    # {errorType, errorMessage, trace}}, which becomes the invocation's error here.
    failure = threading.local()
    invoke = runtime.Worker.invoke

    def invoke_keeping_failure(self, *args, **kwargs):
        try:
            response = invoke(self, *args, **kwargs)
        except Exception:
            # MiniStack drops it without a release, after which turns.py would kill it.
            self.kill()
            raise
        failure.payload = response.get("failure")
        if response.get("ends"):
            # It is about to exit. The next call must not reach it.
            self.kill()
        return response

    runtime.Worker.invoke = invoke_keeping_failure
    execute = lambda_service._execute_function_warm

    def execute_with_failure(func, event, request_id):
        failure.payload = None
        result = execute(func, event, request_id)
        if failure.payload and not result.get("error"):
            result = {**result, "body": failure.payload, "error": True}
        body = result.get("body")
        if isinstance(body, dict) and body.get("errorMessage") == "Worker process died":
            # Lambda's error for an environment that ended during an invocation.
            result = {**result, "body": {**body, "errorType": "Runtime.ExitError"}}
        return result

    lambda_service._execute_function_warm = execute_with_failure


def wait_as_step_functions_does():
    import ministack.services.stepfunctions as step_functions

    waiting = threading.local()
    # State machine of each token: the resource of a permission to answer it.
    owners = {}

    # MiniStack does not evaluate an expression in TimeoutSeconds.
    execute_task = step_functions._execute_task

    def execute_task_with_timeout(state, task_input, execution, context):
        waiting.state_machine = context.get("StateMachine", {}).get("Id")
        if isinstance(state.get("TimeoutSeconds"), str):
            seconds = step_functions._jsonata_state_field(state, "TimeoutSeconds", "number", task_input, context)
            state = {**state, "TimeoutSeconds": seconds}
        return execute_task(state, task_input, execution, context)

    step_functions._execute_task = execute_task_with_timeout

    # MiniStack drops the error of a function with a task token, and waits for a response that never comes.
    invoke_with_callback = step_functions._invoke_with_callback

    def invoke_with_callback_remembering_token(resource, arguments, token, state):
        waiting.token = token
        owners[token] = waiting.state_machine
        # Responses may come late, so expired tokens stay known for a while.
        if len(owners) > 20_000:
            owners.pop(next(iter(owners)))
        try:
            return invoke_with_callback(resource, arguments, token, state)
        finally:
            waiting.token = None

    step_functions._invoke_with_callback = invoke_with_callback_remembering_token
    call_lambda = step_functions._call_lambda

    def call_lambda_answering_token(function, event):
        try:
            return call_lambda(function, event)
        except step_functions._ExecutionError as error:
            task = step_functions._task_tokens.get(getattr(waiting, "token", None))
            if task and not task["event"].is_set():
                task["error"] = {"Error": error.error, "Cause": error.cause}
                task["event"].set()
            raise

    step_functions._call_lambda = call_lambda_answering_token
    return owners


def name_resources_as_iam_does(token_owners):
    # MiniStack finds no resource in these calls, so that only a grant on "*" would allow them.
    import ministack.core.iam_actions as iam_actions
    import ministack.core.iam_evaluator as iam
    import ministack.services.ses_v2 as ses

    extract_resource_arn = iam_actions.extract_resource_arn
    resolve = iam._resolve_condition_key
    mailing_as = contextvars.ContextVar("mailing_as", default=None)

    def extract_named_resource_arn(service, method, path, headers, body, query, region, account):
        arn = extract_resource_arn(service, method, path, headers, body, query, region, account)
        if arn != "*" or not body:
            return arn
        if service == "states" and b"taskToken" in body:
            # A token belongs to a state machine.
            return token_owners.get(json.loads(body).get("taskToken"), arn)
        if service == "ses" and path.rstrip("/") == "/v2/email/outbound-emails":
            # The resource is the sender's identity: the address or, if only the domain is verified, the domain.
            sender = json.loads(body).get("FromEmailAddress") or ""
            address = sender.rsplit("<", 1)[-1].rstrip("> ")
            mailing_as.set(address)
            identity = address if address in ses._identities else address.rsplit("@", 1)[-1]
            return f"arn:aws:ses:{region}:{account}:identity/{identity}"
        return arn

    def resolve_sender(key, context):
        return mailing_as.get() if key.lower() == "ses:fromaddress" else resolve(key, context)

    iam_actions.extract_resource_arn = extract_named_resource_arn
    iam._resolve_condition_key = resolve_sender
    ses._message_rejection = lambda *_args, **_kwargs: None


def name_roles_as_iam_does():
    import ministack.core.iam_evaluator as iam

    resolve = iam._resolve_condition_key

    def resolve_role(key, context):
        value = resolve(key, context)
        if key.lower() != "aws:principalarn" or ":assumed-role/" not in str(value):
            return value
        account, role = str(value).split(":")[4], str(value).split("/")[1]
        return f"arn:aws:iam::{account}:role/{role}"

    iam._resolve_condition_key = resolve_role


def take_http_for_tls():
    import ministack.core.iam_evaluator as iam

    resolve = iam._resolve_condition_key
    iam._resolve_condition_key = lambda key, context: (
        "true" if key.lower() == "aws:securetransport" else resolve(key, context)
    )


def parse_policies_once():
    # MiniStack parses all policies of a role twice for each of its requests.
    import ministack.core.iam_evaluator as iam

    parse = iam.parse_policy_document
    parse_text = functools.lru_cache(maxsize=4_096)(parse)
    iam.parse_policy_document = lambda document: parse_text(document) if isinstance(document, str) else parse(document)


def collect_garbage_seldom():
    # Requests leave few cycles. With Python's limits, all modules and tables are searched again and again.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def leave_health_to_the_apis():
    # MiniStack answers /health of every host itself, which would hide a deployed API's response.
    import ministack.app as app

    app._HEALTH_PATHS = tuple(path for path in app._HEALTH_PATHS if path != "/health")


def write_down_decisions(file):
    """Logs each decision on a role's request as a JSON line: {role, action, resource, allowed}. See cli/leastPrivilege."""
    import ministack.core.iam_evaluator as iam

    log = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    asked = threading.local()
    evaluate, enforce = iam.evaluate, iam.enforce

    def evaluate_noting_request(context, *args, **kwargs):
        asked.context = context
        return evaluate(context, *args, **kwargs)

    def enforce_and_write_down(*args, **kwargs):
        asked.context = None
        denied = enforce(*args, **kwargs)
        context = asked.context
        # Root's requests are not evaluated; a request with wrong credentials has no principal.
        if context is not None and ":assumed-role/" in context.principal_arn:
            line = {
                "role": context.principal_arn.split("/")[1],
                "action": context.action,
                "resource": context.resource_arn,
                "allowed": denied is None,
            }
            os.write(log, (json.dumps(line) + "\n").encode())
        return denied

    iam.evaluate = evaluate_noting_request
    iam.enforce = enforce_and_write_down


def main():
    alive = start_guard()
    import ministack  # noqa: F401  (imported after the fork, so that the guard stays small)
    from importlib.metadata import version

    if version("ministack") != EXPECTED:
        sys.exit(f"MiniStack is {version('ministack')}; it must be {EXPECTED}. Remove .stayopen/venv and start again.")
    service_models.read_metadata_only()
    reused_threads.reuse()
    use_own_node_worker()
    turns.start_few_workers_at_once()
    name_resources_as_iam_does(wait_as_step_functions_does())
    name_roles_as_iam_does()
    take_http_for_tls()
    parse_policies_once()
    multi_region_keys.share_between_processes()
    cognito_accounts.keep_accounts_as_cognito_does()
    limits.enforce()
    # Removed here because functions inherit this process's environment.
    access_log = os.environ.pop("ACCESS_LOG", None)
    if access_log:
        write_down_decisions(access_log)
    mailbox_file = os.environ.pop("MAILBOX", None)
    if mailbox_file:
        mailbox.keep(mailbox_file)
    sessions_folder = os.environ.pop("SESSIONS", None)
    if sessions_folder:
        peer_sessions.accept(sessions_folder)
    meter_file = os.environ.pop("METER", None)
    if meter_file:
        meter.write_down(meter_file)
    from durability import Durability

    durability = Durability(os.environ["STATE_DIR"], os.environ.pop("JOURNAL_DIR"), os.environ["MINISTACK_REGION"])
    durability.install()
    stream_notices.StreamNotices().install()
    if meter_file:
        durability.journal.keep_nothing()
    # After the others, so that times include their work. TIMES stays set, because worker.js reads it too.
    if os.environ.get("TIMES"):
        times.write_down(os.environ["TIMES"])
    checkpoint.write_on_signal(os.environ["STATE_DIR"], durability)
    leave_health_to_the_apis()
    foreign_pages.refuse()
    server.replace_hypercorn()
    from ministack.app import main as serve

    collect_garbage_seldom()
    sys.argv = sys.argv[:1]
    try:
        serve()
    finally:
        os.close(alive)


if __name__ == "__main__":
    main()
