// The page of the API: asks for /openapi.json as the reader, with a token or a password, shows it, and sends requests.
// Nothing of the description is ever taken for markup: all text goes through textContent.
"use strict";

const KEY = "pyconfhoard-authorization";
const METHODS = ["get", "post", "put", "patch", "delete"];
const base = new URL(".", document.baseURI);
const by = (id) => document.getElementById(id);
let description = null;

function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  Object.assign(made, properties);
  made.append(...children);
  return made;
}

function say(text, failed = false) {
  by("note").textContent = text;
  by("note").className = failed ? "failed" : "";
}

// -- the description

async function load(authorization) {
  const below = new URLSearchParams(location.search).get("below");
  const url = new URL("openapi.json", base);
  if (below) url.searchParams.set("below", below);
  say("Asking for the description ...");
  let answer;
  try {
    answer = await fetch(url, { headers: { Authorization: authorization }, credentials: "omit" });
  } catch (error) {
    say(`The server does not answer: ${error.message}`, true);
    return;
  }
  if (!answer.ok) {
    if (answer.status === 401) sessionStorage.removeItem(KEY);
    say(`${answer.status}: ${await reason(answer)}`, true);
    return;
  }
  description = await answer.json();
  sessionStorage.setItem(KEY, authorization);
  by("forget").hidden = false;
  by("whole").hidden = !below;
  by("title").textContent = `${description.info.title} ${description.info.version}`;
  by("about").textContent = description.info.description;
  say(`${description.servers[0].url === "/" ? base.origin : description.servers[0].url}, OpenAPI ${description.openapi}`);
  by("api").hidden = false;
  show("");
}

function authorizationOf(user, secret) {
  if (!user) return `Bearer ${secret.trim()}`;
  const octets = new TextEncoder().encode(`${user}:${secret}`);
  return `Basic ${btoa(String.fromCharCode(...octets))}`;
}

async function reason(answer) {
  const text = await answer.text();
  try {
    return JSON.parse(text)["ietf-restconf:errors"].error.map((one) => one["error-message"]).join("; ");
  } catch {
    return text || answer.statusText;
  }
}

function resolve(part) {
  const { $ref: ref, ...own } = part ?? {};
  if (!ref) return part ?? {};
  let found = description;
  for (const word of ref.slice(2).split("/")) found = found[word.replaceAll("~1", "/").replaceAll("~0", "~")];
  return { ...resolve(found), ...own };
}

// -- the list of operations

function show(wanted) {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map(description.tags.map((tag) => [tag.name, []]));
  let count = 0;
  for (const [path, item] of Object.entries(description.paths)) {
    for (const method of METHODS.filter((one) => one in item)) {
      const operation = item[method];
      const text = `${method} ${path} ${operation.summary} ${operation.description ?? ""}`.toLowerCase();
      if (!words.every((word) => text.includes(word))) continue;
      groups.get(operation.tags[0]).push(row(method, path, item, operation));
      count += 1;
    }
  }
  by("count").textContent = count === 1 ? "1 operation" : `${count} operations`;
  const shown = [];
  for (const [tag, rows] of groups) if (rows.length) shown.push(element("h2", { textContent: tag }), ...rows);
  by("operations").replaceChildren(...shown);
}

function row(method, path, item, operation) {
  const more = description["x-more"]?.[modelPath(operation)];
  const body = element("div");
  const made = element(
    "details",
    {},
    element(
      "summary",
      {},
      element("span", { className: `method ${method}`, textContent: method }),
      element("span", { className: "path", textContent: path }),
      element("span", { className: "summary", textContent: operation.summary }),
    ),
    body,
  );
  made.addEventListener("toggle", () => {
    if (made.open && !body.hasChildNodes()) body.append(...detail(method, path, item, operation, more));
  });
  return made;
}

// Where the description stops at a node, x-more says where it goes on.
function modelPath(operation) {
  const schema = operation.responses["200"]?.content?.["application/yang-data+json"]?.schema;
  const member = Object.values(schema?.properties ?? {})[0];
  const value = member && resolve(member.items ?? member);
  return value?.["x-yang-path"];
}

