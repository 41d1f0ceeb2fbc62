import type { RedriveView } from '../../events/index.ts';
import { formatInstant } from './format-time.ts';

/** A redrive, in lines for people. */
export function describeRedrive(view: RedriveView): readonly string[] {
  const { id, topic, subscription, state, rate, query, by, startedAt, endedAt, nextAt } = view;
  const ofReplay = query.replay === undefined ? '' : `, replay ${query.replay}`;
  return [
    `${id}  ${topic}/${subscription}${ofReplay}  ${state}  ${rate}`,
    ` which    ${JSON.stringify(query)}`,
    ` since    ${formatInstant(startedAt)}${by === null ? '' : ` by ${by}`}`,
    endedAt === null ? ` next     ${formatInstant(nextAt)}` : ` ended    ${formatInstant(endedAt)}`,
    ` counts   ${view.matched} matched, ${view.redriven} redriven, ${view.left} left`,
    ` again    ${view.failedAgain} failed again${named(view.failedIds)}`,
    ` guarded  ${view.guarded} redriven too often${named(leftIds(view, 'guarded'))}`,
    ` unread   ${view.unreadable} cannot be read${named(leftIds(view, 'unreadable'))}`,
  ];
}

function leftIds({ audit }: RedriveView, why: 'guarded' | 'unreadable'): readonly string[] {
  return audit.filter(({ became }) => became === why).map(({ id }) => id);
}

function named(ids: readonly string[]): string {
  return ids.length === 0 ? '' : `: ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', …' : ''}`;
}
