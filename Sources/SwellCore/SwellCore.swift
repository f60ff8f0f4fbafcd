// The rules of the engine, as pure functions over values: no I/O, no clock, no randomness of
// their own. Whoever wants to know what Swell does on a failure reads this folder.
//
//   stored rows --load--> RunState --plan--> executions        (due nodes with their inputs)
//   attempt results --settle--> RunState + rows to store       (retry, fallback, circuits)
//   RunState --advance--> Transition                           (ready nodes, or the run's end)
//
// The database is the authority; a RunState is what one worker knows of a run that it holds,
// and can always be derived again from the stored rows. A node is in one of these states:
//
//   idle -> due -> running -> succeeded | failed | cancelled
//            ^        |
//            |        +-> retrying (attempt failed, due again at a moment)
//            +-> parked (its circuit is open)     idle -> skipped (nothing to read)
