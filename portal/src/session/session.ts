/** Who is logged in, and what the page knows of them. */

import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";

import { api, call, visitor, type Wire } from "../api/client.ts";
import { tokens } from "./tokens.ts";

/** What can be asked for: how somebody logs in. */
export type Login = Wire["SessionRequest"];

/** Whom a page is for. */
export type Audience = "anyone" | "person" | "member" | "admin" | "staff";

export const useSession = defineStore("session", () => {
  const account = shallowRef<Wire["AccountSummary"] | null>(null);
  const me = shallowRef<Wire["Me"] | null>(null);
  /** Set while the person is asked to log in again. */
  const asking = ref(false);
  let answer: ((again: boolean) => void) | null = null;
  let started: Promise<void> | null = null;
  let leaving: Promise<void> | null = null;
  const closers = new Set<() => void>();
  const joiners = new Set<() => void>();

  const isLoggedIn = computed(() => account.value !== null);
  const isAdmin = computed(() => me.value?.enterprise?.role === "admin" && me.value.enterprise.state === "active");
  const unread = computed(() => me.value?.unread_messages ?? 0);

  tokens.watch({
    opened(of, elsewhere) {
      const joins = elsewhere && account.value === null;
      account.value = of;
      settle(true);
      if (joins) {
        void load().then(() => joiners.forEach((joiner) => joiner()));
      }
    },
    closed() {
      account.value = null;
      me.value = null;
      settle(false);
      closers.forEach((closer) => closer());
    },
    ask() {
      asking.value = true;
      return new Promise((resolve) => (answer = resolve));
    },
  });

  function settle(again: boolean): void {
    asking.value = false;
    answer?.(again);
    answer = null;
  }

  /** Whether a session that this browser still has is about to be taken up. */
  const isExpected = (): boolean => account.value === null && tokens.expected;

  /** Takes up the session that this browser still has; once, when the page is loaded. Never throws. */
  function start(): Promise<void> {
    started ??= (async () => {
      if (tokens.expected && (await tokens.resume().catch(() => false))) {
        await load();
      }
    })();
    return started;
  }

  /**
   * Logs in.
   *
   * @throws Problem
   */
  async function logIn(login: Login): Promise<void> {
    await tokens.open(() => call(visitor.POST("/v1/sessions", { body: login })));
    await load();
  }

  /** Logs out, and does so on this side whatever the server says. */
  function logOut(): Promise<void> {
    const end = (token: string): Promise<unknown> =>
      call(visitor.DELETE("/v1/sessions/current", { headers: { authorization: `Bearer ${token}` } }));
    leaving ??= tokens
      .close(end)
      .catch(() => undefined)
      .finally(() => (leaving = null));
    return leaving;
  }

  /**
   * Reads what there is about the person.
   *
   * @throws Problem
   */
  async function read(): Promise<Wire["Me"]> {
    me.value = await call(api.GET("/v1/me"));
    return me.value;
  }

  /** Reads what has changed about the person: after a change, and now and then. Where that can't be had, what was known stays. */
  async function load(): Promise<void> {
    await read().catch(() => undefined);
  }

  /** The initial password is changed: the page is free. */
  async function passwordChanged(): Promise<void> {
    if (account.value !== null) {
      account.value = { ...account.value, password_change_required: false };
    }
    await load();
  }

  /** The person won't log in again. */
  function giveUp(): void {
    tokens.abandon();
  }

  /** Whether a page is for who is logged in. */
  function may(audience: Audience): boolean {
    switch (audience) {
      case "anyone":
        return true;
      case "person":
        return account.value?.staff === false;
      case "member":
        return me.value?.enterprise?.state === "active";
      case "admin":
        return isAdmin.value;
      case "staff":
        return account.value?.staff === true;
    }
  }

  /** Calls `closer` when the session is over: by a click here or in another tab. */
  function onClosed(closer: () => void): void {
    closers.add(closer);
  }

  /** Calls `joiner` when somebody has logged in in another tab, and nobody was in this one. */
  function onJoined(joiner: () => void): void {
    joiners.add(joiner);
  }

  return { account, me, asking, isLoggedIn, isAdmin, unread, isExpected, start, logIn, logOut, read, load, passwordChanged, giveUp, may, onClosed, onJoined };
});
