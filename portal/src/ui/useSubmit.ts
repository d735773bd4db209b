/** What a form does when it is sent: once at a time, and what is wrong with it stands where it is wrong. */

import { nextTick, reactive, ref, shallowRef, type Ref, type ShallowRef } from "vue";

import { asProblem, Problem } from "@/api/problem.ts";
import common from "@/texts/common.ts";
import { useTexts } from "@/texts/index.ts";

export interface Submit {
  /** Whether it is under way. */
  readonly pending: Readonly<Ref<boolean>>;
  /** What was refused and isn't about one of the form's fields. */
  readonly problem: Readonly<ShallowRef<Problem | null>>;
  /** What is wrong with which field. */
  readonly errors: Record<string, string | undefined>;
  /** Does `work`, unless it is under way already or a required field is empty. True where it was done. */
  run(work: () => Promise<unknown>, required?: Record<string, unknown>): Promise<boolean>;
  /** Shows a problem as if the server had answered it. */
  refuse(thrown: unknown): void;
  /** Takes back what was shown. */
  clear(): void;
}

/** For a form with these fields; what is wrong with another one is told above the form. */
export function useSubmit(fields: readonly string[] = []): Submit {
  const pending = ref(false);
  const problem = shallowRef<Problem | null>(null);
  const errors = reactive<Record<string, string | undefined>>({});
  const { t } = useTexts(common);

  function clear(): void {
    problem.value = null;
    for (const name of Object.keys(errors)) {
      delete errors[name];
    }
  }

  function refuse(thrown: unknown): void {
    clear();
    const what = asProblem(thrown);
    const known = Object.entries(what.fields).filter(([name]) => fields.includes(name));
    known.forEach(([name, detail]) => (errors[name] = detail));
    const others = Object.entries(what.fields).filter(([name]) => !fields.includes(name));
    if (known.length === 0 || others.length > 0) {
      // What is wrong with a field that this form doesn't show is said above it. A single one is the problem itself already.
      const details = Object.keys(what.fields).length > 1 ? others.map(([, detail]) => detail) : [];
      problem.value = new Problem(what.code, what.title, [what.detail, ...details].join(" "), what.fix, what.fields, what.retryAfter, what.status);
    }
    void focus();
  }

  async function run(work: () => Promise<unknown>, required: Record<string, unknown> = {}): Promise<boolean> {
    if (pending.value) {
      return false;
    }
    clear();
    const empty = Object.entries(required).filter(([, value]) => value === "" || value === null || value === undefined || value === false);
    if (empty.length > 0) {
      empty.forEach(([name]) => (errors[name] = t("required")));
      void focus();
      return false;
    }
    pending.value = true;
    try {
      await work();
      return true;
    } catch (thrown) {
      refuse(thrown);
      return false;
    } finally {
      pending.value = false;
    }
  }

  return { pending, problem, errors, run, refuse, clear };
}

/** To the first field that is wrong. */
async function focus(): Promise<void> {
  await nextTick();
  document.querySelector<HTMLElement>(".is-error input, .is-error textarea")?.focus();
}
