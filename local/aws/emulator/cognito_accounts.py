"""Adds Cognito's behaviour for accounts that MiniStack 1.5.33 lacks.

  - A code that confirms a sign-up or a new password verifies the user's mail address.
  - If the PreTokenGeneration trigger fails, Cognito issues no token, and the caller gets the trigger's error.
  - User names ignore case if the pool is configured so.
"""

import os
import re


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
