"""Enforces limits of AWS that MiniStack 1.5.33 lacks and the store's code could reach.

Source: the services' API references. tests/local/aws/emulator/limits.test.ts also covers those that MiniStack enforces itself.
"""

import json
import re

KIB = 1024
PAYLOAD_BYTES = 256 * KIB
INDEX_KEY_BYTES = {"HASH": 2_048, "RANGE": 1_024}
SYNCHRONOUS_BYTES = 6 * KIB * KIB
ASYNCHRONOUS_BYTES = KIB * KIB
# Step Functions: white space, brackets, wildcards, the listed signs and control characters.
NOT_IN_NAMES = re.compile(r"""[\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff]""")


def enforce():
    limit_keys()
    limit_executions()
    limit_messages()
    limit_calls()
    limit_mail()
    limit_accounts()
    limit_parameters()


def too_long(field, most):
    return (
        f"1 validation error detected: Value at '{field}' failed to satisfy constraint: "
        f"Member must have length less than or equal to {most}"
    )


def limit_keys():
    """Refuses a page's start key that no item can have, and index keys that are too long."""
    from ministack.core.responses import error_response_json
    from ministack.services import dynamodb

    def starting_key_refused(data):
        start = data.get("ExclusiveStartKey")
        table = dynamodb._tables.get(dynamodb._normalize_table_name(data.get("TableName") or ""))
        if not isinstance(start, dict) or table is None:
            return None
        keys = {attribute["AttributeName"] for attribute in table.get("AttributeDefinitions") or []}
        for name in keys & start.keys():
            value = start[name]
            if isinstance(value, dict) and ("S" in value or "B" in value) and not next(iter(value.values())):
                message = (
                    "The provided starting key is invalid: One or more parameter values are not valid. "
                    f"The AttributeValue for a key attribute cannot contain an empty string value. Key: {name}"
                )
                return error_response_json("ValidationException", message, 400)
        return None

    def starting_at_a_key(read):
        return lambda data: starting_key_refused(data) or read(data)

    dynamodb._query = starting_at_a_key(dynamodb._query)
    dynamodb._scan = starting_at_a_key(dynamodb._scan)

    empty_reason = dynamodb._index_key_empty_reason

    def index_key_reason(table, item, update_expr=False):
        reason = empty_reason(table, item, update_expr=update_expr)
        if reason:
            return reason
        for index in (table.get("GlobalSecondaryIndexes") or []) + (table.get("LocalSecondaryIndexes") or []):
            for key in index.get("KeySchema") or []:
                value = item.get(key["AttributeName"])
                most = INDEX_KEY_BYTES[key["KeyType"]]
                if isinstance(value, dict) and len(str(value.get("S", "")).encode()) > most:
                    kind = "hashkey" if key["KeyType"] == "HASH" else "rangekey"
                    return f"One or more parameter values were invalid: Size of {kind} has exceeded the maximum size limit of {most} bytes"
        return None

    dynamodb._index_key_empty_reason = index_key_reason


def limit_executions():
    """Limits names and inputs of executions, and responses of tasks."""
    from ministack.core.responses import error_response_json
    from ministack.services import stepfunctions

    def refused(data):
        name, text = data.get("name"), data.get("input", "{}")
        if name is not None and len(name) > 80:
            return error_response_json("ValidationException", too_long("name", 80), 400)
        if name is not None and (name == "" or NOT_IN_NAMES.search(name)):
            return error_response_json("InvalidName", f"Invalid Name: '{name}'", 400)
        if len(text.encode()) > PAYLOAD_BYTES:
            return error_response_json("ValidationException", too_long("input", PAYLOAD_BYTES), 400)
        try:
            json.loads(text)
        except ValueError as error:
            message = f"Invalid State Machine Execution Input: '{error}'"
            return error_response_json("InvalidExecutionInput", message, 400)
        return None

    def with_limits(start):
        return lambda data: refused(data) or start(data)

    stepfunctions._start_execution = with_limits(stepfunctions._start_execution)
    stepfunctions._start_sync_execution = with_limits(stepfunctions._start_sync_execution)

    succeed = stepfunctions._send_task_success

    def succeed_with_limits(data):
        if len((data.get("output") or "").encode()) > PAYLOAD_BYTES:
            return error_response_json("ValidationException", too_long("output", PAYLOAD_BYTES), 400)
        return succeed(data)

    stepfunctions._send_task_success = succeed_with_limits


