"""Adds Cognito's behaviour for accounts that MiniStack 1.5.33 lacks.

  - A code that confirms a sign-up or a new password verifies the user's mail address.
  - If the PreTokenGeneration trigger fails, Cognito issues no token, and the caller gets the trigger's error.
  - User names ignore case if the pool is configured so.
  - A renewed token keeps the time of the sign-in (`auth_time`), until the emulator restarts.
  - A refresh token is replaced at each use if the client is configured so. The earlier one works for the grace period.
"""

import hashlib
import json
import os
import re
import time


def keep_accounts_as_cognito_does():
    import ministack.services.cognito as cognito

    os.environ["MINISTACK_COGNITO_PRETOKEN_STRICT"] = "1"

    def verifying(confirm):
        def confirm_and_verify(data):
            answer = confirm(data)
            pool, _ = cognito._pool_for_client(data.get("ClientId"))
            if answer[0] == 200 and pool and "email" in (pool.get("AutoVerifiedAttributes") or []):
                user, missing = cognito._resolve_user(pool, data.get("Username"))
                if not missing:
                    attributes = cognito._attr_list_to_dict(user["Attributes"])
                    user["Attributes"] = cognito._dict_to_attr_list({**attributes, "email_verified": "true"})
            return answer

        return confirm_and_verify

    cognito._confirm_sign_up = verifying(cognito._confirm_sign_up)
    cognito._confirm_forgot_password = verifying(cognito._confirm_forgot_password)
    cognito._resolve_user = resolving_without_case(cognito._resolve_user)
    cognito._apply_pretoken_trigger = naming_failures(cognito._apply_pretoken_trigger)
    cognito._run_idp_handler = answering_failures(cognito._run_idp_handler)
    cognito._create_user_pool_client = keeping_rotation(cognito._create_user_pool_client)
    cognito._update_user_pool_client = keeping_rotation(cognito._update_user_pool_client)
    cognito._build_auth_result = keeping_refresh_token(cognito._build_auth_result)
    cognito._get_tokens_from_refresh_token = rotating(cognito._get_tokens_from_refresh_token)
    cognito._signed_jwt = keeping_sign_in_time(cognito._signed_jwt)


class TriggerFailed(Exception):
    """A trigger's error, in Cognito's wording."""


def naming_failures(apply):
    def apply_and_name(*args, **kwargs):
        try:
            return apply(*args, **kwargs)
        except Exception as error:
            raise TriggerFailed(f"PreTokenGeneration failed with error {message_of(error)}.") from error

    return apply_and_name


def message_of(error):
    """Extracts the message of the function's error. MiniStack wraps it with the error's type and stack."""
    text = str(error)
    found = re.search(r"""['"]errorMessage['"]: *(?:"([^"]*)"|'([^']*)')""", text)
    return (found.group(1) or found.group(2) or "") if found else text


def answering_failures(run):
    import ministack.services.cognito as cognito

    def run_and_answer(handler, action, data):
        try:
            return run(handler, action, data)
        except TriggerFailed as error:
            return cognito.error_response_json("UserLambdaValidationException", str(error), 400)

    return run_and_answer


def keeping_rotation(make):
    """Keeps the client's setting, which MiniStack ignores."""
    import ministack.services.cognito as cognito

    def make_and_keep(data):
        answer = make(data)
        if answer[0] == 200:
            client_id = json.loads(answer[2])["UserPoolClient"]["ClientId"]
            pool, _ = cognito._resolve_pool(data.get("UserPoolId"))
            pool["_clients"][client_id]["RefreshTokenRotation"] = data.get("RefreshTokenRotation")
        return answer

    return make_and_keep


def keeping_sign_in_time(sign):
    """Tokens of one sign-in share `origin_jti`; MiniStack gives each the time at which it was made."""
    signed_in_at = {}

    def sign_and_keep(claims, *args, **kwargs):
        if "auth_time" in claims and "origin_jti" in claims:
            claims = {**claims, "auth_time": signed_in_at.setdefault(claims["origin_jti"], claims["auth_time"])}
        return sign(claims, *args, **kwargs)

    return sign_and_keep


# Name of the next refresh token in a result, from which MiniStack removes "RefreshToken".
NEXT = "NextRefreshToken"


def keeping_refresh_token(build):
    def build_and_keep(*args, **kwargs):
        result = build(*args, **kwargs)
        is_renewal = kwargs.get("trigger_source") == "TokenGeneration_RefreshTokens"
        return {**result, NEXT: result["RefreshToken"]} if is_renewal else result

    return build_and_keep


def rotating(get_tokens):
    import ministack.services.cognito as cognito

    def get_and_rotate(data):
        token, client_id = data.get("RefreshToken") or "", data.get("ClientId")
        pool, pool_id = cognito._pool_for_client(client_id)
        rotation = ((pool or {}).get("_clients", {}).get(client_id) or {}).get("RefreshTokenRotation") or {}
        is_on = rotation.get("Feature") == "ENABLED"
        user, refused = cognito._refresh_auth_user(pool, pool_id, client_id, token) if is_on else (None, None)
        # With the account, so that a restart of the emulator keeps them.
        used = user.setdefault("_used_refresh_tokens", {}) if user and not refused else {}
        key = hashlib.sha256(token.encode()).hexdigest()
        if key in used and time.time() > used[key] + (rotation.get("RetryGracePeriodSeconds") or 0):
            reason = "Refresh token reuse detected"
            return cognito.error_response_json("RefreshTokenReuseException", reason, 400)
        status, headers, body = get_tokens(data)
        if status != 200:
            return status, headers, body
        answer = json.loads(body)
        following = answer["AuthenticationResult"].pop(NEXT, None)
        if is_on:
            used.setdefault(key, time.time())
            answer["AuthenticationResult"]["RefreshToken"] = following
        return cognito.json_response(answer)

    return get_and_rotate


def resolving_without_case(resolve):
    """Finds a user regardless of case, in a pool with UsernameConfiguration.CaseSensitive false."""

    def resolve_without_case(pool, username):
        found = resolve(pool, username)
        if found[0] or not isinstance(username, str) or not ignores_case(pool):
            return found
        for name in names_in(pool):
            if name.casefold() == username.casefold():
                found = resolve(pool, name)
                if found[0]:
                    return found
        return resolve(pool, username)

    return resolve_without_case


def ignores_case(pool):
    return str((pool.get("UsernameConfiguration") or {}).get("CaseSensitive")).lower() == "false"


def names_in(pool):
    aliases = [*(pool.get("UsernameAttributes") or []), *(pool.get("AliasAttributes") or [])]
    for username, user in pool["_users"].items():
        yield username
        values = {entry.get("Name"): entry.get("Value") for entry in user.get("Attributes", [])}
        yield from (values[alias] for alias in aliases if values.get(alias))
