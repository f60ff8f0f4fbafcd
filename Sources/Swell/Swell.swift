// What applications import: `import Swell` gives the worker, handlers and the client.
//
//   Swell ── SwellEngine ── SwellStore ── SwellPostgres ── libpq
//        └── SwellNodes         └── SwellCore ── SwellModel
@_exported import SwellCore
@_exported import SwellEngine
@_exported import SwellModel
@_exported import SwellNodes
@_exported import SwellPostgres
@_exported import SwellStore
