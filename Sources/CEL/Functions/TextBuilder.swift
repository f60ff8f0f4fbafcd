/// A text that is made in parts, each of them taken from the budgets before it is added.
struct TextBuilder {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ text: CELString, _ evaluation: inout Evaluation) throws(CELError) {
    let count = text.utf8Count
    try evaluation.spend(1 + count >> 5)
    try evaluation.make(count)
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ part: [UInt8], _ evaluation: inout Evaluation) throws(CELError) {
    try evaluation.spend(1 + part.count >> 5)
    try evaluation.make(part.count)
    bytes.append(contentsOf: part)
  }

  var value: CELValue { .string(CELString(utf8: bytes)) }
}
