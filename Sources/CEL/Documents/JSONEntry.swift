/// One value or key of a document: where its bytes are, and where to go from it.
///
/// The entries of a document stand in the order of its text, a key right before its value.
struct JSONEntry: Sendable {
  enum Kind: UInt32 {
    case null, yes, no, number, string, key, array, object
  }

  /// The first byte; of a string or key the one after the quote.
  var start: UInt32
  /// The byte after the last one; of a string or key its closing quote.
  var end: UInt32
  /// The entry after this value and all that is in it; of a key the key before it.
  var next: UInt32
  private var info: UInt32

  /// The largest number that `detail` holds.
  static let maxDetail = 1 << 27 - 1

  init(_ kind: Kind, start: Int, end: Int, next: Int, isMarked: Bool = false, detail: Int = 0) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.end = UInt32(truncatingIfNeeded: end)
    self.next = UInt32(truncatingIfNeeded: next)
    info = kind.rawValue | (isMarked ? 16 : 0) | UInt32(truncatingIfNeeded: detail) << 5
  }

  var kind: Kind { Kind(rawValue: info & 15) ?? .null }

  /// A string or key that has escapes, a number that is whole, an object whose keys may repeat.
  var isMarked: Bool {
    get { info & 16 != 0 }
    set { info = newValue ? info | 16 : info & ~16 }
  }

  /// Elements of an array; the last key of an object, 0 when it is empty; how many keys are
  /// before a key.
  var detail: Int {
    get { Int(info >> 5) }
    set { info = info & 31 | UInt32(truncatingIfNeeded: newValue) << 5 }
  }
}
