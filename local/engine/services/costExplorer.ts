import { type ServiceHandlers, unavailable } from "../handler";

const NO_BILL = "Nothing costs anything here, so nothing unusual is told.";

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
