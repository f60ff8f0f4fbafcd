/// The one pass over a JSON text: checks all of it and writes its entries. It does not recurse.
struct JSONScanner {
  /// What is wrong, and at which byte.
  struct Fault: Error {
    var code = CELError.Code.invalidJSON
    var message: String
    var offset: Int
    /// Whether nothing is wrong but that there is no room for all entries.
    var isFull = false
  }

  let base: UnsafePointer<UInt8>
  let count: Int
  let entries: UnsafeMutablePointer<JSONEntry>
  let capacity: Int
  var at = 0
  var used = 0

  /// - Parameter masks: room for one number per level of nesting.
  mutating func scan(masks: UnsafeMutableBufferPointer<UInt64>) throws(Fault) {
    var open = -1
    var isObject = false
    var depth = 0
    var mask: UInt64 = 0
    skipSpace()
    while true {
      guard at < count else { throw fault("expected a value, found the end of the text") }
      // A value, and the key that may come after it.
      guard used &+ 2 <= capacity else { throw Fault(message: "", offset: at, isFull: true) }
      let first = base[at]
      switch first {
      case 0x22:
        try string(.string, next: used + 1, detail: 0)
      case 0x7B, 0x5B:
        guard depth < masks.count else {
          throw Fault(
            code: .tooDeep, message: "the value nests deeper than \(masks.count) levels",
            offset: at)
        }
        masks[depth] = mask
        mask = 0
        depth += 1
        // While it is open, `next` is the container around it.
        entries[used] = JSONEntry(
          first == 0x7B ? .object : .array, start: at, end: 0, next: open + 1)
        open = used
        isObject = first == 0x7B
        used += 1
        at += 1
        skipSpace()
        if at < count, base[at] == first + 2 { break }
        if isObject {
          try key(of: open, mask: &mask)
        } else {
          entries[open].detail = 1
        }
        continue
      case 0x74: try word(.yes, "true")
      case 0x66: try word(.no, "false")
      case 0x6E: try word(.null, "null")
      case 0x2D, 0x30...0x39: try number()
      default: throw fault("expected a value, found \(found())")
      }
      afterValue: while true {
        skipSpace()
        guard open >= 0 else {
          guard at == count else {
            throw fault("expected the end of the text after the value, found \(found())")
          }
          return
        }
        guard at < count else {
          throw fault("expected ',' or '\(isObject ? "}" : "]")', found the end of the text")
        }
        let byte = base[at]
        if byte == 0x2C {
          at += 1
          skipSpace()
          if isObject {
            try key(of: open, mask: &mask)
          } else {
            entries[open].detail += 1
          }
          break afterValue
        }
        guard byte == (isObject ? 0x7D : 0x5D) else {
          throw fault("expected ',' or '\(isObject ? "}" : "]")', found \(found())")
        }
        at += 1
        let around = Int(entries[open].next) - 1
        entries[open].end = UInt32(truncatingIfNeeded: at)
        entries[open].next = UInt32(truncatingIfNeeded: used)
        open = around
        isObject = open >= 0 && entries[open].kind == .object
        depth -= 1
        mask = masks[depth]
      }
    }
  }

  /// A key and its colon. Keys that look alike mark their object: they may be equal.
  @inline(__always)
  private mutating func key(of object: Int, mask: inout UInt64) throws(Fault) {
    guard at < count, base[at] == 0x22 else {
      throw fault("expected a key in quotes, found \(found())")
    }
    let index = used
    let before = entries[object].detail
    try string(.key, next: before, detail: before == 0 ? 0 : entries[before].detail + 1)
    let entry = entries[index]
    let length = entry.end &- entry.start
    var look = UInt64(length)
    if length > 0 {
      let first = UInt64(base[Int(entry.start)])
      let last = UInt64(base[Int(entry.end) - 1])
      look = look &* 31 &+ first &* 7 &+ last
      if length > 2 { look = look &* 5 &+ UInt64(base[Int(entry.start &+ length / 2)]) }
    }
    let bit: UInt64 = 1 << (look & 63)
    // An escape can spell a key that another spells without.
    if mask & bit != 0 || entry.isMarked { entries[object].isMarked = true }
    mask |= bit
    entries[object].detail = index
    skipSpace()
    guard at < count, base[at] == 0x3A else {
      throw fault("expected ':' after the key, found \(found())")
    }
    at += 1
    skipSpace()
  }

  @inline(__always)
  mutating func skipSpace() {
    while at < count {
      let byte = base[at]
      guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
        return
      }
      at += 1
    }
  }

  private mutating func word(_ kind: JSONEntry.Kind, _ word: StaticString) throws(Fault) {
    let length = word.utf8CodeUnitCount
    for offset in 0..<length {
      guard at + offset < count, base[at + offset] == word.utf8Start[offset] else {
        throw fault("expected '\(word)'")
      }
    }
    entries[used] = JSONEntry(kind, start: at, end: at + length, next: used + 1)
    used += 1
    at += length
  }

  func fault(_ message: String) -> Fault { Fault(message: message, offset: at) }

  /// What stands here, for a message.
  func found() -> String {
    guard at < count else { return "the end of the text" }
    let byte = base[at]
    if byte < 0x20 || byte == 0x7F { return "a control character" }
    if byte < 0x80 { return "'\(Character(UnicodeScalar(byte)))'" }
    let rest = UnsafeBufferPointer(start: base + at, count: min(4, count - at))
    return "'\(String(decoding: rest, as: UTF8.self).prefix(1))'"
  }
}
