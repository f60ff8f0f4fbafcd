// A private PostgreSQL from the server programs that are installed: for `dev`, `demo` and
// tests, never for production.
//
// One directory holds one server. The files in it are authoritative, not this process:
//
//   data/           the cluster, owned by the user the server runs as
//   server.log      what the server said
//   socket          the folder of the Unix socket (a short one under /tmp: a socket's path
//                   must fit into 107 bytes)
//   gate.lock       held while somebody starts or stops the server
//   owner.lock      held by the process that answers for the server; the kernel lets go of
//                   it when that process dies, however it dies
//
//   absent --initdb--> stopped --pg_ctl start--> running --stop--> stopped
//                        ^                          |
//                        +------- kill -9 ----------+   recovers at the next start
//
// A server that runs already is adopted. It stays its owner's; when the owner has died, the
// adopter becomes the owner. What may fail: programs that are missing or too old, a folder
// that is not ours, a server that does not come up. Each is a `PrivateServerError` that
// carries what the program printed.
//
// PostgreSQL refuses to run as root, so under root it runs as the owner of the cluster, as
// `postgres`, or as `nobody`. It listens on its Unix socket only.
