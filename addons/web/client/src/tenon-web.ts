/** The public API for addons: `import { registry, html, React, rpc } from '@tenon/web'`. */
import htm from 'htm';
import * as React from 'react';

/** Templates without JSX: html`<${Component} size=${4}>text<//>`. */
export const html = htm.bind(React.createElement);
export { React };
export { Boundary } from './registry/Boundary';
export { registry, useEntry, useRegistry } from './registry/registry';
export type { AddOptions, Category, Entry } from './registry/registry';
export { allOf, anyOf, matches } from './domain';
export { useBoot } from './rpc/boot';
export { rpc } from './rpc/call';
export { OfflineError, RpcError } from './rpc/errors';
export { keys, useStale, useViews } from './rpc/queries';
export { ask, notify, say, tell } from './shell/feedback';
export { navigate, recordPlace, usePlace } from './shell/location';
export { PageHead, ViewSwitch } from './shell/PageHead';
export { useShortcuts } from './shell/shortcuts';
export type { ViewProps } from './shell/ActionPage';
export { Avatar } from './widgets/Avatar';
export { Value } from './widgets/Value';
export type { WidgetProps } from './widgets/types';
