// People by applications: what each may do, at one glance, and what changes when a box is ticked.

export interface Application {
  code: string;
  name: string;
  actions: { code: string; name: string }[];
}

/** What the enterprise itself may use: application code → action codes. A grant never goes beyond it (J14). */
export type Entitlements = ReadonlyMap<string, ReadonlySet<string>>;

export interface Person {
  id: string;
  name: string;
  username: string | null;
  /** Has every action of the entitlements, whatever was granted. */
  administrator: boolean;
  suspended: boolean;
}

/** One person's grants: application code → action codes. */
export type Grants = ReadonlyMap<string, ReadonlySet<string>>;

export type CellLevel = "none" | "some" | "all" | "unavailable";

export interface CellState {
  level: CellLevel;
  granted: number;
  /** How many actions the enterprise may use at all. */
  available: number;
}

export function cellState(person: Person, application: Application, entitlements: Entitlements, grants: Grants): CellState {
  const limit = entitlements.get(application.code);
  const available = application.actions.filter(({ code }) => limit?.has(code) === true);
  if (available.length === 0) return { level: "unavailable", granted: 0, available: 0 };
  const own = grants.get(application.code);
  const granted = person.administrator ? available.length : available.filter(({ code }) => own?.has(code) === true).length;
  const level = granted === 0 ? "none" : granted === available.length ? "all" : "some";
  return { level, granted, available: available.length };
}

/** The grants with the actions of one application in place of what was there; none at all leaves the application out. */
export function withActions(grants: Grants, application: string, actions: Iterable<string>): Map<string, Set<string>> {
  const copy = new Map([...grants].map(([code, set]) => [code, new Set(set)]));
  const chosen = new Set(actions);
  if (chosen.size === 0) copy.delete(application);
  else copy.set(application, chosen);
  return copy;
}

/** As the API takes and gives it. */
export interface GrantItem {
  application: string;
  actions: string[];
}

export function toItems(grants: Grants): GrantItem[] {
  return [...grants]
    .filter(([, actions]) => actions.size > 0)
    .map(([application, actions]) => ({ application, actions: [...actions].sort() }))
    .sort((a, b) => (a.application < b.application ? -1 : 1));
}

export function fromItems(items: readonly GrantItem[]): Map<string, Set<string>> {
  return new Map(items.map(({ application, actions }) => [application, new Set(actions)]));
}

/** People whose name or username has the words, in the given order. */
export function findPeople(people: readonly Person[], query: string): Person[] {
  const words = query.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  return people.filter(({ name, username }) => {
    const text = `${name} ${username ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export interface Position {
  row: number;
  column: number;
}

/** Where a key leads within a grid (WAI-ARIA Authoring Practices, grid pattern), or null where it leads nowhere. */
export function moveFocus(from: Position, event: { key: string; ctrlKey: boolean }, rows: number, columns: number, page: number): Position | null {
  const to = { ...from };
  switch (event.key) {
    case "ArrowUp":
      to.row -= 1;
      break;
    case "ArrowDown":
      to.row += 1;
      break;
    case "ArrowLeft":
      to.column -= 1;
      break;
    case "ArrowRight":
      to.column += 1;
      break;
    case "PageUp":
      to.row -= page;
      break;
    case "PageDown":
      to.row += page;
      break;
    case "Home":
      to.column = 0;
      if (event.ctrlKey) to.row = 0;
      break;
    case "End":
      to.column = columns - 1;
      if (event.ctrlKey) to.row = rows - 1;
      break;
    default:
      return null;
  }
  return {
    row: Math.min(Math.max(to.row, 0), rows - 1),
    column: Math.min(Math.max(to.column, 0), columns - 1),
  };
}
