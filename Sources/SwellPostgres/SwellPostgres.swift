// Asynchronous PostgreSQL over libpq, for callers that must never block a thread of the
// cooperative pool. Knows connections, statements and rows; knows nothing of workflows.
//
//   caller --Request--> Session (on the Reactor's thread) --libpq--> server
//   caller <--Rows----- Session <------------------------- libpq <-- server
//
// Ownership: every `Session` and its libpq handle belong to the thread of one `Reactor`.
// Public types are handles which hop there; a caller who already runs there does not hop.
// Only what libpq can do in no other way than blocking (resolving names, TLS files,
// connecting, `PQcancel`) gets a short-lived thread of its own.
//
// Authority: the server. A connection which answered nothing says nothing about what
// happened: `PostgresError.outcomeUnknown` tells so, and only the caller can find out.
//
//   connection:  dialling --> idle <--> busy --> closed      (lost, deadline, close, fatal error)
//   request:     waiting  --> sent --> answered              (or failed, exactly once)
//
// What may fail: everything on the wire, as one `PostgresError`. A deadline or a cancelled
// task closes the connection rather than guess what the server still does with it.
