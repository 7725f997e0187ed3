import { type ServiceHandlers, unavailable } from "../handler";

const NO_BILL = "The local run has no costs, so no cost anomaly is reported.";

export const costExplorer: ServiceHandlers = {
  "aws:costexplorer/anomalyMonitor:AnomalyMonitor": unavailable(NO_BILL, ({ name }, { accountId }) => {
    const arn = `arn:aws:ce::${accountId}:anomalymonitor/${name}`;
    return { id: arn, outputs: { arn } };
  }),
  "aws:costexplorer/anomalySubscription:AnomalySubscription": unavailable(NO_BILL, ({ name }, { accountId }) => {
    const arn = `arn:aws:ce::${accountId}:anomalysubscription/${name}`;
    return { id: arn, outputs: { arn, accountId } };
  }),
};
