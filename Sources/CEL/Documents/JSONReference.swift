/// One value of a document.
struct JSONReference: Sendable {
  let document: JSONDocument
  private let packedIndex: UInt32

  init(document: JSONDocument, index: Int) {
    self.document = document
    packedIndex = UInt32(truncatingIfNeeded: index)
  }

  @inline(__always)
  var index: Int { Int(packedIndex) }

  @inline(__always)
  var entry: JSONEntry { document.entries[index] }

  @inline(__always)
  var value: CELValue { document.value(at: index) }
}
