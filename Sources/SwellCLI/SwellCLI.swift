// The `swell` command: one subcommand per file, all of them thin. They call the functions of
// the schema, read its views, and print. What they know of a run is what the tables say.
//
//   arguments ── Settings: flags, SWELL_*, swell.json ──> a worker
//             └─ DatabaseOptions: --database, DATABASE_URL, PG*, .swell/ ──> one connection
//
// Whatever goes wrong becomes a `CommandFailure` in one place: one line of what, one line of
// remedy, a stable code, and the exit code that scripts see. Standard output carries answers
// only; words about the way go to standard error.
