// The node kinds that every worker can have, one file each.
//
//   handler:NAME   HandlerNode, RawHandlerNode   Swift code of the application
//   exec           ExecNode                      a program, JSON in, JSON out
//   file           FileNode                      files below one folder
//   log            LogNode                       a line in the log
//
// A kind is given one attempt and returns one JSON value or throws; it knows nothing of claims,
// retries or the database. Kinds of one's own are made the same way: `NodeKind`.
