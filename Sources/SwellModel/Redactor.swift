import Foundation

/// Puts `***` in the place of secrets, wherever they would be stored or shown.
///
/// A secret is found as it is, as it stands in a JSON string, in base64 (also as a part of what was
/// encoded, and in its URL variant), and percent-encoded.
public struct Redactor: Sendable {
  /// By first byte, the longest first.
  private let patterns: [UInt8: [[UInt8]]]
  private let isFirst: [Bool]
  /// What is looked for percent-encoded, the longest first.
  private let encodable: [[UInt8]]

  public var isEmpty: Bool { patterns.isEmpty }

  /// - Parameter secrets: empty ones are ignored.
  public init(_ secrets: [String]) {
    var all: Set<[UInt8]> = []
    var encodable: [[UInt8]] = []
    for secret in secrets where !secret.isEmpty {
      let bytes = Array(secret.utf8)
      all.insert(bytes)
      all.formUnion(Self.json(of: secret))
      // Short ones would be found where nobody encoded anything.
      guard bytes.count >= 4 else { continue }
      all.formUnion(Self.base64(of: bytes))
      encodable.append(bytes)
    }
    patterns = Dictionary(grouping: all.sorted { $0.count > $1.count }) { $0[0] }
    var isFirst = [Bool](repeating: false, count: 256)
    for first in patterns.keys { isFirst[Int(first)] = true }
    for secret in encodable { isFirst[Int(secret[0])] = true }
    if !encodable.isEmpty { isFirst[Int(UInt8(ascii: "%"))] = true }
    self.isFirst = isFirst
    self.encodable = encodable.sorted { $0.count > $1.count }
  }

  /// What stands for the secret in a JSON string: some escape `/`, and some whatever is not ASCII.
  private static func json(of secret: String) -> Set<[UInt8]> {
    var writer = JSONWriter(reserving: secret.utf8.count + 2)
    writer.string(secret)
    let plain = String(decoding: writer.bytes.dropFirst().dropLast(), as: UTF8.self)
    var forms: Set<[UInt8]> = []
    for isUpper in [false, true] {
      let ascii = plain.utf16.map { unit in
        let digits = String(unit, radix: 16, uppercase: isUpper)
        return unit < 0x80
          ? String(decoding: [UInt8(unit)], as: UTF8.self)
          : "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined()
      for text in [plain, ascii] {
        forms.insert(Array(text.utf8))
        forms.insert(Array(text.replacing("/", with: "\\/").utf8))
      }
    }
    return forms
  }

  /// What every encoding of a text that holds the secret holds, at each of the three places where it
  /// may begin.
  private static func base64(of secret: [UInt8]) -> Set<[UInt8]> {
    var found: Set<[UInt8]> = []
    for lead in 0..<3 {
      let padded = [UInt8](repeating: 0, count: lead) + secret
      // Whole groups of three bytes; the characters that the bytes before it share are left out.
      let whole = padded.count / 3 * 3
      let text = Array(Data(padded[..<whole]).base64EncodedString().utf8)
      let skipped = lead == 0 ? 0 : lead + 1
      guard text.count - skipped >= 4 else { continue }
      let core = Array(text[skipped...])
      found.insert(core)
      found.insert(
        core.map {
          $0 == UInt8(ascii: "+")
            ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
        })
    }
    return found
  }

  /// How many bytes from there are a secret, any of whose characters may be percent-encoded.
  private func percentEncoded(_ bytes: ArraySlice<UInt8>) -> Int? {
    for secret in encodable {
      var at = bytes.startIndex
      var isWhole = true
      for byte in secret {
        if at + 2 < bytes.endIndex, bytes[at] == UInt8(ascii: "%"),
          Self.hexadecimal(bytes[at + 1]) == byte >> 4,
          Self.hexadecimal(bytes[at + 2]) == byte & 15
        {
          at += 3
        } else if at < bytes.endIndex,
          bytes[at] == byte || byte == 0x20 && bytes[at] == UInt8(ascii: "+")
        {
          at += 1
        } else {
          isWhole = false
          break
        }
      }
      if isWhole { return at - bytes.startIndex }
    }
    return nil
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }

  /// The text without secrets.
  public func redacting(_ text: String) -> String {
    guard !isEmpty, let clean = clean(Array(text.utf8)[...]) else { return text }
    return String(decoding: clean, as: UTF8.self)
  }

  /// The JSON value without secrets: in strings and keys, however they are escaped there, and numbers
  /// that have one become the text `***`.
  public func redacting(_ payload: Payload) -> Payload {
    guard !isEmpty else { return payload }
    let bytes = payload.bytes
    var output: [UInt8] = []
    var copied = 0
    var at = 0
    func replace(_ range: Range<Int>, by text: [UInt8]) {
      output.append(contentsOf: bytes[copied..<range.lowerBound])
      output.append(contentsOf: text)
      copied = range.upperBound
    }
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "\"") {
        var end = at + 1
        var isEscaped = false
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
          if bytes[end] == UInt8(ascii: "\\") {
            isEscaped = true
            end += 1
          }
          end += 1
        }
        let content = (at + 1)..<min(end, bytes.count)
        if isEscaped,
          let text = (try? JSONValue.parse(Array(bytes[at..<min(end + 1, bytes.count)])))?.string
        {
          if let clean = clean(Array(text.utf8)[...]) {
            var writer = JSONWriter()
            writer.string(String(decoding: clean, as: UTF8.self))
            replace(content, by: Array(writer.bytes.dropFirst().dropLast()))
          }
        } else if let clean = clean(bytes[content]) {
          replace(content, by: clean)
        }
        at = end + 1
      } else if bytes[at] == UInt8(ascii: "-") || (0x30...0x39).contains(bytes[at]) {
        var end = at
        while end < bytes.count, !",]} \t\n\r".utf8.contains(bytes[end]) { end += 1 }
        if clean(bytes[at..<end]) != nil { replace(at..<end, by: Array("\"***\"".utf8)) }
        at = end
      } else {
        at += 1
      }
    }
    guard copied > 0 else { return payload }
    output.append(contentsOf: bytes[copied...])
    return Payload(bytes: output)
  }

  /// The error without secrets, in any of its strings.
  public func redacting(_ error: NodeError) -> NodeError {
    guard !isEmpty else { return error }
    var copy = error
    copy.message = redacting(error.message)
    copy.code = error.code.map(redacting)
    copy.context.node = error.context.node.map(redacting)
    copy.context.operation = error.context.operation.map(redacting)
    copy.context.worker = error.context.worker.map(redacting)
    copy.context.stackTrace = error.context.stackTrace.map(redacting)
    copy.context.metadata = Dictionary(
      error.context.metadata.map { (redacting($0.key), redacting($0.value)) },
      uniquingKeysWith: { old, _ in old })
    copy.causes = error.causes.map {
      NodeError.Cause(type: redacting($0.type), message: redacting($0.message))
    }
    return copy
  }

  /// The bytes with the longest match replaced at each place; nil when there is none.
  private func clean(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    var output: [UInt8] = []
    var copied = bytes.startIndex
    var at = bytes.startIndex
    while at < bytes.endIndex {
      if isFirst[Int(bytes[at])],
        let count = patterns[bytes[at]]?.first(where: { bytes[at...].starts(with: $0) })?.count
          ?? percentEncoded(bytes[at...])
      {
        output.append(contentsOf: bytes[copied..<at])
        output.append(contentsOf: "***".utf8)
        at += count
        copied = at
      } else {
        at += 1
      }
    }
    guard copied > bytes.startIndex else { return nil }
    output.append(contentsOf: bytes[copied...])
    return output
  }
}
