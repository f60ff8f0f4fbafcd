// The words of Swell as values: what a workflow is, how an attempt ended, what an error
// carries. Nothing here does I/O, reads a clock or knows of a database.
//
//   text --WorkflowDefinition.parse--> Workflow      (or every problem, with its place)
//   bytes --PayloadScan--> Payload                   (or the one thing PostgreSQL would refuse)
//
// The text of a definition is the authority; `Workflow` is derived from it, the same on
// every worker, and never stored.
