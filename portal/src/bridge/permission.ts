/**
 * The browser's permission to reach this machine (Local Network Access): Chrome and Edge ask for it since 142 for fetch, since 147 for
 * WebSockets too. Firefox and Safari have none yet.
 */

import type { Settings } from "./environment.ts";

/** `unknown`: this browser has no such permission, or doesn't tell. */
export type LocalNetwork = "granted" | "prompt" | "denied" | "unknown";

/** The name that Chrome gives it now, and the one that it had before it told this machine from its network. */
const NAMES = ["loopback-network", "local-network-access"];

/** How long the person may think about the browser's question. */
const QUESTION_MS = 120_000;

/** How long to wait for an answer of a program that is there: `usual`, or as long as the person needs if the browser will ask them first. */
export function patience(permission: LocalNetwork, usual: number): number {
  return permission === "prompt" ? QUESTION_MS : usual;
}

/** What the browser says now. It asks nobody. */
export async function localNetwork({ environment }: Settings): Promise<LocalNetwork> {
  if (environment.isLocalPage) {
    return "granted";
  }
  for (const name of NAMES) {
    try {
      const status = await environment.permissions?.query({ name: name as PermissionName });
      if (status !== undefined) {
        return status.state;
      }
    } catch {
      // A TypeError: the browser doesn't know the name.
    }
  }
  return "unknown";
}
