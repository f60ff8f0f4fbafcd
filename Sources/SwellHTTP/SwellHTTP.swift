// The kind `http`: one request of one attempt, and what came back, as a value or as an error that says
// whether asking again can help. A product of its own, for it needs SwiftNIO and BoringSSL.
//
//   HTTPNode ── HTTPSettings        what the definition says, once its expressions are evaluated
//        └── HTTPExchange           redirects, tokens, what a status means
//               └── HTTPTransport   one request to one checked address
//                      ├── HostResolver, PrivateHosts   names to addresses, and which are refused
//                      └── HTTPClients                  connections, kept between attempts
//
// Addresses are checked after names are resolved, and the connection goes to the address that was
// checked: nobody resolves a second time. Redirects go the same way.
//
//   status    expected -> output      408, time over -> timeout       DNS, TCP, TLS, 5xx -> transport
//             429, 503 with Retry-After -> rateLimited                other 3xx, 4xx     -> validation