function detail(method, path, item, operation, more) {
  const parts = [];
  if (operation.description) parts.push(element("p", { textContent: operation.description }));
  if (more) {
    const below = new URL(more, base).searchParams.get("below");
    const link = `?below=${encodeURIComponent(below)}`;
    parts.push(element("p", {}, element("a", { href: link, textContent: `Show what is below ${below}` })));
  }
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(resolve);
  const body = operation.requestBody && json(resolve(operation.requestBody).content);
  const answers = Object.entries(operation.responses).map(([status, told]) => [status, resolve(told)]);
  if (body) parts.push(element("h3", { textContent: "Body" }), tree(body.schema));
  const good = answers.find(([status]) => status === "200");
  const told = good && json(good[1].content ?? {});
  if (told?.schema && members(told.schema).length) parts.push(element("h3", { textContent: "Answer" }), tree(told.schema));
  const rows = answers.map(([status, one]) =>
    element("tr", {}, element("th", { textContent: status }), element("td", { textContent: one.description })),
  );
  parts.push(trial(method, path, parameters, body), element("h3", { textContent: "Statuses" }), element("table", {}, ...rows));
  return parts;
}

function json(content) {
  return content["application/yang-data+json"] ?? content["application/json"];
}

// -- schemas, unfolded as they are looked at

function tree(schema) {
  return element("ul", { className: "schema" }, ...members(schema));
}

function members(schema) {
  const told = resolve(schema);
  const value = told.items ? resolve(told.items) : told;
  return Object.entries(value.properties ?? {}).map(([name, inner]) =>
    member(name, inner, (value.required ?? []).includes(name)),
  );
}

function member(name, schema, required) {
  const told = resolve(schema);
  const inner = told.items ? resolve(told.items) : told;
  const label = [
    element("span", { className: "name", textContent: name + (required ? " *" : "") }),
    element("span", { className: "kind", textContent: kind(told) }),
    element("span", { textContent: told.description ?? "" }),
  ];
  if (!inner.properties) return element("li", {}, ...spaced(label));
  const body = element("div");
  const made = element("details", {}, element("summary", {}, ...label), body);
  made.addEventListener("toggle", () => {
    if (made.open && !body.hasChildNodes()) body.append(tree(told));
  });
  return element("li", {}, made);
}

function spaced(parts) {
  return parts.flatMap((part) => [part, " "]);
}

function kind(schema) {
  const told = resolve(schema);
  const words = [];
  if (told.items) words.push(`list of ${kind(told.items)}`);
  else if (told.enum) words.push(told.enum.join(" | "));
  else if (told.anyOf && !told.type) words.push(told.anyOf.map(kind).join(" or "));
  else words.push(told.format ?? told.type ?? "anything");
  if ("minimum" in told) words.push(`${told.minimum}..${told.maximum}`);
  if (told["x-yang-range"]) words.push(told["x-yang-range"]);
  if ("maxLength" in told || "minLength" in told) words.push(`length ${told.minLength ?? 0}..${told.maxLength ?? ""}`);
  if (told["x-yang-units"]) words.push(told["x-yang-units"]);
  if ("default" in told) words.push(`default ${JSON.stringify(told.default)}`);
  for (const rule of told["x-yang-must"] ?? []) words.push(`must ${rule}`);
  for (const rule of told["x-yang-when"] ?? []) words.push(`when ${rule}`);
  return words.join(", ");
}

function example(schema, depth = 0) {
  const told = resolve(schema);
  if ("default" in told) return told.default;
  if ("const" in told) return told.const;
  if (told.enum) return told.enum[0];
  if (told.anyOf && !told.type) return example(told.anyOf[0], depth);
  if (told.type === "array") return told.items && depth < 4 ? [example(told.items, depth + 1)] : [];
  if (told.type === "object") {
    const entries = Object.entries(told.properties ?? {});
    const wanted = told.maxProperties === 1 ? entries.slice(0, 1) : entries;
    if (depth >= 3) return {};
    return Object.fromEntries(wanted.map(([name, inner]) => [name, example(inner, depth + 1)]));
  }
  if (told.type === "integer") return told.minimum ?? 0;
  if (told.type === "boolean") return false;
  if (told.type === "null") return null;
  return told["x-yang-range"] ? told["x-yang-range"].split(/\.\.| /)[0] : "";
}

