import type { FormHTMLAttributes } from "react";

interface FormProps extends Omit<FormHTMLAttributes<HTMLFormElement>, "onSubmit"> {
  isBusy?: boolean;
  onSubmit(): void;
}

/** Form that the page handles itself: the browser sends nothing. */
export function Form({ isBusy, onSubmit, ...attributes }: FormProps) {
  return (
    <form
      {...attributes}
      aria-busy={isBusy}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    />
  );
}
