// The fault suite: whole workers over a whole PostgreSQL, broken on purpose under load.
//
//   ChaosCatalog ── families of cases, a file each
//   ChaosRunner ─── one case after the other, each in a ChaosScene of its own
//     ChaosScene ── a private server with a Swell database, worker processes, load, faults
//     EffectLedger ─ another server, shared by the process: what the handlers really did. It
//                   survives whatever a case does to the database
//   ChaosVerdict ── the tables beside the ledger: lost, doubled, stranded, invariants
//   ChaosReport ─── the verdict with its figures, as a line of JSON or of a table
//
// The ledger is authoritative for what was done, the database for what was stored. A case only
// breaks things; the verdict on every case is the same one. What a case starts ends with its
// scene, however the case ends.