def limit_messages():
    """Limits text messages, and the delay of a message in a queue."""
    from ministack.services import sns, sqs

    publish, send = sns._publish, sqs._act_send_message

    def publish_with_limits(params):
        if sns._p(params, "PhoneNumber") and len(sns._p(params, "Message")) > 1_600:
            return sns._error("InvalidParameter", "Invalid parameter: Message Reason: Message too long", 400)
        return publish(params)

    def send_with_limits(data, url):
        delay = data.get("DelaySeconds")
        if delay is not None and not 0 <= int(delay) <= 900:
            raise sqs._Err(
                "InvalidParameterValue",
                f"Value {delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.",
            )
        return send(data, url)

    sns._publish = publish_with_limits
    sqs._act_send_message = send_with_limits
    for action, act in list(sqs._HANDLERS.items()):
        if act is send:
            sqs._HANDLERS[action] = send_with_limits


def limit_calls():
    """Limits the size of requests to functions. Calls by services have other limits."""
    from ministack.services import lambda_svc

    handle = lambda_svc.handle_request

    async def handle_with_limits(method, path, headers, body, query_params):
        if method == "POST" and path.rstrip("/").endswith("/invocations"):
            asynchronous = headers.get("x-amz-invocation-type") == "Event"
            most = ASYNCHRONOUS_BYTES if asynchronous else SYNCHRONOUS_BYTES
            if len(body or b"") > most:
                message = f"Request must be smaller than {most} bytes for the InvokeFunction operation"
                answer = json.dumps({"Type": "User", "message": message}).encode()
                return 413, {"Content-Type": "application/json", "x-amzn-ErrorType": "RequestTooLargeException"}, answer
        return await handle(method, path, headers, body, query_params)

    lambda_svc.handle_request = handle_with_limits


def limit_mail():
    from ministack.services import ses_v2

    handle = ses_v2.handle_request

    async def handle_with_limits(method, path, headers, body, query_params):
        if method == "POST" and path.rstrip("/").endswith("/outbound-emails"):
            destination = json.loads(body or b"{}").get("Destination") or {}
            recipients = sum(len(destination.get(f"{kind}Addresses") or []) for kind in ("To", "Cc", "Bcc"))
            if recipients > 50:
                return ses_v2._json_err("BadRequestException", "Recipient count exceeds 50.")
        return await handle(method, path, headers, body, query_params)

    ses_v2.handle_request = handle_with_limits


def limit_accounts():
    """Limits user names and attributes."""
    from ministack.core.responses import error_response_json
    from ministack.services import cognito

    def refused(data):
        if len(data.get("Username") or "") > 128:
            return error_response_json("InvalidParameterException", too_long("username", 128), 400)
        for attribute in data.get("UserAttributes") or []:
            if len(attribute.get("Value") or "") > 2_048:
                name = attribute.get("Name")
                message = f"Attributes did not conform to the schema: {name}: String must not be longer than 2048 characters\n"
                return error_response_json("InvalidParameterException", message, 400)
        return None

    def with_limits(act):
        return lambda data: refused(data) or act(data)

    for action in ("_sign_up", "_admin_create_user", "_update_user_attributes", "_admin_update_user_attributes"):
        setattr(cognito, action, with_limits(getattr(cognito, action)))


def limit_parameters():
    from ministack.core.responses import error_response_json
    from ministack.services import ssm

    put = ssm._put_parameter

    def put_with_limits(data):
        value = data.get("Value") or ""
        if value == "":
            message = "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1."
            return error_response_json("ValidationException", message, 400)
        if len(value) > 4_096 and data.get("Tier", "Standard") == "Standard":
            message = (
                "Standard tier parameters support a maximum parameter value of 4096 characters. "
                "To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier."
            )
            return error_response_json("ValidationException", message, 400)
        return put(data)

    ssm._put_parameter = put_with_limits
