/** Keeps one failing contribution from taking the page with it. */
import { Component, type ErrorInfo, type ReactNode } from 'react';

interface Props {
  /** Who made what stands inside: shown when it fails. */
  name: string;
  children: ReactNode;
}

export class Boundary extends Component<Props, { failure: Error | null }> {
  override state: { failure: Error | null } = { failure: null };

  static getDerivedStateFromError(failure: Error): { failure: Error } {
    return { failure };
  }

  override componentDidCatch(failure: Error, info: ErrorInfo): void {
    console.error(`"${this.props.name}" failed`, failure, info.componentStack);
  }

  override render(): ReactNode {
    if (!this.state.failure) return this.props.children;
    return (
      <span role="alert" className="tn-boundary" data-addon-error={this.props.name}>
        {this.props.name} failed: {this.state.failure.message}
      </span>
    );
  }
}
