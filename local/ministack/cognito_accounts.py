"""Accounts of a user pool as Cognito keeps them and MiniStack 1.5.33 does not.

  - an address is verified once its owner has confirmed it by a code: at sign-up, and with a new password;
  - without the PreTokenGeneration trigger's answer there is no token.
"""

import os


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
