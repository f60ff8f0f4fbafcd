// The node kinds that every worker can have, one file each.
//
//   handler:NAME   HandlerNode, RawHandlerNode   Swift code of the application
//   exec           ExecNode                      a program, JSON in, JSON out
//   file           FileNode                      files below one folder
//   log            LogNode                       a line in the log
//   sql            SQLNode                       one statement in a transaction of its own
//
// A kind is given one attempt and returns one JSON value or throws; it knows nothing of claims,
// retries or how it is stored. Kinds of one's own are made the same way: `NodeKind`.
