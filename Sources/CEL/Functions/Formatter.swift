import Foundation

/// `'%s has %d'.format([a, b])`.
struct Formatter {
  private let format: [Unicode.Scalar]
  private let values: [CELValue]
  private var at = 0
  private var used = 0
  private var text = TextBuilder()

  init(_ format: [Unicode.Scalar], _ values: [CELValue]) {
    self.format = format
    self.values = values
  }

  mutating func format(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    try evaluation.spend(format.count >> 3)
    while at < format.count {
      let start = at
      while at < format.count, format[at] != "%" { at += 1 }
      try append(String(String.UnicodeScalarView(format[start..<at])), &evaluation)
      guard at < format.count else { break }
      at += 1
      try clause(&evaluation)
    }
    return text.value
  }

  private mutating func append(
    _ part: String, _ evaluation: inout Evaluation
  ) throws(CELError) {
    try text.append(CELString(part), &evaluation)
  }

  private mutating func clause(_ evaluation: inout Evaluation) throws(CELError) {
    var precision = 6
    if at < format.count, format[at] == "." {
      at += 1
      let start = at
      precision = 0
      while at < format.count, "0"..."9" ~= format[at], at - start < 4 {
        precision = precision * 10 + Int(format[at].value - 48)
        at += 1
      }
      guard at > start, precision <= 100 else {
        throw wrong("a precision in a format is a number from 0 to 100")
      }
    }
    guard at < format.count else { throw wrong("the format ends after '%'; write '%%' for it") }
    let kind = format[at]
    at += 1
    if kind == "%" { return try append("%", &evaluation) }
    guard "sdfeboxX".unicodeScalars.contains(kind) else {
      throw wrong("unknown clause '%\(kind)'; expected one of %s %d %f %e %b %o %x %X %%")
    }
    guard used < values.count else {
      throw wrong("the format has more clauses than the list has values, \(values.count)")
    }
    let value = values[used]
    used += 1
    switch kind {
    case "s": try FormattedValue.append(value, to: &text, &evaluation)
    case "d": try append(try decimal(value), &evaluation)
    case "f", "e":
      try append(try floating(value, kind == "f" ? "f" : "e", precision), &evaluation)
    case "b":
      if case .bool(let flag) = value { return try append(flag ? "1" : "0", &evaluation) }
      try append(try radix(value, 2, kind), &evaluation)
    case "o": try append(try radix(value, 8, kind), &evaluation)
    default: try hexadecimal(value, isUpper: kind == "X", &evaluation)
    }
  }

  private func wrong(_ message: String) -> CELError { CELError(.invalidArgument, message) }

  private func unsuited(_ value: CELValue, _ clause: String) -> CELError {
    wrong("\(clause) does not take \(value.type.article)")
  }

  private func decimal(_ value: CELValue) throws(CELError) -> String {
    switch value {
    case .int(let number): return String(number)
    case .uint(let number): return String(number)
    case .double(let number): return DoubleText.text(number)
    default: throw unsuited(value, "%d")
    }
  }

  private func floating(
    _ value: CELValue, _ kind: String, _ precision: Int
  ) throws(CELError) -> String {
    guard let number = CELNumber.double(value) else { throw unsuited(value, "%\(kind)") }
    guard number.isFinite else { return DoubleText.text(number) }
    return String(format: "%.\(precision)\(kind)", number)
  }

  private func radix(
    _ value: CELValue, _ radix: Int, _ clause: Unicode.Scalar, isUpper: Bool = false
  ) throws(CELError) -> String {
    switch value {
    case .int(let number): return String(number, radix: radix, uppercase: isUpper)
    case .uint(let number): return String(number, radix: radix, uppercase: isUpper)
    default: throw unsuited(value, "%\(clause)")
    }
  }

  private mutating func hexadecimal(
    _ value: CELValue, isUpper: Bool, _ evaluation: inout Evaluation
  ) throws(CELError) {
    switch value {
    case .string(let part):
      try evaluation.make(2 * part.utf8Count)
      try append(part.withUTF8 { HexDigit.text($0, upper: isUpper) }, &evaluation)
    case .bytes(let bytes):
      try evaluation.make(2 * bytes.count)
      try append(HexDigit.text(bytes, upper: isUpper), &evaluation)
    default: try append(try radix(value, 16, isUpper ? "X" : "x", isUpper: isUpper), &evaluation)
    }
  }
}
