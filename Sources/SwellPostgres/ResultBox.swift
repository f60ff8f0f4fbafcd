import CLibpq

/// Owns one result of libpq.
// Sendable: a result is not changed after it was handed to a caller, and reading it takes no
// lock and keeps no state.
final class ResultBox: @unchecked Sendable {
  let result: OpaquePointer

  init(_ result: OpaquePointer) {
    self.result = result
  }

  deinit {
    PQclear(result)
  }

  var status: ExecStatusType { PQresultStatus(result) }
}
