// Writes the files transit-*.json beside it, without "transit-" in their names, with transit-js 0.8.874 from npm.
const t = require("transit-js"), fs = require("fs");
const kw = t.keyword, m = (...kv) => t.map(kv);
const op = (i, type, p, f, v, ...more) => m(kw("index"), i, kw("type"), kw(type), kw("process"), p, kw("f"), kw(f), kw("value"), v, ...more);
const ops = [
  op(0, "invoke", 0, "write", 7), op(1, "info", kw("nemesis"), "start", t.set(["n1", "n2"])), op(2, "ok", 0, "write", 7),
  op(3, "invoke", 1, "txn", [[kw("r"), kw("x"), null], [kw("append"), t.symbol("y"), t.bigInt("12345678901234567890")]]),
  op(4, "ok", 1, "txn", [[kw("r"), kw("x"), [1.5, true, "~tilde", "^caret", m("plain", 1, [1], 2)]], [kw("append"), t.symbol("y"), -1]], kw("error"), null, kw("node"), "n1"),
];
fs.writeFileSync("list.json", t.writer("json").write(ops) + "\n");
fs.writeFileSync("verbose.json", t.writer("json-verbose").write(ops) + "\n");
fs.writeFileSync("lines.json", ops.map(o => t.writer("json").write(o)).join("\n") + "\n");
fs.writeFileSync("held.json", t.writer("json").write(m(kw("name"), "test", kw("history"), ops)) + "\n");
