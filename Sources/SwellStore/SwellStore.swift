// The only SQL of the engine: one function call of the protocol per file, with its parameters
// encoded and its rows decoded. Nothing here decides anything, keeps anything, or retries.
//
//   Recorder --RecordCall + ClaimCall--> one pipeline, one transaction --> RecordReply, ClaimReply
//
// Every call may fail with a PostgresError; `outcomeUnknown` says that it may have committed.
