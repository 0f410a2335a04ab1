// Who is signed in. One state for the whole page.
import { computed, readonly, ref } from "vue";
import { ApiError, auth } from "./call-api.ts";
import { loadPreferences } from "./preferences.ts";

export interface Person {
  id: string;
  name: string;
  email: string | null;
  emailVerified: boolean;
}

/** undefined: not asked yet; null: nobody. */
const person = ref<Person | null | undefined>(undefined);

export function useSession() {
  return { person: readonly(person), isSignedIn: computed(() => person.value != null) };
}

/** Asks the server once; later calls only when `again`. Throws an ApiError if it cannot be reached and nothing is known. */
export async function loadSession({ again = false } = {}): Promise<Person | null> {
  if (person.value !== undefined && !again) return person.value;
  const session = await auth<{ user: Person } | null>("GET", "/get-session");
  person.value = session?.user ?? null;
  // What is shown does not wait for how it looks elsewhere.
  if (person.value) void loadPreferences().catch(() => {});
  return person.value;
}

const askAgainMs = 5000;
let answer: Promise<Person | null> | null = null;

/** Asks until the server can be reached: as soon as there is a network again, otherwise every few seconds. */
export function sessionWhenReachable(): Promise<Person | null> {
  answer ??= askUntilAnswered().finally(() => (answer = null));
  return answer;
}

async function askUntilAnswered(): Promise<Person | null> {
  for (;;) {
    const { promise: isTime, resolve } = Promise.withResolvers<void>();
    const timeout = setTimeout(resolve, askAgainMs);
    window.addEventListener("online", () => resolve(), { once: true });
    await isTime;
    clearTimeout(timeout);
    try {
      return await loadSession();
    } catch {
      // Still out of reach.
    }
  }
}

export async function signIn(email: string, password: string): Promise<void> {
  await auth("POST", "/sign-in/email", { email, password });
  await loadSession({ again: true });
}

/** False: the address must be confirmed first. */
export async function signUp(name: string, email: string, password: string): Promise<boolean> {
  await auth("POST", "/sign-up/email", { name, email, password });
  return (await loadSession({ again: true })) !== null;
}

export async function signOut(): Promise<void> {
  try {
    await auth("POST", "/sign-out");
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 0) throw error;
  }
  forgetSession();
}

/** The server says that nobody is signed in any more. */
export function forgetSession(): void {
  person.value = null;
}
