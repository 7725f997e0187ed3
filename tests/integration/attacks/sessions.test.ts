import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { CODES_PATH, type CodeRequested, type CognitoSettings, encodeAnswer, signInPath } from "../../../domain/auth";
import { createAccount, signInAs } from "../../../local/person";
import { eventually } from "../../kit/drill/shopper";
import { edgeHeaders, ownApi } from "../../kit/ownApi";
import { useAttackedStore } from "./sharedStore";

interface Tokens {
  AccessToken: string;
  RefreshToken?: string;
}

describe("sessions and codes under attack", function () {
  this.timeout(180_000);
  const here = useAttackedStore();
  const pools: Record<string, CognitoSettings> = {};

  before(async () => {
    const { store, east, west } = here.attacked;
    for (const region of [east, west]) {
      const answer = await fetch(`${ownApi(store, region, "failover")}/api/config`, { headers: edgeHeaders(store) });
      pools[region] = ((await answer.json()) as { auth: CognitoSettings }).auth;
    }
  });

  const call = async (region: string, operation: string, input: object, clientOf = region) => {
    // As a client does: the edge may give up on a busy machine, and answers with a page of its own.
    for (let attempt = 1; ; attempt += 1) {
      const answer = await fetch(`${here.attacked.store.url}${signInPath(region)}`, {
        method: "POST",
        headers: {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
        },
        body: JSON.stringify({ ClientId: pools[clientOf]!.clientId, ...input }),
        signal: AbortSignal.timeout(30_000),
      });
      const text = await answer.text();
      if (answer.status < 500) {
        const body = JSON.parse(text) as { __type?: string; Session?: string; AuthenticationResult?: Tokens };
        return { status: answer.status, ...body };
      }
      if (attempt === 3) throw new Error(`${operation} in ${region} got ${answer.status}: ${text}`);
    }
  };
  /** Requests a code, which the first Region's pool accepts. */
  const requestCode = async (email: string) => {
    const { store, east } = here.attacked;
    const answer = await fetch(`${store.url}${CODES_PATH}`, { method: "POST", body: JSON.stringify({ email }) });
    expect(answer.status).to.equal(202);
    const requested = (await answer.json()) as CodeRequested;
    expect(requested.auth.region).to.equal(east);
    return requested;
  };
  const codesTo = (email: string) =>
    here.attacked.store
      .mail()
      .filter(({ to }) => to.includes(email))
      .flatMap(({ subject }) => /^(\d{4}) (\d{4}) is your code/.exec(subject)?.slice(1).join("") ?? []);
  const begin = async (region: string, email: string) => {
    const begun = await call(region, "InitiateAuth", {
      AuthFlow: "CUSTOM_AUTH",
      AuthParameters: { USERNAME: email },
    });
    return begun.Session;
  };
  const answerCode = async (region: string, email: string, Session: string | undefined, answer: string) =>
    await call(region, "RespondToAuthChallenge", {
      ChallengeName: "CUSTOM_CHALLENGE",
      Session,
      ChallengeResponses: { USERNAME: email, ANSWER: answer },
    });
  const newCustomer = async (region: string) => {
    const email = `guest.${randomUUID().slice(0, 8)}@example.com`;
    const password = await createAccount(
      { url: here.attacked.store.url, deployment: here.attacked.store.regions[region]!.deployment },
      pools[region]!,
      email,
    );
    return { email, password };
  };
  /** Signs in by a mailed code. */
  const signIn = async (region: string) => {
    const { email } = await newCustomer(region);
    const { challengeId } = await requestCode(email);
    const code = await eventually(`a code is mailed to ${email}`, async () => codesTo(email)[0]);
    const answer = encodeAnswer({ challengeId, code });
    const { AuthenticationResult: tokens } = await answerCode(region, email, await begin(region, email), answer);
    expect(tokens, "no tokens for the right code").not.to.equal(undefined);
    return { email, answer, tokens: tokens! };
  };
  const refresh = (region: string, token: string, clientOf = region) =>
    call(region, "GetTokensFromRefreshToken", { RefreshToken: token }, clientOf);

  it("end with the sign-out: a copied refresh token is worth nothing in either Region", async () => {
    const { east, west } = here.attacked;
    const { tokens } = await signIn(east);
    const token = tokens.RefreshToken!;
    const renewed = (await refresh(east, token)).AuthenticationResult;
    expect(renewed?.AccessToken).to.be.a("string");
    expect(renewed?.RefreshToken).to.be.a("string").and.not.to.equal(token);
    expect((await refresh(west, token)).status, "a pool's token at the other pool").to.equal(400);
    expect((await refresh(west, token, east)).status, "with the client of its own pool").to.equal(400);
    expect((await refresh(east, token, west)).status, "with the client of the other pool").to.equal(400);
    expect((await call(east, "RevokeToken", { Token: renewed?.RefreshToken })).status).to.equal(200);
    for (const copy of [token, renewed!.RefreshToken!]) {
      for (const region of [east, west]) {
        const answer = await refresh(region, copy);
        expect(answer.status, region).to.equal(400);
        expect(answer.AuthenticationResult).to.equal(undefined);
      }
    }
  });

  it("begin once with a code: repeated, it is refused in both Regions", async () => {
    const { east, west } = here.attacked;
    const { email, answer } = await signIn(east);
    for (const region of [east, west]) {
      const repeated = await answerCode(region, email, await begin(region, email), answer);
      expect(repeated.AuthenticationResult, region).to.equal(undefined);
    }
  });

  it("are not begun by many codes tried at once in both Regions, and the right one no longer counts", async () => {
    const { east, west } = here.attacked;
    const { email } = await newCustomer(east);
    const { challengeId } = await requestCode(email);
    const code = await eventually(`a code is mailed to ${email}`, async () => codesTo(email)[0]);
    const wrong = Array.from({ length: 24 }, (_, index) =>
      String((Number(code) + index + 1) % 100_000_000).padStart(8, "0"),
    );
    const begun = await Promise.all(
      wrong.map(async (guess, index) => ({
        guess,
        region: index % 3 === 0 ? west : east,
        session: await begin(index % 3 === 0 ? west : east, email),
      })),
    );
    const tried = await Promise.all(
      begun.map(({ guess, region, session }) =>
        answerCode(region, email, session, encodeAnswer({ challengeId, code: guess })),
      ),
    );
    for (const { AuthenticationResult: tokens } of tried) expect(tokens).to.equal(undefined);
    for (const region of [east, west]) {
      const right = await answerCode(region, email, await begin(region, email), encodeAnswer({ challengeId, code }));
      expect(right.AuthenticationResult, region).to.equal(undefined);
    }
  });

  it("are not begun by a code for another account or another request", async () => {
    const { east } = here.attacked;
    const [victim, thief] = [await newCustomer(east), await newCustomer(east)];
    const { challengeId } = await requestCode(thief.email);
    const code = await eventually("a code is mailed to the thief", async () => codesTo(thief.email)[0]);
    const victims = await requestCode(victim.email);
    for (const challenge of [challengeId, victims.challengeId]) {
      const answer = encodeAnswer({ challengeId: challenge, code });
      const { AuthenticationResult: tokens } = await answerCode(
        east,
        victim.email,
        await begin(east, victim.email),
        answer,
      );
      expect(tokens).to.equal(undefined);
    }
  });

  it("of a guest do not begin before the address is confirmed, nor by the password of a stranger who signed up before", async () => {
    const { store, east, west, shopper } = here.attacked;
    const address = `owner.${randomUUID().slice(0, 8)}@example.com`;
    const password = `Aa1-${randomUUID()}`;
    const signInAsStranger = async (region: string) => {
      const place = { url: store.url, deployment: store.regions[region]!.deployment };
      return await signInAs(place, pools[region]!, address, password).then(
        () => "signed in",
        () => "refused",
      );
    };
    // A stranger prepares accounts for an address that is not theirs.
    for (const region of [east, west]) {
      const UserAttributes = [{ Name: "email", Value: address }];
      const made = await call(region, "SignUp", { Username: address, Password: password, UserAttributes });
      expect(made.status, region).to.equal(200);
      expect(await signInAsStranger(region), region).to.equal("refused");
    }
    // The owner signs in with a mailed code; what the stranger has prepared is worth nothing.
    const { challengeId } = await requestCode(address);
    const code = await eventually("a code is mailed to the owner", async () => codesTo(address)[0]);
    for (const region of [east, west]) expect(await signInAsStranger(region), region).to.equal("refused");
    const answer = encodeAnswer({ challengeId, code });
    const { AuthenticationResult: tokens } = await answerCode(east, address, await begin(east, address), answer);
    expect(tokens?.AccessToken).to.be.a("string");
    for (const region of [east, west]) expect(await signInAsStranger(region), region).to.equal("refused");
    const again = await call(east, "SignUp", {
      Username: address,
      Password: password,
      UserAttributes: [{ Name: "email", Value: address }],
    });
    expect(again).to.include({ status: 400, __type: "UsernameExistsException" });
    const order = await fetch(`${store.url}/api/orders`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": randomUUID() },
      body: JSON.stringify(await shopper.request(randomUUID())),
    });
    expect(order.status, "an order without a session").to.equal(401);
  });
});
