// A worker: it claims runs, executes what is due of them, and records what came out. All rules
// are in SwellCore, all SQL in SwellStore; this is the part that has threads and connections.
//
//   Worker ── Liveness    one connection: session lock, LISTEN, heartbeat
//          ├─ Recorder*   one connection each: claim, plan, execute, settle, record
//          ├─ Rescuer     one connection: frees the claims of the dead
//          ├─ PostgresPool  what nodes ask of this database, transactions of attempts among it
//          └─ HealthServer
//
// The database is the authority. A recorder owns the runs that it holds until a record gives
// them back or ends them, or until a reply says that the claim is gone; then it forgets them.
// Every loop derives its work anew from the tables after any failure and never gives up.
//
//   recorder:  connecting -> reconciling -> serving -> (lost) -> connecting
//                                              └-> draining -> stopped
//
// Recorders are actors on the reactor's thread; user code never runs there.
