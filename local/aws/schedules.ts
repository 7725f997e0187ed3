import { Lambda } from "@aws-sdk/client-lambda";
import { type Deployment, resourcesOfType } from "../deployment/deployment";

/** Time limit of a call; the emulator accepts asynchronous invocations immediately. */
const limitMs = 10_000;

/**
 * Runs the functions of all `rate(…)` schedules for the first time. The emulator would wait for a whole interval after a schedule's
 * creation: a minute without a heartbeat, in which the peer could not detect the Region's loss.
 */
export async function beginSchedules(
  deployment: Pick<Deployment, "region" | "endpoint" | "credentials" | "resources">,
): Promise<void> {
  const { region, endpoint, credentials } = deployment;
  const client = new Lambda({
    region,
    endpoint,
    credentials,
    requestHandler: { requestTimeout: limitMs, throwOnRequestTimeout: true },
  });
  try {
    const targets = resourcesOfType(deployment, "aws:scheduler/schedule:Schedule")
      .filter(({ inputs }) => /^rate\(/.test(String(inputs["scheduleExpression"])) && inputs["state"] !== "DISABLED")
      .map(({ inputs }) => inputs["target"] as { arn?: string; input?: string });
    for (const { arn, input } of targets) {
      if (!arn?.includes(":lambda:")) continue;
      const Payload = input === undefined ? undefined : Buffer.from(input);
      await client.invoke({ FunctionName: arn, InvocationType: "Event", Payload });
    }
  } finally {
    client.destroy();
  }
}
