import { expect } from "chai";
import { SECOND_FACTOR_ELSEWHERE } from "../../../domain/auth/directory";
import { describeSignInError } from "../../../web/src/signIn/signInErrors";
import { en } from "../../../web/src/texts/en";

const texts = en.signInErrors;
const failure = (name: string, message = "As Cognito says it.") => Object.assign(new Error(message), { name });

describe("describeSignInError", () => {
  it("has a sentence of the store's for Cognito's errors", () => {
    expect(describeSignInError(failure("CodeMismatchException"))).to.equal(texts.wrongCode);
    expect(describeSignInError(failure("NotAuthorizedException"))).to.equal(texts.wrongPassword);
  });

  it("does not reveal that an account is unknown", () => {
    const unknown = describeSignInError(failure("UserNotFoundException"));
    expect(unknown).to.equal(describeSignInError(failure("NotAuthorizedException")));
  });

  it("names a locked account, whose error has the name of a wrong password", () => {
    expect(describeSignInError(failure("NotAuthorizedException", "Password attempts exceeded"))).to.equal(
      texts.tooMany,
    );
  });

  it("names the Region that can check the second factor, whatever the error is called", () => {
    const wrapped = failure(
      "UserLambdaValidationException",
      `PreTokenGeneration failed with error ${SECOND_FACTOR_ELSEWHERE} (us-west-2).`,
    );
    expect(describeSignInError(wrapped)).to.equal(texts.secondFactorElsewhere("us-west-2"));
  });

  it("uses the sentence of the page's own errors, and one for what is no error", () => {
    expect(describeSignInError(failure("PoolUnreachableError", "Sign-in is not available."))).to.equal(
      "Sign-in is not available.",
    );
    expect(describeSignInError(failure("toString", "A name of Object's."))).to.equal("A name of Object's.");
    expect(describeSignInError("text")).to.equal(en.errors.unknown);
  });
});
