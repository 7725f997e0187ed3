import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { CUSTOMER_QUERIES } from "../customerData";
import { Field } from "../parts/field";
import { Form } from "../parts/form";
import { ErrorNotice, Loading, Notice } from "../parts/notice";
import { useAction } from "../parts/useAction";
import { describeRefusal } from "./describeRefusal";
import { deliver, fetchShares } from "./merchandiseApi";
import { texts } from "./texts";

/** Units of a product by Region, and a form that adds some or takes some away. */
export function StockPanel({ productId }: { productId: string }) {
  const text = texts();
  const shares = useQuery({
    queryKey: [CUSTOMER_QUERIES, "shares", productId],
    queryFn: () => fetchShares(productId),
    staleTime: 0,
    retry: false,
  });
  const [units, setUnits] = useState("");
  const [deliveryId, setDeliveryId] = useState("");
  const [isDone, setIsDone] = useState(false);
  const { isBusy, error, run } = useAction(describeRefusal);
  const send = async () => {
    setIsDone(false);
    await deliver(productId, deliveryId.trim(), Number(units));
    setIsDone(true);
    setUnits("");
    setDeliveryId("");
    await shares.refetch();
  };
  return (
    <section className="panel merchandise-stock">
      <h2>{text.stock}</h2>
      {shares.isPending && <Loading what={text.stockLoading} />}
      <ErrorNotice error={shares.error} retry={() => shares.refetch()} />
      {shares.data && (
        <>
          <p role="status">{text.left(shares.data.left, shares.data.held)}</p>
          {!shares.data.counted && <p className="hint">{text.notCounted}</p>}
          {shares.data.shares.length > 0 && (
            <table className="merchandise-table">
              <thead>
                <tr>
                  {[text.region, text.available, text.promised, text.delivered].map((title) => (
                    <th key={title} scope="col">
                      {title}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {shares.data.shares.map((share) => (
                  <tr key={share.region}>
                    <th scope="row">{share.region}</th>
                    <td>{share.available}</td>
                    <td>{share.promised}</td>
                    <td>{share.delivered}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
      <Form isBusy={isBusy} onSubmit={() => run(send)}>
        <div className="field-row">
          <Field
            label={text.deliveryId}
            name="deliveryId"
            required
            maxLength={64}
            value={deliveryId}
            onChange={setDeliveryId}
          />
          <Field
            label={text.units}
            name="units"
            required
            pattern="-?[0-9]{1,6}"
            title={text.unitsRule}
            hint={text.unitsHint}
            value={units}
            onChange={setUnits}
          />
        </div>
        {error && <Notice kind="error">{error}</Notice>}
        {isDone && <Notice kind="success">{text.deliveredNow}</Notice>}
        <div className="actions">
          <button type="submit" disabled={isBusy}>
            {text.deliver}
          </button>
        </div>
      </Form>
    </section>
  );
}
