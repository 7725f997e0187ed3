import { Component, type ErrorInfo, type ReactNode } from "react";
import { Notice } from "./notice";

/** Keeps the rest of the page alive when one part of it breaks, such as a part that can't be loaded. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidCatch(error: Error, info: ErrorInfo) {
    console.error("A part of the page broke.", error, info.componentStack);
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Notice kind="error">
        <p>This part of the store could not be shown.</p>
        <button type="button" className="button-quiet" onClick={() => location.reload()}>
          Load the page again
        </button>
      </Notice>
    );
  }
}
