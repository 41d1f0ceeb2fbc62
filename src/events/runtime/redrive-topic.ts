/** The topic through which dead letters of one subscription go to that subscription again, and to no other. */
export function redriveTopic(topic: string, subscription: string): string {
  return `redrive:${topic}/${subscription}`;
}
