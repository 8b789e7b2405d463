// What people do with their accounts; prints one line of JSON for each step, without what differs by chance.
import { auth, pool, sent } from "./auth.mjs";

const { api } = auth;
const password = "correct horse";
const byChance = /token|id$|createdAt|updatedAt|expires|url/i;
let headers = new Headers();

async function step(name, act) {
  let outcome;
  try {
    outcome = await act();
  } catch (error) {
    outcome = { error: error.body?.message ?? error.message, code: error.code ?? error.statusCode };
  }
  console.log(JSON.stringify({ step: name, outcome }, (key, value) => (byChance.test(key) ? "-" : value)));
}

const cookies = (response) => new Headers({ cookie: response.headers.getSetCookie().map((c) => c.split(";")[0]).join("; ") });
const signIn = (email) => api.signInEmail({ body: { email, password }, asResponse: true });
async function enter(response) {
  headers = cookies(response);
  return response.json();
}

const ada = { email: "Ada@Example.com", password, name: "Ada O'Neill", username: "ada" };
await step("sign up", async () => enter(await api.signUpEmail({ body: ada, asResponse: true })));
await step("sign up again", () => api.signUpEmail({ body: { ...ada, email: "ada@example.com", username: "ada2" } }));
await step("session", () => api.getSession({ headers }));
await step("wrong password", () => api.signInEmail({ body: { email: ada.email, password: "nope nope" } }));
await step("sign in", async () => enter(await signIn("ADA@example.com")));
await step("by name", () => api.signInUsername({ body: { username: "ada", password } }));
await step("rename", () => api.updateUser({ headers, body: { name: "Ada Łovelace 🦊" } }));
await step("move", () => api.changeEmail({ headers, body: { newEmail: "ada@new.example" } }));
await step("session after", () => api.getSession({ headers }));
await step("reset", () => api.requestPasswordReset({ body: { email: "ada@new.example", redirectTo: "/x" } }));
await step("link", () => api.signInMagicLink({ headers, body: { email: "eve@example.com" } }));
await step("link followed", () => {
  const token = new URL(sent.at(-1).url).searchParams.get("token");
  return api.magicLinkVerify({ headers: new Headers(), query: { token } });
});
for (let i = 0; i < 12; i++) {
  await step(`user ${i}`, () =>
    api.signUpEmail({ body: { email: `u${i}@example.com`, password, name: `User ${i}`, username: `user${i}` } }));
}
await pool.query(`UPDATE "user" SET role = 'admin' WHERE email = $1`, ["ada@new.example"]);
await step("sign in as admin", async () => enter(await signIn("ada@new.example")));
await step("list", () => api.listUsers({ headers, query: { limit: 5, offset: 2, sortBy: "createdAt" } }));
await step("list one", () =>
  api.listUsers({ headers, query: { filterField: "email", filterOperator: "eq", filterValue: "u3@example.com" } }));
await step("list by pattern", () =>
  api.listUsers({ headers, query: { searchField: "email", searchOperator: "contains", searchValue: "u3" } }));
await step("list sorted", () => api.listUsers({ headers, query: { sortBy: "email" } }));
await step("make", () => api.createUser({ headers, body: { email: "made@example.com", password, name: "Made", role: "user" } }));
await step("organisation", () => api.createOrganization({ headers, body: { name: "Acme", slug: "acme" } }));
await step("invite", async () => {
  const [{ id: organizationId }] = await api.listOrganizations({ headers });
  return api.createInvitation({ headers, body: { email: "u1@example.com", role: "member", organizationId } });
});
await step("accept", async () =>
  api.acceptInvitation({ headers: cookies(await signIn("u1@example.com")), body: { invitationId: sent.at(-1).id } }));
await step("members", () => api.listMembers({ headers, query: { organizationSlug: "acme" } }));
await step("telephone", () => api.sendPhoneNumberOTP({ body: { phoneNumber: "+49123456" } }));
await step("telephone verified", () =>
  api.verifyPhoneNumber({ headers, body: { phoneNumber: "+49123456", code: sent.at(-1).code, updatePhoneNumber: true } }));
await step("ban", async () => {
  const { rows: [{ id }] } = await pool.query(`SELECT id FROM "user" WHERE email = $1`, ["u2@example.com"]);
  return api.banUser({ headers, body: { userId: id, banReason: "spam" } });
});
await step("sessions", () => api.listSessions({ headers }));
await step("delete", () => api.deleteUser({ headers, body: { password } }));
await step("sign out", () => api.signOut({ headers }));
await pool.end();
