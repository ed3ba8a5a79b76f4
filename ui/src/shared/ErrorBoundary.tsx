import { Component, type ReactNode } from "react";

interface Props {
  /** Shown instead of a part that failed; `again` tries it once more. */
  fallback: (error: Error, again: () => void) => ReactNode;
  children: ReactNode;
}

/** Keeps a part that failed from taking the window with it. */
export class ErrorBoundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    return error
      ? this.props.fallback(error, () => this.setState({ error: null }))
      : this.props.children;
  }
}