// -- try it

function trial(method, path, parameters, body) {
  const inputs = parameters.map((parameter) => [parameter, field(parameter)]);
  const rows = inputs.map(([parameter, input]) =>
    element(
      "tr",
      {},
      element("th", { textContent: parameter.name }),
      element("td", {}, input),
      element("td", { textContent: parameter.description ?? kind(parameter.schema) }),
    ),
  );
  const text = body && element("textarea", { spellcheck: false, value: JSON.stringify(example(body.schema), null, 2) });
  if (text) text.setAttribute("aria-label", "body");
  const answer = element("pre", { hidden: true });
  const form = element("form", {}, element("h3", { textContent: "Try it" }), element("table", {}, ...rows));
  if (text) form.append(text);
  const name = `Send ${method.toUpperCase()}`;
  const send = element("button", { textContent: name });
  form.append(send, answer);
  let running = null;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (running) {
      running.abort();
      return;
    }
    running = new AbortController();
    send.textContent = "Stop";
    answer.hidden = false;
    answer.textContent = "";
    const show = (told) => (answer.textContent = told);
    await ask(method, path, inputs, text, running.signal, show);
    send.textContent = name;
    running = null;
  });
  return form;
}

function field(parameter) {
  const schema = resolve(parameter.schema);
  const required = Boolean(parameter.required);
  if (schema.const === "") return element("input", { type: "checkbox" }); // it is there or not, without a value
  const words = schema.type === "boolean" ? ["true", "false"] : schema.enum;
  if (!words) return element("input", { required, autocomplete: "off", spellcheck: false });
  const options = words.map((word) => element("option", { textContent: word }));
  return element("select", { required }, ...(required ? [] : [element("option", { textContent: "" })]), ...options);
}

// Shows the answer when it is whole; of a stream of events, what there is of it, until it ends or is stopped.
async function ask(method, path, inputs, text, signal, show) {
  const headers = { Authorization: sessionStorage.getItem(KEY) };
  const query = new URLSearchParams();
  let target = path;
  for (const [parameter, input] of inputs) {
    if (parameter.in === "path") target = target.replace(`{${parameter.name}}`, () => encodeURIComponent(input.value));
    else if (input.type === "checkbox" && input.checked) query.set(parameter.name, "");
    else if (input.type === "checkbox" || !input.value) continue;
    else if (parameter.in === "query") query.set(parameter.name, input.value);
    else headers[parameter.name] = input.value;
  }
  if (text) headers["Content-Type"] = path.startsWith("/restconf") ? "application/yang-data+json" : "application/json";
  const url = new URL(target.slice(1), base);
  // URLSearchParams would write a blank as a plus, which a URL of RESTCONF takes for a plus.
  url.search = query.toString().replaceAll("+", "%20");
  const began = performance.now();
  let head = "";
  let received = "";
  try {
    const how = { cache: "no-store", credentials: "omit", signal }; // a 401 is shown, not asked about by the browser
    const answer = await fetch(url, { ...how, method: method.toUpperCase(), headers, body: text?.value });
    const status = `${answer.status} ${answer.statusText}`.trim();
    const lines = [`${status} (${Math.round(performance.now() - began)} ms)`];
    for (const [name, value] of answer.headers) lines.push(`${name}: ${value}`);
    head = `${lines.join("\n")}\n\n`;
    show(head);
    const events = answer.headers.get("Content-Type")?.startsWith("text/event-stream");
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader?.read(); part && !part.done; part = await reader.read()) {
      received += part.value;
      if (events) show(head + received);
    }
    show(head + (events ? received : pretty(received)));
  } catch (error) {
    show(signal.aborted ? `${head}${received}\nStopped.` : `No answer: ${error.message}`);
  }
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

// -- beginning

by("access").addEventListener("submit", (event) => {
  event.preventDefault();
  load(authorizationOf(by("user").value, by("token").value));
});
by("forget").addEventListener("click", () => {
  sessionStorage.removeItem(KEY);
  location.reload();
});
let pause = 0;
by("find").addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(() => show(by("find").value), 150);
});
if (sessionStorage.getItem(KEY)) load(sessionStorage.getItem(KEY));
