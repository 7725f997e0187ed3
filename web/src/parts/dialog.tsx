import { type ReactNode, useId, useLayoutEffect, useRef } from "react";

interface DialogProps {
  title: string;
  className?: string;
  /** A click beside it closes it, in browsers that know `closedby`. */
  isDismissedOutside?: boolean;
  onClose(): void;
  children: ReactNode;
}

/** Modal dialog; Escape closes it. Closing returns the focus to the element that had it. */
export function Dialog({ title, className, isDismissedOutside = false, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // A layout effect: its clean-up runs while the element is still in the document, where closing returns the focus.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={className}
      aria-labelledby={id}
      onCancel={onClose}
      {...(isDismissedOutside && { closedby: "any" })}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}
