import CEL
import SwellModel
import Synchronization

/// The documents that the expressions of one run have read, each scanned once.
///
/// What a node gave stays as it is for as long as a worker holds the run, so copies of its state
/// share them.
final class DocumentCache: Sendable {
  /// The key of the run's input; others are nodes.
  static let input = -1

  /// For runs that have no expressions.
  static let unused = DocumentCache()

  private let documents = Mutex<[Int: JSONDocument]>([:])
  private let envelope = Mutex<ItemEnvelope?>(nil)

  func value(_ key: Int, _ payload: Payload) throws(CELError) -> CELValue {
    if let known = documents.withLock({ $0[key] }) { return known.root }
    let document = try JSONDocument(payload.bytes)
    documents.withLock { $0[key] = document }
    return document.root
  }

  /// The input of a run that is one item.
  func envelope(_ payload: Payload) throws(CELError) -> ItemEnvelope {
    if let known = envelope.withLock({ $0 }) { return known }
    let read = try ItemEnvelope(payload)
    envelope.withLock { $0 = read }
    return read
  }
}
