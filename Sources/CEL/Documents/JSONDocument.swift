/// A JSON text with an index of its values, made by one pass over the bytes.
///
/// Nothing is decoded before it is asked for: a value of the document is a reference into it,
/// an object is searched by the bytes of its keys, and what is written out again is a slice of
/// the text. Of equal keys the last one wins. Whole numbers that fit 64 bits are ints, all
/// others doubles.
public final class JSONDocument: Sendable {
  /// The text as it was given.
  public let bytes: [UInt8]
  let entries: [JSONEntry]

  /// - Parameter maxDepth: how deep arrays and objects may nest; no more than 500.
  /// - Throws: `CELError` with the place, when the text is not exactly one JSON value in valid
  ///   UTF-8 without lone surrogates, or has a number beyond the range of a double.
  public init(_ bytes: [UInt8], maxDepth: Int = 500) throws(CELError) {
    guard bytes.count < JSONEntry.maxDetail else {
      throw CELError(
        .documentTooLarge, "the document has \(bytes.count) bytes, 128 MiB are too many")
    }
    let depth = max(1, min(maxDepth, 500))
    var fault: JSONScanner.Fault?
    var scanned = Self.scan(bytes, depth, JSONScanner.likelyCapacity, &fault)
    if fault?.isFull == true { scanned = Self.scan(bytes, depth, JSONScanner.capacity, &fault) }
    entries = scanned
    self.bytes = bytes
    if let fault {
      let place = bytes.withUnsafeBufferPointer { CELPlace.at(fault.offset, in: $0) }
      throw CELError(fault.code, fault.message, at: place)
    }
  }

  private static func scan(
    _ bytes: [UInt8], _ depth: Int, _ capacity: (UnsafeBufferPointer<UInt8>) -> Int,
    _ fault: inout JSONScanner.Fault?
  ) -> [JSONEntry] {
    fault = nil
    return bytes.withUnsafeBufferPointer { text in
      let capacity = capacity(text)
      return [JSONEntry](unsafeUninitializedCapacity: capacity) { entries, used in
        guard let base = text.baseAddress, let first = entries.baseAddress else {
          fault = JSONScanner.Fault(
            message: "expected a value, found the end of the text", offset: 0)
          return
        }
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: depth) { masks in
          var scanner = JSONScanner(
            base: base, count: text.count, entries: first, capacity: capacity)
          do throws(JSONScanner.Fault) {
            try scanner.scan(masks: masks)
          } catch {
            fault = error
          }
          used = scanner.used
        }
      }
    }
  }

  public convenience init(_ text: String, maxDepth: Int = 500) throws(CELError) {
    try self.init(Array(text.utf8), maxDepth: maxDepth)
  }

  /// The whole value.
  public var root: CELValue { value(at: 0) }

  @inline(__always)
  func value(at index: Int) -> CELValue {
    let entry = entries[index]
    switch entry.kind {
    case .null: return .null
    case .yes: return .bool(true)
    case .no: return .bool(false)
    case .number: return number(entry)
    case .string, .key: return .string(CELString(JSONReference(document: self, index: index)))
    case .array: return .list(CELList(JSONReference(document: self, index: index)))
    case .object: return .map(CELMap(JSONReference(document: self, index: index)))
    }
  }

  @inline(__always)
  func number(_ entry: JSONEntry) -> CELValue {
    bytes.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return .null }
      let start = base + Int(entry.start)
      let count = Int(entry.end &- entry.start)
      if entry.isMarked, let whole = JSONNumber.int(start, count: count) { return .int(whole) }
      return .double(JSONNumber.double(start, count: count))
    }
  }

  /// The bytes of a value as they stand in the text, with the quotes of a string.
  func slice(at index: Int) -> ArraySlice<UInt8> {
    let entry = entries[index]
    let quotes = entry.kind == .string || entry.kind == .key ? 1 : 0
    return bytes[Int(entry.start) - quotes..<Int(entry.end) + quotes]
  }

  /// The entry after a value and all that is in it.
  @inline(__always)
  func end(of index: Int) -> Int { Int(entries[index].next) }
}
