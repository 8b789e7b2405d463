// What an application saw, one JSON line per step, with each value's JavaScript type.

function shown(value) {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return value.map(shown);
  if (value instanceof Date) return "Date:" + value.toISOString();
  if (Buffer.isBuffer(value)) return "Buffer:" + value.toString("hex");
  if (typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
  return typeof value + ":" + String(value);
}

// The SQLSTATE behind a driver's or an ORM's error.
function stateOf(error) {
  for (; error; error = error.cause ?? error.parent ?? error.driverError ?? error.nativeError) {
    if (typeof error.code === "string" && /^[0-9A-Z]{5}$/.test(error.code)) return error.code;
  }
  return null;
}

export async function step(name, action, refused = false) {
  let outcome;
  try {
    outcome = { value: shown(await action()) };
  } catch (error) {
    outcome = { error: error.constructor.name, state: stateOf(error) };
    if (outcome.state === null) console.error(error);
  }
  console.log(JSON.stringify({ step: name, refused, outcome }));
}

export const refused = (name, action) => step(name, action, true);

const environment = process.env;
export const place = {
  host: environment.PGHOST,
  port: Number(environment.PGPORT),
  user: environment.PGUSER,
  password: environment.PGPASSWORD,
  database: environment.PGDATABASE,
};
