import type {
  CreateAuthChallengeTriggerEvent,
  DefineAuthChallengeTriggerEvent,
  VerifyAuthChallengeResponseTriggerEvent,
} from "aws-lambda";
import { decodeAnswer, SIGN_IN_CODE } from "../../../domain/auth";
import type { CodeStore } from "./codeStore";

export type ChallengeEvent =
  | DefineAuthChallengeTriggerEvent
  | CreateAuthChallengeTriggerEvent
  | VerifyAuthChallengeResponseTriggerEvent;

/**
 * Handles Cognito's custom sign-in with a mailed code: one kind of challenge, three attempts. The mail was requested before,
 * at the store's API. An address with an account and one without get the same answers after the same calls.
 */
export function createChallengeTrigger(codes: Pick<CodeStore, "use">) {
  return async (event: ChallengeEvent): Promise<ChallengeEvent> => {
    if (isDefine(event)) {
      event.response = decided(event);
    } else if (isCreate(event)) {
      event.response = {
        publicChallengeParameters: { kind: "mailed-code" },
        privateChallengeParameters: { kind: "mailed-code" },
        challengeMetadata: "MAILED_CODE",
      };
    } else {
      const { userAttributes, challengeAnswer, userNotFound } = event.request;
      const answer = decodeAnswer(String(challengeAnswer));
      const sub = userNotFound ? undefined : userAttributes?.["sub"];
      // No account has the empty subject, so no code matches; the look-up takes as long as a real one.
      const isRight = answer !== undefined && (await codes.use(answer, sub || ""));
      event.response = { answerCorrect: isRight && Boolean(sub) };
    }
    return event;
  };
}

function decided({ request }: DefineAuthChallengeTriggerEvent): DefineAuthChallengeTriggerEvent["response"] {
  const fail = { challengeName: "", issueTokens: false, failAuthentication: true };
  const rounds = request.session;
  // A sign-in that began with a password must not end with a code alone.
  if (rounds.some(({ challengeName }) => challengeName !== "CUSTOM_CHALLENGE")) return fail;
  if (rounds.at(-1)?.challengeResult === true && !request.userNotFound) {
    return { challengeName: "", issueTokens: true, failAuthentication: false };
  }
  if (rounds.length >= SIGN_IN_CODE.attempts) return fail;
  return { challengeName: "CUSTOM_CHALLENGE", issueTokens: false, failAuthentication: false };
}

function isDefine(event: ChallengeEvent): event is DefineAuthChallengeTriggerEvent {
  return event.triggerSource === "DefineAuthChallenge_Authentication";
}

function isCreate(event: ChallengeEvent): event is CreateAuthChallengeTriggerEvent {
  return event.triggerSource === "CreateAuthChallenge_Authentication";
}
