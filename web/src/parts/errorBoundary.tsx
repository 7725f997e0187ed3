import { Component, type ErrorInfo, type ReactNode } from "react";
import { text } from "../texts/texts";
import { Notice } from "./notice";

/** Contains an error to one part of the page, such as a script that can't be loaded. */
export class ErrorBoundary extends Component<{ children: ReactNode; page: string }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidCatch(error: Error, info: ErrorInfo) {
    console.error("Rendering failed.", error, info.componentStack);
  }

  /** Another page may work. */
  override componentDidUpdate(before: { page: string }) {
    if (before.page !== this.props.page && this.state.failed) this.setState({ failed: false });
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Notice kind="error">
        <p>{text.frame.brokenPage}</p>
        <button type="button" className="button-quiet" onClick={() => location.reload()}>
          {text.frame.reload}
        </button>
      </Notice>
    );
  }
}
