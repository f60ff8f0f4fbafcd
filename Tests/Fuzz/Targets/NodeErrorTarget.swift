import SwellModel

/// An error as stored: whatever is read as one can be stored again, and keeps what it says.
enum NodeErrorTarget: FuzzTarget {
  static let name = "node-error"

  static func examine(_ input: [UInt8]) throws(FuzzFinding) {
    guard let error = try? NodeError(payload: Payload(bytes: input)) else { return }
    let stored = error.encoded()
    if let problem = PayloadScanTarget.problem(stored.bytes, .standard) {
      throw FuzzFinding("cannot be stored: \(problem)")
    }
    let again: NodeError
    do {
      again = try NodeError(payload: stored)
    } catch {
      throw FuzzFinding("stored as what cannot be read: \(stored): \(error)")
    }
    try FuzzFinding.unless(again.kind == error.kind, "\(error.kind) became \(again.kind)")
    try FuzzFinding.unless(
      again.encoded() == stored, "stored as \(stored), then as \(again.encoded())")
  }
}
