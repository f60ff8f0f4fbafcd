// The words of Swell as values: what a workflow is, how an attempt ended, what an error
// carries. Nothing here does I/O, reads a clock or knows of a database.
//
//   YAML text --YAMLParser--+
//                           +--> LocatedValue --DefinitionReader--> drafts
//   JSON text --JSONParser--+                                         |
//                                                       DefinitionRules
//                                                                     v
//                                 Workflow, or every problem, with its place
//
//   bytes --PayloadScan--> sent as they are, or the one thing PostgreSQL would refuse
//   NodeError --JSONWriter--> Payload --JSONValue--> NodeError
//
// The text of a definition is the authority. Its JSON in canonical order is what is stored;
// `Workflow` is derived from that, with nodes sorted by id, so that every worker has the same
// indices. Any input is safe: sizes and depths are bounded before anything is built.
