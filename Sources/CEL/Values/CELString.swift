/// A string: a sequence of Unicode scalars, compared by them alone.
///
/// It may be a reference into a document, which is not decoded before its text is asked for.
public struct CELString: Sendable, Hashable, Comparable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  enum Storage: Sendable {
    case text(String)
    case reference(JSONReference)
  }

  let storage: Storage

  public init(_ text: String) { storage = .text(text) }
  public init(stringLiteral text: String) { self.init(text) }
  init(_ reference: JSONReference) { storage = .reference(reference) }

  /// From bytes that are known to be UTF-8.
  init(utf8 bytes: some Collection<UInt8>) {
    storage = .text(String(decoding: bytes, as: UTF8.self))
  }

  /// The text.
  public var description: String {
    switch storage {
    case .text(let text): text
    case .reference: withUTF8 { String(decoding: $0, as: UTF8.self) }
    }
  }

  /// The bytes of the text, for the time of the call.
  @inline(__always)
  func withUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    switch storage {
    case .reference(let reference):
      return reference.document.withContent(of: reference.entry, body)
    case .text(var text):
      return text.withUTF8(body)
    }
  }

  public var utf8Count: Int {
    switch storage {
    case .text(let text): return text.utf8.count
    case .reference(let reference):
      let entry = reference.entry
      if !entry.isMarked { return Int(entry.end &- entry.start) }
      return withUTF8(\.count)
    }
  }

  /// How many bytes are looked at to read it; no more than `utf8Count` with its escapes.
  @inline(__always)
  var storedCount: Int {
    switch storage {
    case .text(let text): return text.utf8.count
    case .reference(let reference):
      let entry = reference.entry
      return Int(entry.end &- entry.start)
    }
  }

  /// How many Unicode scalars it has.
  public var count: Int { withUTF8(UTF8Scalar.count) }

  public var isEmpty: Bool { utf8Count == 0 }

  var scalars: [Unicode.Scalar] { Array(description.unicodeScalars) }

  @inline(__always)
  static func isEqual(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    for index in 0..<a.count where a[index] != b[index] { return false }
    return true
  }

  public static func == (left: CELString, right: CELString) -> Bool {
    left.withUTF8 { a in right.withUTF8 { b in isEqual(a, b) } }
  }

  public static func < (left: CELString, right: CELString) -> Bool {
    // The order of the bytes of UTF-8 is that of the scalars.
    left.withUTF8 { a in right.withUTF8 { b in a.lexicographicallyPrecedes(b) } }
  }

  public func hash(into hasher: inout Hasher) {
    withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
